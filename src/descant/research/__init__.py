# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recordings as tables, and measures on them."""
