"""Make a node where DDS security may refuse it."""

from __future__ import annotations

import os
from collections.abc import Callable

from rclpy._rclpy_pybind11 import RCLError
from rclpy.node import Node

from descant.errors import UserError
from descant.security import is_asked_for


def make_secured(make: Callable[[], Node]) -> Node:
    """Make a node; `UserError` with ROS's reason where keys are missing or the policy forbids."""
    try:
        return make()
    except RCLError as error:
        if not is_asked_for(os.environ):
            raise
        raise UserError(f"refused with ROS_SECURITY_ENABLE=true: {ros_reason(error)}") from None


def ros_reason(error: Exception) -> str:
    """What an error of ROS says, on one line and without the line of its own source."""
    return " ".join(str(error).partition(", at /")[0].split())
