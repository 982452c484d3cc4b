# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Monitor a performance for the demo: position of the piano, learning, sounding voices."""

from __future__ import annotations

import os
import time

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from descant import topics
from descant.demo.progress import PianoProgress, learning_text
from descant.msg import LearnerState, PianoState, SynthState
from descant.namespaces import namespace_of, ros_arguments
from descant.nodes.common.endpoints import subscription
from descant.nodes.common.runner import prepare_environment
from descant.nodes.common.secured import refusals_told
from descant.piano.connection import PianoStatus
from descant.security import enclave_arguments
from descant.types import LearningStatus


class DemoMonitor:
    """The last state of piano, learner and synth; `voices` is None before the first of synth."""

    def __init__(self, domain_id: int) -> None:
        os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        prepare_environment()
        self.piano = PianoProgress(PianoStatus.WAITING, "", 0.0, 0.0, time.monotonic())
        self.learning = "before the first note"  # the last state of the learner, for a person
        self.voices: int | None = None
        self._context = Context()
        # The demo handles ctrl-c itself: it stops everything in order.
        here = ros_arguments(namespace_of(os.environ))  # where the nodes of the demo are
        with refusals_told():
            rclpy.init(
                args=[*here, *enclave_arguments("operator")],
                context=self._context,
                domain_id=domain_id,
                signal_handler_options=SignalHandlerOptions.NO,
            )
            self._node = rclpy.create_node(
                "demo", context=self._context, start_parameter_services=False
            )
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        subscription(self._node, topics.PIANO_STATE, self._on_piano)
        subscription(self._node, topics.LEARNER_STATE, self._on_learner)
        subscription(self._node, topics.SYNTH_STATE, self._on_synth)

    def __enter__(self) -> DemoMonitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def spin(self, duration_s: float) -> None:
        """Process the messages that arrive within `duration_s`."""
        end = time.monotonic() + duration_s
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def _on_piano(self, state: PianoState) -> None:
        self.piano = PianoProgress(
            PianoStatus(state.status),
            state.message,
            state.position,
            state.duration,
            time.monotonic(),
        )

    def _on_learner(self, state: LearnerState) -> None:
        status = LearningStatus(state.status)
        self.learning = learning_text(state.episode, state.step, status, state.loss)

    def _on_synth(self, state: SynthState) -> None:
        self.voices = state.voices
