# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The time of the performance: nanoseconds on the time line of the notes' stamps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from rclpy.clock import Clock, ROSClock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.timer import Timer

# A note whose stamp differs this much from its time of sending comes from a bag that is played
# with its original stamps.
RECORDED_NS = 2_000_000_000


class PerformanceClock:
    """Nanoseconds since the epoch, on the time line of the notes' stamps.

    - Live: the time of day, extrapolated by the monotonic clock, so that setting the system clock
      does not move the music.
    - With the ROS parameter `use_sim_time`: /clock (0 before its first message).
    - Without it, while a bag is played with its original stamps (`ros2 bag play`): the time of the
      recording, extrapolated from the last note given to `observe`.
    """

    def __init__(self, node: Node) -> None:
        self._clock = cast(ROSClock, node.get_clock())
        self._epoch_ns = time.time_ns() - time.monotonic_ns()
        self._behind_ns = 0  # how far the stamps are behind the time of day

    @property
    def simulated(self) -> bool:
        """Whether the time is that of /clock."""
        return bool(self._clock.ros_time_is_active)

    def now_ns(self) -> int:
        """The time of the performance."""
        return self.at_ns(time.monotonic_ns())

    def at_ns(self, monotonic_ns: int) -> int:
        """The time of the performance at a recent `time.monotonic_ns()`."""
        if self.simulated:
            now_ns = int(self._clock.now().nanoseconds)
            return max(0, now_ns - (time.monotonic_ns() - monotonic_ns))
        return monotonic_ns + self._epoch_ns - self._behind_ns

    def observe(self, stamp_ns: int, sent_ns: int) -> None:
        """Take the stamp of a note or pedal and its time of sending (DDS's source timestamp)."""
        # `sent_ns` is by the time of day, which may have been set since this node started.
        set_by_ns = time.time_ns() - time.monotonic_ns() - self._epoch_ns
        behind_ns = sent_ns - set_by_ns - stamp_ns
        self._behind_ns = behind_ns if abs(behind_ns) > RECORDED_NS else 0


def steady_timer(node: Node, period_s: float, callback: Callable[[], None]) -> Timer:
    """A timer on the monotonic clock, which is never set, simulated or stopped."""
    return node.create_timer(period_s, callback, clock=Clock(clock_type=ClockType.STEADY_TIME))
