"""The recorder: every topic of the graph, as it was sent, into a bag (docs/recording.md)."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread, Phase
from descant.msg import RecorderState
from descant.nodes.common.conversion import to_time
from descant.nodes.common.parameters import declare
from descant.nodes.common.qos import LATCHED
from descant.nodes.common.runner import run
from descant.nodes.common.topic_recorder import EXPECTED, TopicRecorder

STATE_PERIOD_S = 1.0
# Discovery is polled (rclpy tells no graph events): often while a performance starts up.
STARTING_S = 10.0
STARTING_PERIOD_S = 0.2
RUNNING_PERIOD_S = 1.0
# A busy graph wakes the recorder this often at most; DDS stamps the messages as they arrive.
GATHER_S = 0.01
# On ctrl-c all nodes stop at once, and the last messages (held keys released) are still to come.
LINGER_S = 0.5


class Recorder(Node):
    """Subscribes to whatever is published and hands the bytes to the bag's thread."""

    def __init__(self) -> None:
        super().__init__("recorder")
        settings = declare(self, RecorderSettings)
        wanted = Path(settings.bag or datetime.now().strftime("descant_%Y_%m_%d-%H_%M_%S"))
        self._bag = BagThread(wanted, settings)
        self._phase = Phase.RECORDING
        self._say_where(wanted)
        self._listeners: dict[str, TopicRecorder] = {}
        self._unknown: set[str] = set()
        self._state = self.create_publisher(RecorderState, "/recorder_state", LATCHED)
        for topic, (message_type, qos) in EXPECTED.items():
            self._listener(topic, message_type).expect(qos)
        self._discover()
        self._publish_state()
        # Steady, so that a clock set during a concert stops neither discovery nor the state.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._discovery = self.create_timer(STARTING_PERIOD_S, self._discover, clock=steady)
        self._settle = self.create_timer(STARTING_S, self._slow_down, clock=steady)
        self.create_timer(STATE_PERIOD_S, self._publish_state, clock=steady)

    def close(self) -> None:
        """Take what is still coming, close the bag in order, say so."""
        end = time.monotonic() + LINGER_S
        while time.monotonic() < end and any(x.has_publishers() for x in self._listeners.values()):
            self._drain()
            time.sleep(0.01)
        self._drain()
        self._bag.close()
        self._publish_state()
        self.get_logger().info(f"recorded {self._bag.progress.messages} messages")

    def _say_where(self, wanted: Path) -> None:
        bag = self._bag.progress.bag
        if bag != wanted:
            self.get_logger().warning(f"{wanted} exists already; recording to {bag}")
        else:
            self.get_logger().info(f"recording to {bag}")

    def _listener(self, topic: str, message_type: str) -> TopicRecorder:
        if topic not in self._listeners:
            self._listeners[topic] = TopicRecorder(
                self, self._bag, topic, message_type, self._gather
            )
        return self._listeners[topic]

    def _discover(self) -> None:
        """Subscribe to what has appeared in the graph. Hidden topics (/_x) are left out."""
        for topic, types in self.get_topic_names_and_types():
            if "/_" in topic or topic in self._unknown:
                continue
            try:
                self._listener(topic, types[0]).adapt()
            except Exception as error:  # somebody's broken package costs its own topic, no other
                self._unknown.add(topic)
                reason = f"{type(error).__name__}: {error}"
                self.get_logger().error(f"{topic} ({types[0]}) is not recorded: {reason}")

    def _slow_down(self) -> None:
        self._settle.cancel()
        self._discovery.timer_period_ns = int(RUNNING_PERIOD_S * 1e9)

    def _gather(self) -> None:
        """Take what else is there, and let more gather: a turn of the executor is dear."""
        self._drain()
        time.sleep(GATHER_S)

    def _drain(self) -> None:
        for listener in self._listeners.values():
            listener.drain()

    def _publish_state(self) -> None:
        progress = self._bag.progress
        if progress.phase is Phase.FAILED and self._phase is not Phase.FAILED:
            self.get_logger().error(f"recording stopped: {progress.message}; playing goes on")
        self._phase = progress.phase
        self._state.publish(
            RecorderState(
                stamp=to_time(time.time_ns()),
                status=int(progress.phase),
                bag=str(progress.bag),
                message=progress.message,
                messages=progress.messages,
                bytes=progress.bytes,
                free_bytes=progress.free_bytes,
            )
        )


def main() -> int:
    """Run the recorder; returns the exit status."""
    return run(Recorder)


if __name__ == "__main__":
    sys.exit(main())
