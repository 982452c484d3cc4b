# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What is drawn of too many values."""

from __future__ import annotations

import numpy as np

from descant.report.formatting import MINUS, clock, number
from descant.report.timeline_figure import envelope


def test_the_envelope_keeps_the_one_peak_among_many_values():
    values = np.zeros(100_000)
    values[31_415], values[65_432] = 7.0, -3.0
    middles, low, high = envelope(np.linspace(0.0, 1_700.0, len(values)), values, 1_400)
    assert len(middles) <= 1_400
    assert (high.max(), low.min()) == (7.0, -3.0)
    assert abs(middles[int(np.argmax(high))] - 31_415 / 100_000 * 1_700.0) < 2.0


def test_times_and_numbers_are_short():
    assert [clock(t) for t in (0.0, 65.0, 59.96, 125.5, -3.0)] == [
        "0:00", "1:05", "1:00", "2:05.5", f"{MINUS}0:03",
    ]  # fmt: skip
    assert [number(v) for v in (0.0, 1.0, 0.0123456, 1234.5, 1e-7)] == [
        "0", "1", "0.0123", "1,234", "1.00e-07",
    ]  # fmt: skip
