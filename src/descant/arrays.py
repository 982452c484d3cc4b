# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Names of the arrays that numbers, samples and pictures are in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Samples = NDArray[np.float32]
Pixels = NDArray[np.uint8]
