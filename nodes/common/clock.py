"""What time it is in the performance: the clock that goes with the stamps of its notes."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.timer import Timer

# A note whose stamp is so far from the moment it was sent was played at another time: it comes
# from a bag, with its original stamp.
ELSEWHEN_NS = 2_000_000_000


class PerformanceClock:
    """Nanoseconds since the epoch, on the time line of the notes' stamps.

    - Live: the time of day, on the monotonic clock: a clock that is set moves no music.
    - With the ROS parameter `use_sim_time`: what /clock says (0 before it has spoken).
    - Without it, where a bag is played with its original stamps (`ros2 bag play`) and `heard` is
      told of them: the time of the recording, running on from the note heard last.
    """

    def __init__(self, node: Node) -> None:
        self._clock = node.get_clock()
        self._epoch_ns = time.time_ns() - time.monotonic_ns()
        self._behind_ns = 0  # how far the stamps are behind the time of day

    @property
    def simulated(self) -> bool:
        """Whether /clock is what counts."""
        return bool(self._clock.ros_time_is_active)

    def now_ns(self) -> int:
        """The time of the performance."""
        return self.at_ns(time.monotonic_ns())

    def at_ns(self, monotonic_ns: int) -> int:
        """The time of the performance when `time.monotonic_ns()` showed this, just now."""
        if self.simulated:
            now_ns = int(self._clock.now().nanoseconds)
            return max(0, now_ns - (time.monotonic_ns() - monotonic_ns))
        return monotonic_ns + self._epoch_ns - self._behind_ns

    def heard(self, stamp_ns: int, sent_ns: int) -> None:
        """A note or pedal with this stamp was sent at `sent_ns` (DDS's source timestamp)."""
        # `sent_ns` is by the time of day, which may have been set since this node started.
        set_by_ns = time.time_ns() - time.monotonic_ns() - self._epoch_ns
        behind_ns = sent_ns - set_by_ns - stamp_ns
        self._behind_ns = behind_ns if abs(behind_ns) > ELSEWHEN_NS else 0


def steady_timer(node: Node, period_s: float, callback: Callable[[], None]) -> Timer:
    """A timer that goes by no clock that can be set, simulated or stopped."""
    return node.create_timer(period_s, callback, clock=Clock(clock_type=ClockType.STEADY_TIME))
