"""The node `recorder`: every topic of the graph into a bag (docs/recording.md)."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rclpy.node import Node

from descant import topics
from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread, Phase
from descant.errors import UserError
from descant.msg import RecorderState
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import publisher
from descant.nodes.common.parameters import declare
from descant.nodes.common.runner import run
from descant.nodes.common.topic_recorder import TopicRecorder
from descant.paths import user_path
from descant.plain_text import plain
from descant.topics import Qos

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


TYPES = {topic.name: topic.message_type for topic in topics.TOPICS}


class Told(NamedTuple):
    """What was logged of the present bag."""

    failed: bool = False
    warning: str = ""


class Recorder(Node):
    """Subscribes to every topic that is published and passes the bytes to the bag's thread.

    The topics of the table are subscribed to before anyone publishes, so that not even the first
    message is missed; other topics are discovered.
    """

    def __init__(self) -> None:
        super().__init__("recorder")
        self._settings = settings = declare(self, RecorderSettings)
        named = settings.bag or datetime.now().strftime("descant_%Y_%m_%d-%H_%M_%S")
        self._wanted = user_path(named)
        self._bag = BagThread(self._wanted, settings)
        self._told = Told()
        self._lost: list[Path] = []
        self._log_bag()
        self._recorders: dict[str, TopicRecorder] = {}
        self._unusable: set[str] = set()
        self._several_types: set[str] = set()
        self._states = publisher(self, topics.RECORDER_STATE)
        self._subscribe_all()
        self._publish_state()
        self._discovery = steady_timer(self, STARTING_PERIOD_S, self._discover)
        self._starting = steady_timer(self, STARTING_S, self._slow_down)
        self._stating = steady_timer(self, STATE_PERIOD_S, self._publish_state)
        steady_timer(self, WATCH_PERIOD_S, self._watch)

    def close(self) -> None:
        """Record what still arrives, close the bag in order and publish the last state."""
        end = time.monotonic() + LINGER_S
        while time.monotonic() < end and any(x.has_publishers() for x in self._recorders.values()):
            self._drain()
            time.sleep(0.01)
        self._drain()
        self._bag.close()
        self._log_faults()
        self._publish_state()
        progress = self._bag.progress
        if progress.phase is Phase.STOPPED:
            self.get_logger().info(f"recorded {progress.messages} messages")

    def _log_bag(self) -> None:
        bag = self._bag.progress.bag
        if bag == self._wanted:
            self.get_logger().info(f"recording to {bag}")
        elif self._lost:
            self.get_logger().warning(f"recording to {bag} from now on")
        else:
            self.get_logger().warning(f"{self._wanted} exists already; recording to {bag}")

    def _subscribe_all(self) -> None:
        for topic in topics.TOPICS:
            self._subscribe(topic.name, topic.message_type, topic.subscriber_qos)
        self._discover()

    def _discover(self) -> None:
        """Subscribe to what the topics of the graph offer. Hidden topics (/_x) are left out."""
        for topic, types in self.get_topic_names_and_types():
            if "/_" in topic:
                continue
            recorded = TYPES.get(topic, types[0])
            self._subscribe(topic, recorded)
            others = sorted(set(types) - {recorded})
            if others and topic not in self._several_types:
                self._several_types.add(topic)
                self.get_logger().warning(
                    f"{plain(topic)} has several types: recorded as {plain(recorded)}, "
                    f"not as {plain(', '.join(others))}"
                )

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
            reason = (
                str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            )
            self.get_logger().error(
                f"{plain(topic)} ({plain(message_type)}) is not recorded: {plain(reason)}"
            )

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
        self._told = Told(now.phase is Phase.FAILED, now.warning)
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
        for recorder in self._recorders.values():
            recorder.close()
        self._recorders.clear()
        self._log_bag()
        self._subscribe_all()

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
                free_bytes=progress.free_bytes,
            )
        )


def main() -> int:
    """Run the node."""
    return run(Recorder)
