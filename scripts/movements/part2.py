# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Part 2, F major to C major: each chord of the left hand starts a knot, fitted while it is held.

Three chords are held until their knot has converged, and the right hand becomes calmer with it. Two
are released too early: their knots stay unfinished, and the melody continues alone over overtones
that are still out of tune. In the third a finger of the chord moves: the same knot.
"""

from notation import Passage

FIRST = Passage(
    beats=7.0,
    tempo="0 58, 1.5 70, 4 64, 7 54",
    dynamics="0 48, 2.0 64, 3.5 56, 5.0 48, 7.0 42",
    left="@0 :5.8 F2+C3+G3+A3",
    right="""
        @0.67 :1/3 A4 C5 D5 G5 F5 D5 C5 F5 G5 C6! :2/3 B5 A5 :1 G5 E5 :0.5 D5 E5
    """,
    pedal="0 96, 5.9 70",
)

LET_GO = Passage(
    beats=4.2,
    tempo="0 66, 1.2 78, 3 66, 4.2 54",
    dynamics="0 54, 1.4 70, 3.0 54, 4.2 44",
    left="@0 :0.95 Db2+Ab2+F3",
    right="@0.25 :0.25 Ab4 Db5 Eb5 F5 :0.9 Ab5! :0.3 Gb5 F5 :0.5 Db5 :1.2 Eb5",
    pedal="0 84, 1.0 40",
)

HEART = Passage(
    beats=9.0,
    tempo="0 64, 1.5 80, 4 84, 5.5 70, 7.5 64, 9 54",
    dynamics="0 52, 2.5 78, 4.5 90, 5.5 80, 7.2 58, 9.0 46",
    left="@0 :7.6 Bb1+F2+A2 @0 :3.45 D3 @3.5 :4.1 C3",
    right="""
        @0.5 :1/6 F5 C6 A5 D6 C6 A5   F5 C6 A5 F6! C6 A5   G5 D6 Bb5 G6! D6 Bb5
        :1/4 A5 C6 F6 E6   D6 C6 A5 G5
        :0.5 F5+A5 :0.5 G5+C6 :1.4 F5+A5+F6! :0.6 E6 :0.75 C6 :1.2 A5
    """,
    pedal="0 104, 3.48 100/34, 5.48 104/30, 7.6 60",
)

TOO_EARLY = Passage(
    beats=4.2,
    tempo="0 70, 1.4 84, 2.8 70, 4.2 56",
    dynamics="0 64, 1.2 84, 2.6 66, 4.2 48",
    left="@0 :1.35 Gb2+Db3+Bb3",
    right="@0.3 :0.25 Bb4 F5 Gb5 :0.75 Db6! :0.25 C6 Bb5 F5 :0.4 Gb5 :1.3 C5+Eb5",
    pedal="0 90, 1.4 30",
    left_level=1.0,
)

CALM = Passage(
    beats=9.4,
    tempo="0 66, 2 76, 5 68, 7 60, 9.4 53",
    dynamics="0 52, 2.2 62, 4.4 52, 6.4 44, 9.4 36",
    left="@0 :8.6 C2+G2+E3",
    right="""
        @0.5 :0.33 G4 C5 D5 G5 :1 E5+A5 :0.5 G5 D5 :1 C5+E5
        :0.5 G5 C6 :1.25 D6 :0.75 B5 :1.6 E5+G5 @8.1 :1.1 E6
    """,
    pedal="0 106, 4.3 100/40, 6.6 110/40",
    soft="4.4 0, 5.0 46, 8.4 60, 9.2 0",
)

PASSAGES = [FIRST, LET_GO, HEART, TOO_EARLY, CALM]
