# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Play a recording again: its timeline, and a player that pauses and jumps."""
