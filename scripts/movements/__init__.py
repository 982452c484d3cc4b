# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The written improvisation: one module per part, one passage per episode.

All parts develop one motif, a fourth up and a step up: A D E. In part 1 it is hesitant, in part 2 a
melody over chords, in part 3 octaves and tremolos; part 4 brings it back in the tonic.
"""
