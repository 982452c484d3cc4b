"""The synthesiser: voices, tuning, and where the sound goes."""
