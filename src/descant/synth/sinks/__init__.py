"""Outputs of the sound. A sink pulls its samples from a function; it has no notion of notes."""
