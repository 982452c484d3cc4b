# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance as a film: the cores of the live graph, given events from a file, at fixed times.

    MIDI file or bag --> film_events.FilmEvents --+--> drawing.FrameDrawer --> RGBA --> Output
                                                  +--> sound.FilmSound --> samples ------^

The output encodes in a thread of its own; the sound comes from a process of its own. Nothing here
reads a clock: every frame has its time by its number, so the same input, seed and settings give
the same frames and samples.
"""
