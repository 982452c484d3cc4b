# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Numbers on their way into the page."""

from __future__ import annotations

import base64

import numpy as np

from descant.report.timeline_data import _f32


def test_a_number_beyond_single_precision_is_the_largest_there_is():
    """A foreign node may publish any loss; NumPy would warn on the terminal, and write infinity."""
    found = np.frombuffer(base64.b64decode(_f32([1e308, -1e308, 0.5, np.nan])), "<f4")
    largest = np.finfo(np.float32).max
    np.testing.assert_array_equal(found, np.array([largest, -largest, 0.5, np.nan], "f4"))
