"""The node `stage`: notes, states, parts and camera pictures in, the picture out.

OpenGL belongs to the main thread, so ROS is spun in another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from sensor_msgs.msg import Image

from descant.msg import Cue, Episode, LearnerState, NoteEvent, Part, StageState
from descant.nodes.common import qos
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import (
    from_episode,
    from_learner_state,
    from_note_event,
    from_time,
    to_time,
)
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.late_joining import subscribe_new
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.runner import run_beside
from descant.stage.image_conversion import to_rgba
from descant.stage.opengl import NothingToDrawWithError
from descant.stage.settings import StageSettings
from descant.stage.show import PartChange, Picture, Show, Told
from descant.validation import validate_episode, validate_note, validate_part, validate_state

STATE_PERIOD_S = 1.0
CUES = {"n": Cue.NEXT, "r": Cue.RESTART, "p": Cue.PANIC}
PARTS = "1234"
GOES_ON = "sound and learning go on"


class StageNode(Node):
    """Tells the show what arrives, and says how it is doing."""

    def __init__(self) -> None:
        super().__init__("stage")
        settings = declare(self, StageSettings)
        self._performance = PerformanceClock(self)
        self._unseen = InvalidMessageGuard(self, "/camera/image", "is not shown")
        self._cues = self.create_publisher(Cue, "/cue", qos.LIVE)
        self._show: Show | None = None
        try:
            self._show = show = Show(
                settings,
                time.monotonic_ns,
                self._key,
                strange=InvalidMessageGuard(self, "the picture", "leaves something out").say,
            )
        except NothingToDrawWithError as error:
            if settings.canvas != "auto":
                raise
            self.get_logger().error(f"{error}; {GOES_ON}")
            return
        self.get_logger().info(f"{show.line}; {show.description}")
        self._listen(settings, show)

    def _listen(self, settings: StageSettings, show: Show) -> None:
        follow(self, settings, show.tell)
        self._states = self.create_publisher(StageState, "/stage_state", qos.LATCHED)
        for kind, topic, convert in (
            (NoteEvent, "/notes", lambda m: validate_note(from_note_event(m))),
            (LearnerState, "/learner_state", lambda m: validate_state(from_learner_state(m))),
        ):
            subscribe_new(self, kind, topic, self._teller(show, topic, convert))
        for kind, topic, convert in (
            (Episode, "/episode", lambda m: validate_episode(from_episode(m))),
            (Part, "/part", lambda m: PartChange(validate_part(m.part), m.start)),
        ):
            teller = self._teller(show, topic, convert)
            self.create_subscription(kind, topic, teller, qos.LATCHED)
        self.create_subscription(
            Image, "/camera/image", lambda m: self._image(m, show), qos.PICTURES
        )
        steady_timer(self, STATE_PERIOD_S, lambda: self._say(show))

    def _teller(
        self, show: Show, topic: str, convert: Callable[[Any], Told]
    ) -> Callable[[Any, dict[str, int]], None]:
        guard = InvalidMessageGuard(self, topic)

        def tell(message: Any, _info: dict[str, int]) -> None:
            with guard:
                show.tell(convert(message))

        return tell

    def perform(self, stop: threading.Event) -> int:
        """Draw in the main thread until `stop`, the window's end or a failure; exit status.

        With nothing to draw with, only wait: a stage that ended would be started again and again.
        """
        if self._show is None:
            stop.wait()
            return 0
        try:
            self._show.perform(stop)
        except Exception as error:  # whatever it is, it is the picture's alone
            self.get_logger().error(f"the stage cannot draw any more: {error}; {GOES_ON}")
            return 1
        if not stop.is_set():
            self.get_logger().info(f"the window was closed: the stage ends; {GOES_ON}")
        return 0

    def close(self) -> None:
        """Give back window and context."""
        if self._show is not None:
            self._show.close()

    def _image(self, message: Image, show: Show) -> None:
        with self._unseen:
            pixels = _pixels(message)
            age_ns = self._performance.now_ns() - from_time(message.header.stamp)
            show.tell_picture(Picture(time.monotonic_ns() - age_ns, pixels))

    def _key(self, key: str) -> None:
        now = to_time(self._performance.now_ns())
        if key in CUES:
            self._cues.publish(Cue(stamp=now, command=CUES[key]))
        elif key in PARTS:
            self._cues.publish(Cue(stamp=now, command=Cue.PART, part=int(key)))

    def _say(self, show: Show) -> None:
        report = show.report()
        self._states.publish(
            StageState(
                stamp=to_time(self._performance.now_ns()),
                part=show.part,
                canvas=show.description,
                frame_rate=report.frame_rate,
                frame_time=report.frame_time_ms,
                dropped=report.dropped,
                camera_delay=report.camera_delay_ms,
                camera_age=report.camera_age_s,
            )
        )


def _pixels(message: Image) -> NDArray[np.uint8]:
    return to_rgba(message.data, message.width, message.height, message.step, message.encoding)


def main() -> int:
    """Run the node."""
    return run_beside(StageNode)
