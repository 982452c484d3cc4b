"""The demo: a bundled improvisation through the real Part 1, into a folder."""
