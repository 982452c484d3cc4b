# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `stage`: notes, pedals, states, parts and camera pictures in, the picture out.

OpenGL belongs to the main thread, so ROS is spun in another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from descant import topics
from descant.camera.image_conversion import Rgba
from descant.decoding import (
    from_episode,
    from_learner_state,
    from_note_event,
    from_part,
    from_pedal_event,
)
from descant.msg import Cue, Part, StageState
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import publisher, subscription
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.part_parameters import PartParameters
from descant.nodes.common.picture_input import PictureInput
from descant.nodes.common.players import Releases
from descant.nodes.common.runner import run_beside
from descant.plain_text import plain
from descant.programme.layers import described
from descant.stage.live_stage import CameraPicture, LiveStage
from descant.stage.opengl import NoOpenGLError
from descant.stage.scene import PartSettings, StageEvent
from descant.stage.settings import StageSettings
from descant.types import Note, Pedal
from descant.validation import validate_episode, validate_note, validate_part, validate_state

STATE_PERIOD_S = 1.0
FIRST_PERIOD_S = 0.05  # between two looks whether it draws
CUES = {"n": Cue.NEXT, "r": Cue.RESTART, "p": Cue.PANIC}
PARTS = "123456789"
GOES_ON = "sound and learning go on"
FARTHEST_NS = 10_000_000_000
"""Camera pictures whose stamps differ more from now have no stamp, or one of another clock: their
delay is not measured."""


class StageNode(Node):
    """Passes messages to the stage, publishes its state, and the commands of keys in its window."""

    def __init__(self) -> None:
        super().__init__("stage")
        self._stage: LiveStage | None = None
        self._draws = False
        self._part_parameters = PartParameters(self, StageSettings, "stage", self._on_settings)
        self._performance = PerformanceClock(self)
        self._cues = publisher(self, topics.CUE)
        self._states = DiagnosedPublisher(self, topics.STAGE_STATE, self._wanted)
        try:
            self._stage = stage = LiveStage(
                self._part_parameters.settings,
                time.monotonic_ns,
                self._on_key,
                on_invalid=InvalidMessageGuard(self, "scene", "part of the picture left out").drop,
                on_failure=lambda line: self.get_logger().warning(plain(line)),
            )
        except NoOpenGLError as error:
            if self._part_parameters.settings.canvas != "auto":
                raise
            self.get_logger().error(plain(f"{error}; {GOES_ON}"))
            return
        self.get_logger().info(plain(f"{stage.canvas_text}; {stage.description}"))
        self._subscribe(stage)

    def _subscribe(self, stage: LiveStage) -> None:
        self._releases = Releases(self, self._performance.now_ns, stage.put)
        for topic, convert in (
            (topics.NOTES, lambda m: validate_note(from_note_event(m))),
            (topics.PEDALS, from_pedal_event),
            (topics.LEARNER_STATE, lambda m: validate_state(from_learner_state(m))),
        ):
            subscription(self, topic, self._forward(stage, topic.name, convert))
        on_episode = self._forward(
            stage, topics.EPISODE.name, lambda m: validate_episode(from_episode(m))
        )
        subscription(self, topics.EPISODE, on_episode)
        invalid_part = InvalidMessageGuard(self, topics.PART.name)

        def on_part(message: Part) -> None:
            with invalid_part:
                self._begin_part(message, stage)

        subscription(self, topics.PART, on_part, topics.LATCHED)
        PictureInput(
            self,
            self._part_parameters.settings.pictures,
            lambda pixels, stamp: self._show_picture(pixels, stamp, stage),
        )
        steady_timer(self, STATE_PERIOD_S, lambda: self._publish_state(stage))
        self._first = steady_timer(self, FIRST_PERIOD_S, lambda: self._publish_first(stage))

    def _forward(
        self, stage: LiveStage, topic: str, convert: Callable[[Any], StageEvent]
    ) -> Callable[[Any, dict[str, int]], None]:
        """A callback that passes valid messages of `topic` to the stage."""
        guard = InvalidMessageGuard(self, topic)

        def on_message(message: Any, _info: dict[str, int]) -> None:
            with guard:
                event = convert(message)
                if isinstance(event, Note | Pedal):
                    self._releases.add(event)
                stage.put(event)

        return on_message

    def perform(self, stop: threading.Event) -> int:
        """Draw in the main thread until `stop`, the window is closed, or a failure; exit status.

        Without OpenGL, only wait: a node that ended would be started again and again.
        """
        if self._stage is None:
            stop.wait()
            return 0
        try:
            self._stage.run(stop)
        except Exception as error:  # whatever it is, only the picture is lost
            self.get_logger().error(plain(f"the stage cannot draw any more: {error}; {GOES_ON}"))
            return 1
        if not stop.is_set():
            self.get_logger().info(f"the window was closed: the stage ends; {GOES_ON}")
        return 0

    def close(self) -> None:
        """Release window and context."""
        if self._stage is not None:
            self._stage.close()

    def _wanted(self) -> dict[str, float]:
        return {"wanted": self._part_parameters.settings.frame_rate}

    def _on_settings(self, settings: StageSettings) -> None:
        if self._stage is not None:
            self._stage.put(settings)

    def _begin_part(self, message: Part, stage: LiveStage) -> None:
        """Let the part's settings hold. The stage eases to them, so it gets them with the part."""
        validate_part(message.part)
        part = from_part(message)
        before = self._part_parameters.settings.values()
        begins = self._part_parameters.prepare(part)
        stage.put(PartSettings(part, described(part).title, self._part_parameters.settings))
        if begins:
            self._part_parameters.publish(before)

    def _show_picture(self, pixels: Rgba, stamp: int, stage: LiveStage) -> None:
        age_ns = self._performance.now_ns() - stamp
        known = abs(age_ns) < FARTHEST_NS
        stage.put_picture(CameraPicture(time.monotonic_ns() - age_ns if known else None, pixels))

    def _on_key(self, key: str) -> None:
        if key in CUES:
            cue = Cue(command=CUES[key])
        elif key in PARTS:
            cue = Cue(command=Cue.PART, part=int(key))
        else:
            return
        cue.header = to_header(self._performance.now_ns())
        self.get_logger().info(f"cue by key {key} in the window")
        self._cues.publish(cue)

    def _publish_first(self, stage: LiveStage) -> None:
        """The first state as soon as it draws: a stage that was started again is back then."""
        if not stage.draws:
            return
        if self._draws:
            self._first.cancel()
            self._publish_state(stage)
        else:  # the rate of frames would count the time before the first
            stage.statistics()
            self._draws = True

    def _publish_state(self, stage: LiveStage) -> None:
        statistics = stage.statistics()
        self._states.publish(
            StageState(
                header=to_header(self._performance.now_ns()),
                part=stage.part,
                canvas=stage.description,
                frame_rate=statistics.frame_rate,
                frame_time=statistics.frame_time_ms,
                dropped=statistics.dropped,
                camera_delay=statistics.camera_delay_ms,
                camera_age=statistics.camera_age_s,
            )
        )


def main() -> int:
    """Run the node."""
    return run_beside(StageNode)
