"""The improvisation as it is written: one module a part, one passage an episode.

Everything grows from one motif, a fourth up and a step up: A D E. In part 1 it searches, in part 2
it sings over chords, in part 3 it is torn to octaves and tremolos, in part 4 it comes home.
"""
