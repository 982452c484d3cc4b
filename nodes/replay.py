"""The node `replay`: a recording in the pianist's place, with keys to pause and to jump."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from descant.nodes.common.replay_context import GraphReplayContext, Overrides
from descant.nodes.common.runner import run_beside
from descant.nodes.piano import PianoNode
from descant.piano.settings import PianoSettings
from descant.replay.keys import Key, Keys, keys
from descant.replay.source import BagSource

POLL_S = 0.1
JUMP_S = 10.0
WIDTH = 40


class ReplayNode(PianoNode):
    """The piano node with a bag as its source, and somebody at the computer's keys."""

    def __init__(self, given: Mapping[str, Any], overrides: Overrides) -> None:
        self._overrides = overrides
        super().__init__("replay", given)

    def perform(self, stop: threading.Event) -> int:
        """Until the recording has ended, or somebody stops it."""
        source = self._source
        assert isinstance(source, BagSource)
        with keys() as pressed:
            if pressed.listening:
                self.get_logger().info("space: pause and go on; arrows: 10 s back, forward; q: end")
            while not stop.is_set() and not source.ended:
                if not self._obey(pressed, source, stop):
                    break
            if pressed.listening:
                sys.stdout.write("\n")
        return 0

    def _obey(self, pressed: Keys, source: BagSource, stop: threading.Event) -> bool:
        """Wait a little for a key and do what it says; False to end."""
        if not pressed.listening:
            stop.wait(POLL_S)
            return True
        key = pressed.wait(POLL_S)
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


def play(given: Mapping[str, Any], overrides: Overrides) -> int:
    """Run the node with the piano's parameters `given`; returns the exit status."""
    return run_beside(lambda: ReplayNode(given, overrides), arguments=[])
