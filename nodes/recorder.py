"""The node `recorder`: every topic of the graph into a bag (docs/recording.md)."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from rclpy.node import Node

from descant import topics
from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread, Phase
from descant.msg import RecorderState
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_time
from descant.nodes.common.endpoints import publisher
from descant.nodes.common.parameters import declare
from descant.nodes.common.runner import run
from descant.nodes.common.topic_recorder import TopicRecorder
from descant.paths import user_path
from descant.topics import Qos

STATE_PERIOD_S = 1.0
# Discovery is polled (rclpy has no graph events): often while a performance starts.
STARTING_S = 10.0
STARTING_PERIOD_S = 0.2
RUNNING_PERIOD_S = 1.0
# A busy graph wakes the recorder this often at most; DDS stamps the messages as they arrive.
GATHER_S = 0.01
# On ctrl-c all nodes stop at once, and the last messages (held keys released) are still to come.
LINGER_S = 0.5


class Recorder(Node):
    """Subscribes to every topic that is published and passes the bytes to the bag's thread.

    The topics of the table are subscribed to before anyone publishes, so that not even the first
    message is missed; other topics are discovered.
    """

    def __init__(self) -> None:
        super().__init__("recorder")
        settings = declare(self, RecorderSettings)
        wanted = user_path(settings.bag or datetime.now().strftime("descant_%Y_%m_%d-%H_%M_%S"))
        self._bag = BagThread(wanted, settings)
        self._phase = Phase.RECORDING
        self._log_bag(wanted)
        self._recorders: dict[str, TopicRecorder] = {}
        self._unusable: set[str] = set()
        self._states = publisher(self, topics.RECORDER_STATE)
        for topic in topics.TOPICS:
            self._subscribe(topic.name, topic.message_type, topic.subscriber_qos)
        self._discover()
        self._publish_state()
        self._discovery = steady_timer(self, STARTING_PERIOD_S, self._discover)
        self._starting = steady_timer(self, STARTING_S, self._slow_down)
        steady_timer(self, STATE_PERIOD_S, self._publish_state)

    def close(self) -> None:
        """Record what still arrives, close the bag in order and publish the last state."""
        end = time.monotonic() + LINGER_S
        while time.monotonic() < end and any(x.has_publishers() for x in self._recorders.values()):
            self._drain()
            time.sleep(0.01)
        self._drain()
        self._bag.close()
        self._publish_state()
        self.get_logger().info(f"recorded {self._bag.progress.messages} messages")

    def _log_bag(self, wanted: Path) -> None:
        bag = self._bag.progress.bag
        if bag != wanted:
            self.get_logger().warning(f"{wanted} exists already; recording to {bag}")
        else:
            self.get_logger().info(f"recording to {bag}")

    def _discover(self) -> None:
        """Subscribe to what the topics of the graph offer. Hidden topics (/_x) are left out."""
        for topic, types in self.get_topic_names_and_types():
            if "/_" not in topic:
                self._subscribe(topic, types[0])

    def _subscribe(self, topic: str, message_type: str, expected: Qos | None = None) -> None:
        """Subscribe with `expected`, or with what the publishers offer now."""
        if topic in self._unusable:
            return
        try:
            if topic not in self._recorders:
                arguments = (self._bag, topic, message_type, self._gather)
                self._recorders[topic] = TopicRecorder(self, *arguments)
            if expected is None:
                self._recorders[topic].adapt()
            else:
                self._recorders[topic].expect(expected)
        except Exception as error:  # a broken message package costs its own topic only
            self._unusable.add(topic)
            reason = f"{type(error).__name__}: {error}"
            self.get_logger().error(f"{topic} ({message_type}) is not recorded: {reason}")

    def _slow_down(self) -> None:
        self._starting.cancel()
        self._discovery.timer_period_ns = int(RUNNING_PERIOD_S * 1e9)

    def _gather(self) -> None:
        """Record what has arrived, then let more gather: each executor iteration is expensive."""
        self._drain()
        time.sleep(GATHER_S)

    def _drain(self) -> None:
        for recorder in self._recorders.values():
            recorder.drain()

    def _publish_state(self) -> None:
        progress = self._bag.progress
        if progress.phase is Phase.FAILED and self._phase is not Phase.FAILED:
            self.get_logger().error(
                f"recording stopped: {progress.message}; the performance continues"
            )
        self._phase = progress.phase
        self._states.publish(
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
    """Run the node."""
    return run(Recorder)
