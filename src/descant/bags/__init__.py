"""Recordings: writing them, reading them, and mending one that was cut off."""
