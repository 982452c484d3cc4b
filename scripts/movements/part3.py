# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Part 3, C sharp minor to A major: knots again, larger and louder, which shift the colours.

Four chords in a row are released before their knot has converged, two of them at once. The fifth,
with both hands at first, is held through the climax until all is in tune; the last is quiet, and
converges.
"""

from notation import Passage

TREMBLING = Passage(
    beats=6.0,
    tempo="0 76, 3 88, 5 96, 6 104",
    dynamics="0 40, 1.5 52, 3.0 74, 4.2 92, 5.0 88, 6.0 100",
    left="@0 :4.3 Cs2+Gs2+Cs3+E3",
    right="""
        @0.33 :1/6 {Gs4 Cs5}*3 {Gs4 E5}*3 {Cs5 Gs5}*3 {E5 Gs5}*3
        :1/4 Cs6+Cs5! A5 Gs5 E5   Ds5 E5 Fs5 Gs5
    """,
    pedal="0 96, 4.3 84/20",
)

STAB = Passage(
    beats=2.8,
    tempo="0 104, 2.8 112",
    dynamics="0 96, 0.3 84, 2.3 108",
    left="@0 :0.9 A1+E2+Fs2+C3",
    right="@0 :0.3 C5+Fs5+A5! :1/6 _ C5 Ds5 Fs5 A5 C6 Ds6 Fs6 A6 Fs6 Ds6 C6 A6!",
    pedal="0 80, 0.95 30",
    left_level=1.0,
)

STAB_AGAIN = Passage(
    beats=2.9,
    tempo="0 104, 2.2 116, 2.9 92",
    dynamics="0 104, 0.3 94, 2.4 112",
    left="@0 :0.85 G1+D2+E2+Bb2",
    right="@0 :0.3 Bb4+E5+G5+Bb5! :1/6 _ Bb6 G6 E6 Cs6 Bb5 G5 E5 Cs5 Bb4 G4 E4 Bb4 E5",
    pedal="0 84, 0.9 30",
    left_level=1.0,
)

TORN = Passage(
    beats=6.4,
    tempo="0 84, 2 92, 4 100, 5.5 104, 6.4 66",
    dynamics="0 104, 1.5 112, 3.0 98, 4.3 88, 6.0 118",
    left="@0 :3.5 Fs1+Cs2+Fs2+A2",
    right="""
        @0.5 :0.5 Cs5+Cs6 Fs5+Fs6! :1 Gs5+Gs6! :0.5 A5+A6 Gs5+Gs6 :0.75 Fs5+Ds6+Fs6
        @4.25 :1/6 Ds4 Fs4 A4 B4 Ds5 Fs5 A5 B5 Ds6 Fs6 A6 B6!
    """,
    pedal="0 110, 2.0 104/40, 4.2 90/10",
    left_level=0.95,
)

CLIMAX = Passage(
    beats=9.4,
    tempo="0 70, 1 88, 5 92, 6.5 76, 8 66, 9.4 56",
    dynamics="0 122, 1.0 104, 2.5 112, 4.0 98, 5.5 78, 7.0 60, 9.4 46",
    left="@0 :7.6 E1+B1+E2+Gs2",
    inner="@0.02 :0.5 B2+E3+Gs3",
    right="""
        @0.75 :1/6 {E5+Gs5 B5+E6}*6 {Gs5+B5 E6+Gs6}*6 :1/4 {B5 E6 Gs6 E6}*2
        :1/3 B5 E6 Fs6 Gs5 B5 E6   :0.5 E5 Gs5 :1.5 B5+E6
    """,
    pedal="0 118, 2.72 112/40, 4.72 108/40, 7.5 90",
    inner_level=0.9,
    left_level=1.0,
)

AFTERGLOW = Passage(
    beats=8.6,
    tempo="0 66, 2 76, 5 66, 8.6 54",
    dynamics="0 46, 2.0 54, 4.2 44, 6.2 38, 8.6 34",
    left="@0 :7.8 A1+E2+Cs3",
    right="""
        @0.6 :0.5 E5 A5 :1.25 B5 :0.5 Cs6 B5 :1.25 E5+A5
        :0.5 Cs5 E5 :1.5 A5 @7.2 :1.4 E6
    """,
    pedal="0 108, 3.6 104/40",
    soft="2.0 0, 2.8 52, 7.6 58, 8.4 0",
)

PASSAGES = [TREMBLING, STAB, STAB_AGAIN, TORN, CLIMAX, AFTERGLOW]
