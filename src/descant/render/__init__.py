"""A performance as a film: the live graph's cores, fed from a file and asked at fixed times.

    MIDI file or bag --> score.Score --+--> drawing.Drawer --> RGBA --> output (encode, own thread)
                                       +--> sound.Sound (own process) --> samples ------^

Nothing here reads a clock: every frame has its time by its number, so the same input, seed
and settings give the same frames and samples.
"""
