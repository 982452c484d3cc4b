# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sensory dissonance: of sines, of a performance in which states tune the notes, of a recording."""
