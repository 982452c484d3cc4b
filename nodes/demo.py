"""Listens to a performance for the demo: where the piano is, what is learned, what still sounds."""

from __future__ import annotations

import os
import time
from types import TracebackType

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from descant.demo.progress import LearnerView, PianoView, Playing
from descant.msg import LearnerState, PianoState, SynthState
from descant.nodes.common import qos
from descant.types import LearningStatus

PLAYING = {
    PianoState.WAITING: Playing.WAITING,
    PianoState.PLAYING: Playing.PLAYING,
    PianoState.LOST: Playing.LOST,
    PianoState.FINISHED: Playing.FINISHED,
}


class Watch:
    """The last word of piano, learner and synth; None until learner or synth have spoken."""

    def __init__(self, domain_id: int) -> None:
        os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        self.piano = PianoView(Playing.WAITING, "", 0.0, 0.0, time.monotonic())
        self.learner: LearnerView | None = None
        self.voices: int | None = None
        self._context = Context()
        # Ctrl-c is the demo's own business: it stops everything in order.
        rclpy.init(
            context=self._context,
            domain_id=domain_id,
            signal_handler_options=SignalHandlerOptions.NO,
        )
        self._node = rclpy.create_node("demo", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        for kind, topic, heard, profile in (
            (PianoState, "/piano_state", self._on_piano, qos.LATCHED),
            (LearnerState, "/learner_state", self._on_learner, qos.CATCH_UP),
            (SynthState, "/synth_state", self._on_synth, qos.LATCHED),
        ):
            self._node.create_subscription(kind, topic, heard, profile)

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def subscribe_new(self, duration_s: float) -> None:
        """Take what comes within `duration_s`."""
        end = time.monotonic() + duration_s
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def _on_piano(self, state: PianoState) -> None:
        self.piano = PianoView(
            PLAYING[state.status], state.message, state.position, state.duration, time.monotonic()
        )

    def _on_learner(self, state: LearnerState) -> None:
        self.learner = LearnerView(
            state.episode, state.step, LearningStatus(state.status), state.loss
        )

    def _on_synth(self, state: SynthState) -> None:
        self.voices = state.voices
