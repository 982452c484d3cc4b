# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Plays a bag as `ros2 bag play --clock` does: recorded bytes, original stamps, and /clock."""

from __future__ import annotations

import time
from pathlib import Path

from builtin_interfaces.msg import Time
from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from descant import topics
from descant.bags.reader import BagMessage, messages
from descant.nodes.common.endpoints import publisher
from descant.types import NANOSECONDS

TOPICS = {topic.name: topic for topic in (topics.NOTES, topics.PEDALS, topics.PART)}
CLOCK_HZ = 40  # rosbag2's default


class BagPlayer:
    """`node` publishes; `rate` times as fast as it was; `clock`: as with --clock."""

    def __init__(self, node: Node, bag: Path, *, rate: float = 1.0, clock: bool = True) -> None:
        self._messages: list[BagMessage] = sorted(
            messages(bag, topics=TOPICS), key=lambda m: m.log_time_ns
        )
        self._start_ns = self._messages[0].log_time_ns
        self._rate = rate
        self._node = node
        self._publishers = {name: publisher(node, topic) for name, topic in TOPICS.items()}
        self._clock = node.create_publisher(Clock, "/clock", 1) if clock else None

    def matched(self) -> bool:
        """Whether what is said now reaches all who listen, and somebody does to every topic."""
        return all(
            publisher.get_subscription_count() >= max(1, self._node.count_subscribers(name))
            for name, publisher in self._publishers.items()
        )

    def heard(self) -> bool:
        """Whether a note that is played now reaches anybody."""
        return self._publishers["/notes"].get_subscription_count() > 0

    def tick(self, time_ns: int | None = None) -> None:
        """Say on /clock that it is `time_ns`, or that nothing has been played."""
        if self._clock is not None:
            now = self._start_ns if time_ns is None else time_ns
            stamp = Time(sec=now // NANOSECONDS, nanosec=now % NANOSECONDS)
            self._clock.publish(Clock(clock=stamp))

    def play(self) -> None:
        """All of it."""
        began = time.monotonic_ns()
        ticked = 0
        for message in self._messages:
            due = began + round((message.log_time_ns - self._start_ns) / self._rate)
            while (left := due - time.monotonic_ns()) > 0:
                next_tick = began + ticked * NANOSECONDS // CLOCK_HZ
                if next_tick <= time.monotonic_ns():
                    passed = time.monotonic_ns() - began
                    self.tick(self._start_ns + round(passed * self._rate))
                    ticked += 1
                else:
                    time.sleep(max(1, min(left, next_tick - time.monotonic_ns())) / NANOSECONDS)
            self._publishers[message.topic.name].publish(message.data)
        self.tick(self._messages[-1].log_time_ns + NANOSECONDS)
