# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The live synthesiser: an engine, a sink, and the recovery of a sink that is lost.

Notes, pedals and states are handed over from any one thread. `maintain`, called a few times a
second, detects a dead sink, logs it, and tries to open it again. The engine (with pyo's voices,
pool and tables) outlives its sinks; only another sample rate or block size needs a new one. While
there is no sink, events are processed and nothing sounds: notes that were held when the sound went
away stay silent, notes struck after it is back sound.
"""

from __future__ import annotations

import gc
import logging
import time
from dataclasses import dataclass
from enum import IntEnum

from descant.synth.engine import Engine, EngineInput, SynthCommand, SynthReport
from descant.synth.failover import Failover
from descant.synth.settings import SynthSettings
from descant.synth.sinks.base import Sink, SinkError
from descant.synth.sinks.choose import check, open_device, open_sink
from descant.synth.sinks.failover_memory import FailoverGroup
from descant.synth.stream import BlockStream, block_size

LOG = logging.getLogger("descant.synth")

# A sink that asks for no samples for this long is dead (the longest JACK period is 0.2 s).
TIMEOUT = 1.0
# So much longer for one that was just opened: where its clients are late, JACK calls a new one
# first when its timeout for clients is over (`jackd -t`, 0.5 s if not given).
OPENING = 5.0
RETRY = 1.0  # seconds between attempts to open a lost sink
RETRY_AUTO = 5.0  # and between attempts of `auto` to find a device, while it uses none
# Seconds from the request to close to the end of the sound: the fade, a period, and a little.
LAST_FADE = 0.04


class SinkStatus(IntEnum):
    """The numbers are those of SynthState.msg."""

    SILENT = 0
    SOUNDING = 1
    LOST = 2


@dataclass(frozen=True, slots=True)
class SinkState:
    """The sink, as SynthState.msg describes it."""

    status: SinkStatus
    sink: str
    message: str
    sample_rate: int
    restarts: int
    gaps: int
    xruns: int
    is_active: bool
    """False: it is on standby, and another synth is active."""


class LiveSynth:
    """Opens its sink at once; `UserError` where `sink` is not valid or pyo does not load.

    `now` is seconds of a monotonic clock, everywhere. `group`: two synths share an output.
    """

    def __init__(
        self, settings: SynthSettings, now: float, group: FailoverGroup | None = None
    ) -> None:
        check(settings.sink)
        self._failover = Failover(group)
        self._settings = settings
        self._engine = Engine(
            settings,
            frames=block_size(settings.block, 0),
            sample_rate=settings.sample_rate,
        )
        self._sink: Sink | None = None
        self._status = SinkStatus.LOST
        self._message = self._summary = ""
        self._restarts = 0
        self._opened = 0
        self._lost_counts = (0, 0)  # of sinks that are closed
        self._pulls = 0
        self._alive_at = now
        self._tried_at = now
        self._open(now)
        gc.collect()
        gc.freeze()  # the garbage collector never scans again what was made at start

    @property
    def sink_state(self) -> SinkState:
        """The sink now."""
        name = self._sink.name if self._sink is not None else self._settings.sink
        rate = self._engine.sample_rate
        gaps, xruns = self._counts()
        return SinkState(
            self._status, name, self._message, rate, self._restarts,
            gaps=gaps, xruns=xruns,
            is_active=(
                self._failover.publishes_state if self._sink is None else self._sink.is_active
            ),
        )  # fmt: skip

    def _counts(self) -> tuple[int, int]:
        """Gaps and late periods of all sinks so far."""
        gaps, xruns = self._lost_counts
        if self._sink is not None:
            gaps, xruns = gaps + self._sink.gaps, xruns + self._sink.xruns
        return gaps, xruns

    def add(self, given: EngineInput) -> None:
        """Hand over a note, a pedal, a state or a command; it takes effect in the next block."""
        self._engine.inbox.append(given)

    def send_panic(self) -> None:
        """Make the synth that shares the output silence everything, too."""
        self._failover.send_panic()

    def change(self, settings: SynthSettings) -> None:
        """New parameters; those that are not live stay as at the start."""
        self._settings = settings
        self.add(settings)

    @property
    def voices(self) -> int:
        """The voices that sound now."""
        return self._engine.voices

    def report(self) -> SynthReport:
        """The voices now."""
        return self._engine.report()

    def maintain(self, now: float) -> None:
        """Detect a dead sink; open a lost one again. Call it at least twice a second."""
        self._update_failover(now)
        if self._sink is not None:
            self._check(self._sink, now)
        if self._sink is not None:
            self._sink.maintain()
            self._tell_details(self._sink)
        if self._sink is None:
            self._engine.silence()
        if self._is_retry_due(now):
            self._open(now)

    def _update_failover(self, now: float) -> None:
        """Exchange reports with the other synth; close an output that must not be shared."""
        sink = self._sink
        shares = sink is not None and sink.is_shared
        sounds = self._status is SinkStatus.SOUNDING
        if self._failover.update(now, is_unshared=sounds and not shares):
            self.add(SynthCommand.PANIC)
        if shares and (obstacle := self._failover.obstacle()):
            self._drop_sink()
            self._tried_at = now
            self._warn(obstacle)

    def close(self) -> None:
        """Fade out within 50 ms, then close the sink and pyo's server."""
        if self._sink is not None and self._sink.failure is None:
            self._sink.release()
            self._fade_out(self._sink)
        self._drop_sink()
        self._engine.close()

    def _fade_out(self, sink: Sink) -> None:
        self.add(SynthCommand.PANIC)
        end = time.monotonic() + LAST_FADE
        while time.monotonic() < end and sink.failure is None and not self._engine.silent:
            time.sleep(0.002)

    def _check(self, sink: Sink, now: float) -> None:
        if sink.pulls != self._pulls:
            self._pulls, self._alive_at = sink.pulls, max(now, self._alive_at)
        failure = sink.failure
        if failure is None and now - self._alive_at > TIMEOUT:
            failure = f"{sink.name} has asked for no samples for more than {TIMEOUT:g} s"
        if failure is None:
            return
        self._drop_sink()
        self._status, self._message = SinkStatus.LOST, f"{failure}; trying again"
        self._tried_at = now
        LOG.warning(self._message)

    def _is_retry_due(self, now: float) -> bool:
        """Whether to open a sink (again): none is open, or `auto` found no device."""
        if self._sink is None:
            return now - self._tried_at >= (RETRY_AUTO if self._failover.is_second else RETRY)
        no_device = self._settings.sink == "auto" and self._sink.name == "none"
        return no_device and now - self._tried_at >= RETRY_AUTO

    def _open(self, now: float) -> None:
        self._tried_at = now
        try:
            self._failover.connect()
            opened = open_device if self._opened else open_sink
            sink, message = opened(self._settings, self._failover.memory)
            self._use(sink, now)
        except SinkError as error:
            self._warn(str(error))
            return
        self._restarts += self._opened > 0
        self._opened += 1
        self._status = SinkStatus.SILENT if sink.name == "none" else SinkStatus.SOUNDING
        self._summary = message
        self._tell_details(sink)

    def _tell_details(self, sink: Sink) -> None:
        message = "; ".join(filter(None, (self._summary, sink.details)))
        if message != self._message:
            LOG.info(message)
        self._message = message

    def _use(self, sink: Sink, now: float) -> None:
        self._drop_sink()
        frames = block_size(self._settings.block, sink.period)
        if (sink.sample_rate, frames) != (self._engine.sample_rate, self._engine.frames):
            self._engine.close()
            self._engine = Engine(self._settings, frames=frames, sample_rate=sink.sample_rate)
        self._engine.silence()
        try:
            sink.start(BlockStream(self._engine.render, frames).pull)
        except SinkError:
            sink.close()
            raise
        self._sink, self._pulls, self._alive_at = sink, sink.pulls, now + OPENING

    def _warn(self, reason: str) -> None:
        if self._sink is not None:
            return
        status, level, what = SinkStatus.LOST, logging.WARNING, "no sound"
        if self._failover.is_second:  # nothing is lost as long as the first is heard
            status, level, what = SinkStatus.SILENT, logging.INFO, "no standby"
        message = f"{what}: {reason}; trying again"
        if message != self._message:
            LOG.log(level, message)
        self._status, self._message = status, message

    def _drop_sink(self) -> None:
        self._lost_counts = self._counts()
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()
