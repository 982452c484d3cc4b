# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What all sinks have in common: they ask for samples when they need them, and may fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from descant.arrays import Samples

Pull = Callable[[int], tuple[Samples, Samples]]
"""Frames wanted -> samples left and right, -1..1; they hold until the next call."""


class SinkError(Exception):
    """The sink cannot be opened, or has failed; the text is one line for a person."""


class Sink(ABC):
    """An open sink. `name` is its name in SynthState.msg; `pulls` counts its calls for samples.

    The constructor opens it (`SinkError` where that fails), so that the sample rate and the size
    of a period are known before there is anything to play.
    """

    name: str
    sample_rate: int
    period: int  # frames it asks for at once; 0: any number

    def __init__(self) -> None:
        self.pulls = 0
        self.gaps = 0  # how often nothing was ready for the audio callback
        self.xruns = 0  # periods that the sound server was late for, whoever was the cause
        self.is_shared = False  # whether its output is shared with another synth's
        self.is_active = True  # False: another synth that shares the output is active
        self.failure: str | None = None  # the reason, once it has failed

    @abstractmethod
    def start(self, pull: Pull) -> None:
        """Call `pull` for samples from now on, in a thread of the sink's own."""

    @property
    def details(self) -> str:
        """What else a person should know of it now, in a few words; '' for nothing."""
        return ""

    def maintain(self) -> None:  # noqa: B027 -- most sinks have nothing to do
        """Called a few times a second while it is open: connect what has appeared, count."""

    def release(self) -> None:  # noqa: B027 -- most sinks share their output with nobody
        """Fade out, and let the synth that shares the output become active; before `close`."""

    @abstractmethod
    def close(self) -> None:
        """Stop, and free everything; `pull` is not called after this. Never raises."""

    def _failed(self, error: BaseException | str) -> None:
        self.failure = str(error) or repr(error)
