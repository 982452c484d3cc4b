"""What every sink is: something that asks for samples when it needs them, and may die."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Pull = Callable[[int], tuple[Samples, Samples]]
"""Frames wanted -> samples left and right, -1..1; they hold until the next call."""


class SinkError(Exception):
    """The sink cannot be opened, or is gone; the text is one line for a person."""


class Sink(ABC):
    """An open sink. `name` is what SynthState.msg calls it; `pulls` counts its calls for samples.

    Opening is the constructor's work (`SinkError` where it fails), so that the sample rate and
    the size of a period are known before there is anything to play.
    """

    name: str
    sample_rate: int
    period: int  # frames it asks for at once; 0 where it leaves that open

    def __init__(self) -> None:
        self.pulls = 0
        self.failure: str | None = None  # why it is gone, as soon as it knows

    @abstractmethod
    def start(self, pull: Pull) -> None:
        """Ask `pull` for samples from now on, in a thread of the sink's own."""

    @abstractmethod
    def close(self) -> None:
        """Stop asking, and give everything back; `pull` is not called after this. Never raises."""

    def _failed(self, error: BaseException | str) -> None:
        self.failure = str(error) or repr(error)
