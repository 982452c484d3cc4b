# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What DDS security refuses, in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rclpy._rclpy_pybind11 import RCLError  # type: ignore[import-not-found]  # C++

from descant.errors import UserError
from descant.security import is_asked_for


@contextmanager
def refusals_told() -> Iterator[None]:
    """Make a node in the block: `UserError` where keys are missing or the policy forbids it."""
    try:
        yield
    except RCLError as error:
        if not is_asked_for(os.environ):
            raise
        raise UserError(f"refused with ROS_SECURITY_ENABLE=true: {ros_reason(error)}") from None


def ros_reason(error: Exception) -> str:
    """What an error of ROS says, on one line and without the line of its own source."""
    return " ".join(str(error).partition(", at /")[0].split())
