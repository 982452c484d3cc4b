# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The programme: which parts a performance has, and what each of them is, read from a YAML file."""
