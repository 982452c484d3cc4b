"""Sensory dissonance: of sines, of a performance in which states tune the notes, of a recording."""
