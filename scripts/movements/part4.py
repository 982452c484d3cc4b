# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Part 4, D major: cubics again, a bubble for every note.

Notes between the bass and middle C make no step: figures of the tenor fill the picture with bubbles
while the loss does not change, and notes of the upper half then reduce it. The first cubic
converges in this way. The second, over the dominant, does not, for all its notes; the third and
fourth, the climax, are broken off before a step; the fifth and sixth stay unfinished. The last
converges in ten quiet steps.
"""

from notation import Passage

RISING = Passage(
    beats=8.8,
    tempo="0 66, 2 80, 5 76, 8.8 66",
    dynamics="0 54, 1.8 66, 3.0 58, 5.0 64, 6.5 72, 8.8 60",
    left="@0 :8 D2",
    inner="@0.4 :0.33 Fs3 A3 E3 B3 A3 Fs3 @4.7 :3.4 G3 @4.8 :3.2 B3",
    right="""
        @2.5 :0.5 A4 D5 :0.5 E5 :0.25 A5 D6 :0.6 E6 :0.25 D6 A5
        @5.3 :0.5 B4 E5 :0.75 Fs5 :0.25 B5 D6 :1 A6+D6
    """,
    pedal="0 106, 4.68 100/30",
    inner_level=0.88,
)

FLOOD = Passage(
    beats=9.0,
    tempo="0 76, 2 94, 6 102, 9 106",
    dynamics="0 62, 2 80, 4 90, 6 88, 9 108",
    left="@0 :4 A1",
    inner="@0.04 :1.9 E3+A3 @3 :1.8 D3+G3 @6 :1.8 D3+F3+Bb3",
    right="""
        @0.5 :1/4 A4 D5 E5 Fs5 A5 D6! A5 Fs5 E5 D5   G4 D5 E5 G5 Bb5 E6! D6 Bb5 G5 E5 D5 G5
        Bb4 D5 F5 Bb5 D6 F6! D6 Bb5 F5 Bb5 D6 F6
    """,
    pedal="0 110, 2.98 104/40, 5.98 108/40",
    left_level=1.1,
)

BREAKER = Passage(
    beats=3.4,
    tempo="0 100, 1.7 106, 3.4 100",
    dynamics="0 104, 1.6 92, 2.6 112, 3.4 118",
    left="@0 :3 Bb1!",
    inner="@0.05 :1/6 {Bb3+F3 D3}*5",
    right="@1.75 :1/6 D5 F5 Bb5 D6 F6 D6 :0.6 Bb5+D6+Bb6!",
    pedal="0 108",
    inner_level=0.85,
)

CLIMAX = Passage(
    beats=7.0,
    tempo="0 92, 2.2 96, 3.2 84, 5 88, 7 72",
    dynamics="0 116, 1.0 98, 2.2 118, 3.2 122, 5.2 108, 7 92",
    left="@0 :6.4 Gs1!",
    inner="@0.04 :1/6 {D3+F3 B3}*6 @3.25 :1/6 {D3+F3 B3}*2 @5.25 :1/6 {Gs3 B3}*3",
    right="""
        @2.2 :1 F5+F6! :0.75 E5+E6! _ :0.5 D5+D6! B4+B5 :0.25 Gs5 B5 :0.5 F5+D6
    """,
    pedal="0 114, 3.18 112/50, 4.95 104/40",
    inner_level=0.86,
    left_level=1.0,
)

FALLING = Passage(
    beats=4.4,
    tempo="0 96, 1.5 104, 2.6 84, 4.4 54",
    dynamics="0 98, 1.5 84, 3 62, 4.4 48",
    left="@0 :4 A1",
    inner="@0.9 :1.4 Cs3+G3 @2.9 :1.3 G3",
    right="@0.33 :1/6 G6! E6 Cs6 Bb5 A5 G5 E5 Cs5   Bb5 G5 E5 Cs5 :1/3 Bb4 A4 :0.9 E5",
    pedal="0 104, 2.86 88/30",
)

WAITING = Passage(
    beats=5.8,
    tempo="0 66, 1.5 78, 3.5 70, 5.8 52",
    dynamics="0 54, 1.5 58, 3.2 48, 5.8 40",
    left="@0 :5.3 G1",
    inner="@0.4 :0.33 D3 Bb3 G3 E3 @3.2 :2.2 D3+Bb3",
    right="@2 :0.5 D5 :0.75 G5 :0.25 E5 :0.75 Bb5 :0.5 A5 :0.9 E5",
    pedal="0 104, 3.18 100/30",
    soft="2.6 0, 3.2 60, 5.0 60, 5.6 0",
)

AT_REST = Passage(
    beats=13.0,
    tempo="0 62, 2 74, 5 68, 7 62, 11 53, 13 46",
    dynamics="0 46, 2 56, 4.5 50, 6 48, 9 40, 11 34, 13 30",
    left="@0 :12.2 D1",
    inner="@0.5 :0.4 D3 A3 Fs3 B3 @4.1 :2.2 D3+G3 @6.4 :6.2 D3+A3",
    right="""
        @2.3 :0.5 A4 D5 :1 E5 @4.3 :0.5 G5 E5 :0.75 B4
        @6.42 :6.1 D4+Fs4+A4+D5
        @7.6 :0.5 A5 D6 :1 E6 @9.6 :0.4 Fs5 A5 @10.8 :1.9 D6+Fs6+A6
    """,
    pedal="0 108, 4.08 102/40, 6.38 114/30",
    soft="3.4 0, 3.7 112, 12.2 112, 12.9 0",
)

PASSAGES = [RISING, FLOOD, BREAKER, CLIMAX, FALLING, WAITING, AT_REST]
