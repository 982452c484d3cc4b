"""Part 4, D major: cubics again, a bubble for every note.

The first is in tune after twelve steps, and its bubbles come to rest. Over the dominant the second
never gets there, for all its notes: the climax. The third is broken off. The last needs 27 steps,
takes them slowly and quietly, and ends in tune.
"""

from notation import Passage

RISING = Passage(
    beats=9.2,
    tempo="0 66, 2 78, 5 72, 9.2 66",
    dynamics="0 50, 2.0 64, 4.0 60, 6.0 70, 9.2 60",
    left="@0 :8.4 D2",
    inner="@0.3 :4 Fs3 @0.4 :3.9 A3 @4.6 :4 G3 @4.7 :3.9 B3",
    right="""
        @0.75 :0.5 A4 D5 :0.75 E5 :0.25 A5 D6 :0.5 E6 :0.25 A6 E6 :0.5 D6 A5 :0.5 Fs5
        @5.25 :0.5 B4 E5 :0.75 Fs5 :0.25 B5 D6 :1 A6+D6
    """,
    pedal="0 106, 4.58 100/30",
)

FLOOD = Passage(
    beats=15.0,
    tempo="0 72, 2 92, 6 100, 9 106, 12 112, 13.2 96, 15 66",
    dynamics="0 62, 2 80, 4 90, 6 84, 8 106, 10 116, 11.5 120, 13 100, 15 84",
    left="@0 :4 A1",
    inner="""
        @0.04 :1.9 E3+A3 @3 :1.8 D3+G3 @6 :1.8 D3+F3+Bb3 @9 :1.8 E3+G3+Bb3 @11.5 :3 Cs3+E3+G3
    """,
    right="""
        @0.5 :1/4 A4 D5 E5 Fs5 A5 D6! A5 Fs5 E5 D5
        :1/4 G4 D5 E5 G5 Bb5 E6! D6 Bb5 G5 E5 D5 G5
        :1/4 Bb4 D5 F5 Bb5 D6 F6! D6 Bb5 F5 Bb5 D6 F6
        :1/6 E5 G5 Bb5 Cs6 E6 G6! E6 Cs6 Bb5 G5 E5 Cs5 E5 G5 Bb5
        :0.5 D5+D6! E5+E6! :1 A5+Cs6+A6!
        :1/6 G6 E6 Cs6 Bb5 A5 G5 E5 Cs5 :0.75 Bb4
    """,
    pedal="0 110, 2.98 104/40, 5.98 108/40, 8.98 112/40, 11.5 118/20, 13.1 70/20",
    left_level=1.1,
)

DECEIVED = Passage(
    beats=5.4,
    tempo="0 62, 1.5 78, 3.5 66, 5.4 46",
    dynamics="0 82, 1.2 76, 2.4 64, 5.4 44",
    left="@0 :4.8 Bb1",
    inner="@0.05 :2 F3+A3 @2.8 :2 D3+G3",
    right="@0.5 :1/3 A5 E6 D6 A5 F5 E5 D5 A4 :0.5 G4 D5 :1.4 E5",
    pedal="0 100, 2.76 96/30",
)

AT_REST = Passage(
    beats=15.6,
    tempo="0 58, 2 70, 6 68, 9 62, 11 58, 13.5 48, 15.6 42",
    dynamics="0 46, 2 58, 5 52, 8 46, 11 40, 13 34, 15.6 30",
    left="@0 :14.6 D1",
    inner="@0.4 :4.5 D3 @0.5 :4.4 A3 @5 :2.9 D3 @5.1 :2.8 G3 @8 :1.9 D3+B3 @10 :5.2 D3+A3",
    right="""
        @0.75 :0.5 A4 D5 :0.75 E5 :0.25 Fs5 A5 :0.5 D6 :0.25 B5 A5 :0.75 E5+A5
        @5.2 :0.33 B4 D5 E5 :0.6 G5 :0.33 B5 A5 Fs5 :0.6 E5
        @8.2 :0.33 A4 D5 E5 Fs5 :0.6 E5 @10.02 :5.1 D4+Fs4+A4+D5
        @11.4 :0.5 A5 D6 :1.2 E6 @13.6 :1.6 D6+Fs6+A6
    """,
    pedal="0 108, 4.98 102/40, 7.98 104/40, 9.98 114/30",
    soft="4.2 0, 4.5 112, 14.4 112, 15.3 0",
)

PASSAGES = [RISING, FLOOD, DECEIVED, AT_REST]
