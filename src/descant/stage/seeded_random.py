# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Random numbers that do not depend on the order in which they are drawn, nor how often."""

from __future__ import annotations

import zlib

import numpy as np


def uniform(seed: int, what: str, *numbers: int) -> float:
    """A random number, 0 <= x < 1: always the same for one `seed`, thing and its numbers (>= 0)."""
    entropy = (seed, zlib.crc32(what.encode()), *numbers)
    return float(np.random.default_rng(entropy).random())
