# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""BlockStream of one size for sinks of any."""

import numpy as np
import pytest

from descant.synth.stream import BlockStream, block_size


@pytest.mark.parametrize(
    ("wanted", "period", "block"),
    [
        (256, 0, 256),
        (256, 256, 256),
        (256, 64, 64),
        (256, 1_024, 256),
        (256, 192, 64),
        (256, 480, 32),
        (256, 441, 32),
        (300, 4_096, 256),
        (16, 256, 16),
    ],
)
def test_a_period_is_a_whole_number_of_blocks(wanted: int, period: int, block: int) -> None:
    assert block_size(wanted, period) == block


@pytest.mark.parametrize("frames", [1, 16, 17, 64, 100, 441])
def test_any_number_of_frames_comes_out_in_order(frames: int) -> None:
    count = 0

    def render() -> tuple[np.ndarray, np.ndarray]:
        nonlocal count
        block = np.arange(count, count + 64, dtype=np.float32)
        count += 64
        return block, -block

    blocks = BlockStream(render, 64)
    heard = np.concatenate([np.stack(blocks.pull(frames)) for _ in range(20)], axis=1)
    np.testing.assert_array_equal(heard[0], np.arange(20 * frames))
    np.testing.assert_array_equal(heard[1], -heard[0])
