"""The live synthesiser: an engine, a sink, and somebody who looks after them.

Notes, pedals and states are handed over from any one thread; `tend`, called a few times a
second, notices a dead sink, opens it again as often as it takes, and says so. The engine (with
pyo's voices, pool and tables) outlives its sinks; only another sample rate or block size needs a
new one. While there is no sink, events are taken and nothing sounds; what was held when the sound
went away stays silent, what is struck after it is back is heard.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from dataclasses import dataclass
from enum import IntEnum

from descant.synth.engine import Engine, Input, Order, Report
from descant.synth.settings import SynthSettings
from descant.synth.sinks.base import Sink, SinkError
from descant.synth.sinks.choose import check, open_device, open_sink
from descant.synth.stream import Blocks, block_size

LOG = logging.getLogger("descant.synth")

# A sink that asks for no samples for this long is dead (the longest JACK period is 0.2 s).
PATIENCE = 1.0
RETRY = 1.0  # seconds between attempts to open a lost sink
HOPE = 5.0  # and between looks whether `auto` finds something better than none
# pyo's blocks are computed in an audio thread that needs Python's lock: it must not wait for the
# usual 5 ms until another thread lets go of it.
SWITCH_INTERVAL = 0.0005
# From "stop" to the end of the sound: the fade, a period, and a little.
LAST_FADE = 0.04


class Status(IntEnum):
    """The numbers are those of SynthState.msg."""

    SILENT = 0
    SOUNDING = 1
    LOST = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """What SynthState.msg says of the sink."""

    status: Status
    sink: str
    message: str
    sample_rate: int
    restarts: int


class Player:
    """Open at once; `UserError` where `sink` is not understood or pyo does not load.

    `now` is seconds of a monotonic clock, everywhere.
    """

    def __init__(self, settings: SynthSettings, now: float) -> None:
        check(settings.sink)
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._settings = settings
        self._engine = Engine(
            settings,
            frames=block_size(settings.block, 0),
            sample_rate=settings.sample_rate,
        )
        self._sink: Sink | None = None
        self._status = Status.LOST
        self._message = ""
        self._restarts = 0
        self._opened = 0
        self._pulls = 0
        self._alive_at = now
        self._tried_at = now
        self._open(now)
        gc.collect()
        gc.freeze()  # what was made at start is never looked through again

    @property
    def condition(self) -> Condition:
        """How the sink is."""
        name = self._sink.name if self._sink is not None else self._settings.sink
        rate = self._engine.sample_rate
        return Condition(self._status, name, self._message, rate, self._restarts)

    def play(self, given: Input) -> None:
        """Hand over a note, a pedal, a state or an order; it is heard with the next block."""
        self._engine.inbox.append(given)

    def change(self, settings: SynthSettings) -> None:
        """New parameters; those that only hold from the start are those of the start."""
        self._settings = settings
        self.play(settings)

    def report(self) -> Report:
        """How the voices are."""
        return self._engine.report()

    def tend(self, now: float) -> None:
        """Notice a dead sink; open a lost one again. Call it at least twice a second."""
        if self._sink is not None:
            self._watch(self._sink, now)
        if self._sink is None:
            self._engine.forget()
        if self._due(now):
            self._open(now)

    def close(self) -> None:
        """Fade out within 50 ms, then give everything back."""
        if self._sink is not None and self._sink.failure is None:
            self._fade_out(self._sink)
        self._drop()
        self._engine.close()

    def _fade_out(self, sink: Sink) -> None:
        self._engine.inbox.append(Order.PANIC)
        end = time.monotonic() + LAST_FADE
        while time.monotonic() < end and sink.failure is None and not self._engine.silent:
            time.sleep(0.002)

    def _watch(self, sink: Sink, now: float) -> None:
        if sink.pulls != self._pulls:
            self._pulls, self._alive_at = sink.pulls, now
        failure = sink.failure
        if failure is None and now - self._alive_at > PATIENCE:
            failure = f"{sink.name} has asked for no samples for {PATIENCE:g} s"
        if failure is None:
            return
        self._drop()
        self._status, self._message = Status.LOST, f"{failure}; trying again"
        self._tried_at = now
        LOG.warning(self._message)

    def _due(self, now: float) -> bool:
        """Whether to try (again) to open a sink: none is open, or `auto` hopes for a better."""
        if self._sink is None:
            return now - self._tried_at >= RETRY
        hoping = self._settings.sink == "auto" and self._sink.name == "none"
        return hoping and now - self._tried_at >= HOPE

    def _open(self, now: float) -> None:
        self._tried_at = now
        try:
            find = open_sink if self._opened == 0 else open_device
            sink, message = find(self._settings)
            self._use(sink, now)
        except SinkError as error:
            self._complain(str(error))
            return
        self._restarts += self._opened > 0
        self._opened += 1
        self._status = Status.SILENT if sink.name == "none" else Status.SOUNDING
        self._message = message
        LOG.info(message)

    def _use(self, sink: Sink, now: float) -> None:
        self._drop()
        frames = block_size(self._settings.block, sink.period)
        if (sink.sample_rate, frames) != (self._engine.sample_rate, self._engine.frames):
            self._engine.close()
            self._engine = Engine(self._settings, frames=frames, sample_rate=sink.sample_rate)
        self._engine.forget()
        try:
            sink.start(Blocks(self._engine.render, frames).pull)
        except SinkError:
            sink.close()
            raise
        self._sink, self._pulls, self._alive_at = sink, sink.pulls, now

    def _complain(self, why: str) -> None:
        if self._sink is not None:
            return
        message = f"no sound: {why}; trying again"
        if message != self._message:
            LOG.warning(message)
        self._status, self._message = Status.LOST, message

    def _drop(self) -> None:
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()
