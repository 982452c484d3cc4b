# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Part 1, D minor to F major: each bass note a cubic, each note of the upper half a step.

The first cubic converges slowly and is left unfinished; the second needs 49 steps and gets them in
one long wave, which ends in a chord as it converges; the third is broken off; the fourth converges
in ten steps, on the tonic.
"""

from notation import Passage

SEARCHING = Passage(
    beats=7.2,
    tempo="0 62, 1.5 74, 3.2 64, 4.6 78, 7.2 58",
    dynamics="0 46, 2.0 62, 3.5 48, 5.0 64, 7.2 46",
    left="@0 :6.6 D2",
    inner="@0.5 :3.2 F3 @0.62 :3 A3 @3.9 :2.9 G3 @4.02 :2.8 Bb3",
    right="@1 :0.5 A4 D5 :1.5 E5 :0.4 D5 :0.6 C5 @4.2 :0.33 A4 D5 :1.1 G5 :0.4 F5 :1.1 D5",
    pedal="0 100, 3.88 104/30",
    soft="0 54, 2 48, 3.8 30, 4.6 0",
)

WAVE = Passage(
    beats=15.9,
    tempo="0 80, 2 100, 6.4 108, 9.4 114, 12 118, 13.1 88, 13.4 78, 15.9 58",
    dynamics="0 48, 1.5 54, 3.6 58, 5.6 54, 7.6 70, 9.6 66, 11.6 88, 13.15 98, 13.9 80",
    left="@0 :4 Bb1",
    inner="@0.25 :1/4 D3 F3 A3 D3 F3 A3 @5.65 :3.7 D3 @9.65 :3.3 F3 @13.25 :2.5 F3+Bb3",
    right="""
        @1.75 :1/4
        F4 Bb4 C5 D5 F5 D5 C5 Bb4   F4 Bb4 D5 E5 A5! E5 D5 Bb4
        G4 Bb4 D5 F5 Bb5! F5 E5 D5   G4 C5 E5 G5 C6! G5 E5 C5
        A4 D5 F5 A5 D6! A5 F5 D5   F5 A5 C6 E6 F6 E6
        @13.25 :2.4 F5+Bb5+D6+F6
    """,
    pedal="0 104, 5.7 100/30, 9.7 104/30, 13.22 118",
    inner_level=0.84,
)

BROKEN_OFF = Passage(
    beats=5.2,
    tempo="0 84, 1.2 100, 2.6 82, 3.6 96, 5.2 60",
    dynamics="0 62, 1.3 84, 2.6 66, 4.0 88, 5.2 70",
    left="@0 :4.6 E2",
    inner="@0.06 :2 G3 @0.1 :2 Bb3 @2.76 :1.9 G3+Bb3",
    right="""
        @0.4 :0.22 Bb4 E5 Fs5 :0.9 Bb5! :0.3 A5 :0.6 G5
        @2.9 :0.22 Cs5 G5 A5 :1.3 Cs5+Cs6!
    """,
    pedal="0 92, 2.7 96/20",
    left_level=1.05,
)

HOME = Passage(
    beats=11.2,
    tempo="0 74, 2.8 84, 5.2 74, 6.2 60, 8 68, 9.6 60, 11.2 52",
    dynamics="0 50, 2.8 64, 4.4 68, 6.2 56, 8 48, 9.6 42, 11.2 36",
    left="@0 :10.6 F1",
    inner="@0.4 :0.4 C3 A3 F3 A3 @6.1 :4.6 C3 @6.2 :4.5 F3",
    right="""
        @1.6 :0.45 C5 F5 :0.9 G5 :0.33 A5 G5 F5 :0.6 C6! :0.45 A5 :0.8 G5
        @6.32 :4.3 F4+A4+C5+F5
        @7.6 :0.5 C6 F6 :1 G6 @9.6 :0.4 C6 :1 A5
    """,
    pedal="0 106, 6.08 112",
    soft="7.2 0, 7.7 50, 9.8 58, 10.9 0",
)

PASSAGES = [SEARCHING, WAVE, BROKEN_OFF, HOME]
