"""Chance that is the same again, in whatever order and however often it is asked."""

from __future__ import annotations

import zlib

import numpy as np


def uniform(seed: int, what: str, *numbers: int) -> float:
    """A number from 0 up to 1 that belongs to `seed`, a thing's name and its numbers (>= 0)."""
    entropy = (seed, zlib.crc32(what.encode()), *numbers)
    return float(np.random.default_rng(entropy).random())
