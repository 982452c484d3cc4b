"""Play a recording again: its timeline, and a player that pauses and jumps."""
