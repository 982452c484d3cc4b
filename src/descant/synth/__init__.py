# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synthesiser: voices, tuning, and where the sound goes."""
