# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `replay`: plays a recording instead of a pianist; keys pause it and jump."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from descant.namespaces import ros_arguments
from descant.nodes.common.replay_context import GraphReplayContext, Overrides
from descant.nodes.common.runner import run_beside
from descant.nodes.piano import PianoNode
from descant.piano.settings import PianoSettings
from descant.replay.bag_source import BagSource
from descant.replay.keys import Key, Keys, keys
from descant.security import enclave_arguments

POLL_S = 0.1
JUMP_S = 10.0
WIDTH = 40


class ReplayNode(PianoNode):
    """The piano node with a bag as its source and the keys of a terminal."""

    def __init__(self, given: Mapping[str, Any], overrides: Overrides) -> None:
        self._overrides = overrides
        super().__init__("replay", given)

    def perform(self, stop: threading.Event) -> int:
        """Play until the recording has ended, q is pressed or `stop` is set; returns 0."""
        source = self._source
        assert isinstance(source, BagSource)
        if source.remarks:
            self.get_logger().warning("; ".join(source.remarks))
        with keys() as terminal:
            if terminal.available:
                self.get_logger().info(
                    "space: pause or continue; arrows: 10 s back or forward; q: quit"
                )
            while not stop.is_set() and not source.ended:
                if not self._handle_key(terminal, source, stop):
                    break
            if terminal.available:
                sys.stdout.write("\n")
        return 0

    def _handle_key(self, terminal: Keys, source: BagSource, stop: threading.Event) -> bool:
        """Wait `POLL_S` for a key and handle it; False for q."""
        if not terminal.available:
            stop.wait(POLL_S)
            return True
        key = terminal.wait(POLL_S)
        if key is Key.TOGGLE:
            source.toggle()
        elif key in (Key.BACK, Key.FORWARD):
            source.jump_by(JUMP_S if key is Key.FORWARD else -JUMP_S)
        state = "paused" if source.paused else ""
        line = f"\r{source.position:7.1f} s of {source.duration:.1f} s {state}"
        sys.stdout.write(line.ljust(WIDTH))
        sys.stdout.flush()
        return key is not Key.QUIT

    def _make_context(self, settings: PianoSettings) -> GraphReplayContext:
        return GraphReplayContext(
            self,
            self._epoch_ns,
            as_recorded=settings.bag_parameters,
            overrides=self._overrides,
            settle=True,
        )


def play(given: Mapping[str, Any], overrides: Overrides, namespace: str) -> int:
    """Run the node in `namespace` with the piano's parameters `given`; returns the exit status."""
    arguments = [*ros_arguments(namespace), *enclave_arguments("replay")]
    return run_beside(lambda: ReplayNode(given, overrides), arguments)
