# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Blocks of one size cut to the number of frames that a sink asks for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from descant.arrays import Samples


def block_size(wanted: int, period: int) -> int:
    """Frames a block: a power of two, at most `wanted`, that divides the sink's `period`.

    Then no more than a period is computed for a period, which adds no delay. Periods that no power
    of two from 32 up divides get blocks of 32 and an overlap. `period` 0: any number of frames.
    """
    block = 1 << (max(wanted, 1).bit_length() - 1)
    if period <= 0:
        return block
    while block > 32 and (block > period or period % block):
        block //= 2
    return block


class BlockStream:
    """Pulls blocks of `frames`, left and right, and returns any number of frames."""

    def __init__(self, render: Callable[[], tuple[Samples, Samples]], frames: int) -> None:
        self._render = render
        self._frames = frames
        self._rest = np.zeros((2, 0), np.float32)

    def pull(self, frames: int) -> tuple[Samples, Samples]:
        """The next samples, left and right; they hold until the next call."""
        if frames == self._frames and not self._rest.shape[1]:
            return self._render()
        parts = [self._rest]
        have = self._rest.shape[1]
        while have < frames:
            parts.append(np.stack(self._render()))
            have += self._frames
        joined = np.concatenate(parts, axis=1)
        self._rest = joined[:, frames:]
        return joined[0, :frames], joined[1, :frames]
