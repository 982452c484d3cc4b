# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `recorder`: every topic of the graph into a bag (docs/recording.md)."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rclpy.node import Node

from descant import topics
from descant.bags.progress import Phase
from descant.bags.settings import RecorderSettings
from descant.bags.thread import MEBIBYTE, BagThread
from descant.errors import UserError
from descant.msg import RecorderState
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import full_name
from descant.nodes.common.graph_recorder import GraphRecorder
from descant.nodes.common.parameters import declare
from descant.nodes.common.runner import run
from descant.paths import user_path

STATE_PERIOD_S = 1.0
WATCH_PERIOD_S = 0.2  # until a failure is told
# Discovery is polled (rclpy has no graph events): often while a performance starts.
STARTING_S = 10.0
STARTING_PERIOD_S = 0.2
RUNNING_PERIOD_S = 1.0
# A busy graph wakes the recorder this often at most; DDS stamps the messages as they arrive.
GATHER_S = 0.01
# On ctrl-c all nodes stop at once, and the last messages (held keys released) are still to come.
LINGER_S = 0.5


class Told(NamedTuple):
    """What was logged of the present bag."""

    failed: bool = False
    warning: str = ""
    missing: frozenset[str] = frozenset()  # the causes


class Recorder(Node):
    """Records the graph, publishes how it goes, and begins another bag where this one is lost."""

    def __init__(self) -> None:
        super().__init__("recorder")
        self._settings = settings = declare(self, RecorderSettings)
        self._graph = GraphRecorder(self, settings, self._gather)
        named = settings.bag or datetime.now().strftime("descant_%Y_%m_%d-%H_%M_%S")
        self._wanted = user_path(named)
        self._bag = BagThread(self._wanted, settings)
        self._told = Told()
        self._lost: list[Path] = []
        self._log_bag()
        self._states = DiagnosedPublisher(self, topics.RECORDER_STATE, self._room)
        self._graph.record(self._bag)
        self._publish_state()
        self._discovery = steady_timer(self, STARTING_PERIOD_S, self._graph.discover)
        self._starting = steady_timer(self, STARTING_S, self._slow_down)
        self._stating = steady_timer(self, STATE_PERIOD_S, self._publish_state)
        steady_timer(self, WATCH_PERIOD_S, self._watch)

    def close(self) -> None:
        """Record what still arrives, close the bag in order and publish the last state."""
        end = time.monotonic() + LINGER_S
        while time.monotonic() < end and self._graph.has_publishers():
            self._graph.drain()
            time.sleep(0.01)
        self._graph.drain()
        self._bag.close()
        self._log_faults()
        self._publish_state()
        progress = self._bag.progress
        if progress.phase is Phase.STOPPED:
            lack = f"; {progress.lack}" if progress.lack else ""
            self.get_logger().info(f"recorded {progress.messages} messages{lack}")

    def _log_bag(self) -> None:
        bag = self._bag.progress.bag
        if bag == self._wanted:
            self.get_logger().info(f"recording to {bag}")
        elif self._lost:
            self.get_logger().warning(f"recording to {bag} from now on")
        else:
            self.get_logger().warning(f"{self._wanted} exists already; recording to {bag}")

    def _slow_down(self) -> None:
        self._starting.cancel()
        self._discovery.timer_period_ns = int(RUNNING_PERIOD_S * 1e9)
        self._graph.tell_unmatched()

    def _gather(self) -> None:
        """Record what has arrived, then let more gather: each executor iteration is expensive."""
        self._graph.drain()
        time.sleep(GATHER_S)

    def _watch(self) -> None:
        """Tell a fault at once; begin another bag where this one was deleted or moved."""
        if not self._log_faults():
            return
        self._publish_state()
        self._stating.reset()  # this state stands for a second
        if self._bag.progress.lost:
            self._begin_again()

    def _log_faults(self) -> bool:
        """Log what went wrong since the last call; return whether the recording has failed."""
        before, now = self._told, self._bag.progress
        self._told = Told(now.phase is Phase.FAILED, now.warning, frozenset(now.missing))
        for cause in sorted(self._told.missing - before.missing):
            state = full_name(self, topics.RECORDER_STATE)
            self.get_logger().warning(f"messages missing: {cause}; {state} has their number")
        if now.warning and now.warning != before.warning:
            self.get_logger().warning(f"{now.warning}; the messages are recorded all the same")
        if not self._told.failed or before.failed:
            return False
        certain = f"{now.messages} messages are recorded" if now.messages else "no message is left"
        self.get_logger().error(
            f"recording stopped: {now.message}; {certain}; the performance continues"
        )
        return True

    def _begin_again(self) -> None:
        """Record into a new folder, with what the topics keep for late joiners."""
        self._lost.append(self._bag.progress.bag)
        try:
            self._bag = BagThread(self._wanted, self._settings, self._lost)
        except UserError as error:
            self.get_logger().error(str(error))
            return
        self._told = Told()
        self._log_bag()
        self._graph.record(self._bag)

    def _room(self) -> dict[str, int | str]:
        """Where and how much may be written and wait, for the diagnostics."""
        reserve, queue = (n * MEBIBYTE for n in (self._settings.reserve, self._settings.queue))
        disk = f"disk of {self._bag.progress.bag.parent}"
        return {"disk": disk, "reserve": reserve, "queue": queue, "queued": self._bag.queued_bytes}

    def _publish_state(self) -> None:
        progress = self._bag.progress
        self._states.publish(
            RecorderState(
                header=to_header(time.time_ns()),
                status=int(progress.phase),
                bag=str(progress.bag),
                message=progress.warning or progress.message,
                messages=progress.messages,
                bytes=progress.bytes,
                dropped=progress.dropped,
                free_bytes=progress.free_bytes,
            )
        )


def main() -> int:
    """Run the node."""
    return run(Recorder)
