"""Recordings as tables, and measures on them."""
