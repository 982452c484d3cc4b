# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance without the graph: the same cores, fed from a list of events."""
