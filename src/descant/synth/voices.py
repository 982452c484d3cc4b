"""The pool of voices on pyo: made at start, only set while playing.

A voice is two oscillators (the design's finding: all overtones move by one factor, so together
they are one wave): a `Sine` for the fundamental and an `Osc` with the overtones' table. Level
and frequency are straight lines: two `Phasor`s, which all voices share, run from 0 to 1 in every
block, and in every step of a coarser grid (exactly: both are powers of two), and a `Sig` scales
one of them to from..to. That costs a tenth of pyo's own `SigTo` or `Fader`, whose samples are
computed one after the other.

The oscillators of silent voices are stopped and cost nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from descant.errors import UserError
from descant.synth.bus import RING, Bus, Samples
from descant.synth.motion import Lines
from descant.synth.pyo_calls import core, server_core
from descant.synth.settings import SynthSettings
from descant.synth.tuning import (
    TABLE_SIZE,
    audible_partials,
    key_frequency,
    overtone_wave,
    partial_amplitudes,
)

GOLDEN = 0.618033988749895
GRID = 1_024  # frames of a slow ramp


class _Ramps(NamedTuple):
    """What runs from 0 to 1, and starts again: in every block, in every step of the grid."""

    quick: Any
    slow: Any


def import_pyo() -> Any:
    """The pyo module, with its window toolkit left alone."""
    os.environ.setdefault("PYO_GUI_WX", "0")
    try:
        import pyo  # noqa: PLC0415 -- a device library: only where and when used
    except ImportError as error:
        raise UserError(f"the synthesiser needs pyo, which does not load here: {error}") from None
    return pyo


class _Voice:
    """The C objects of one voice, and the calls that move it."""

    def __init__(self, pyo: Any, ramps: _Ramps, table: Any, number: int, *, fading: bool) -> None:
        level = pyo.Sig(ramps.quick, mul=0.0, add=0.0)
        fade = pyo.Sig(ramps.slow, mul=0.0, add=1.0) if fading else None
        overtones = pyo.Sig(level, mul=fade) if fading else level
        frequency = pyo.Sig(ramps.slow, mul=0.0, add=440.0)
        # Phases far from each other: notes struck together do not peak together.
        sine = pyo.Sine(440.0, phase=number * GOLDEN % 1.0, mul=level)
        phase = (number + 0.5) * GOLDEN * GOLDEN % 1.0
        osc = pyo.Osc(table, frequency, phase=phase, mul=overtones, add=sine)
        made = (level, fade, overtones, frequency, sine, osc) if fading else (
            level, frequency, sine, osc)  # fmt: skip
        self._keep = made
        self.streams = [core(thing) for thing in made]
        self.sine, self.osc = core(sine), core(osc)
        self._level, self._level_from, self._level_by = _line(level)
        _, self._frequency_from, self._frequency_by = _line(frequency)
        self._fade = _line(fade) if fading else None
        self._quick, self._slow = core(ramps.quick), core(ramps.slow)
        self._is_quick = True
        self.key = -1
        self.seat = -1
        self.fundamental = 0.0
        self.lines = Lines(self._set_quick, self._set_slow, self._set_stretch)
        for stream in self.streams:
            stream.stop()

    def _set_quick(self, before: float, after: float) -> None:
        if not self._is_quick:
            self._level.setValue(self._quick)
            self._is_quick = True
        self._level_from(before)
        self._level_by(after - before)

    def _set_slow(self, before: float, after: float) -> None:
        if self._is_quick:
            self._level.setValue(self._slow)
            self._is_quick = False
        self._level_from(before)
        self._level_by(after - before)

    def _set_stretch(self, before: float, after: float) -> None:
        self._frequency_from(self.fundamental * (1.0 + before))
        self._frequency_by(self.fundamental * (after - before))
        if self._fade is not None:
            self._fade[1](1.0 - before)
            self._fade[2](before - after)


def _line(signal: Any) -> tuple[Any, Callable[[float], None], Callable[[float], None]]:
    it = core(signal)
    return it, it.setAdd, it.setMul


class VoiceBank:
    """`size` voices on a pyo server of their own, rendered a block at a time on demand."""

    def __init__(
        self, settings: SynthSettings, size: int, *, frames: int, sample_rate: int
    ) -> None:
        pyo = import_pyo()
        self._settings = settings
        self._rate = sample_rate
        self._server = pyo.Server(
            sr=sample_rate, nchnls=1, buffersize=frames, duplex=0, audio="manual"
        )
        self._server.setVerbosity(1)
        self._server.deactivateMidi()
        self._server.boot()
        if not self._server.getIsBooted():
            raise UserError("pyo's server did not boot")
        self._server.start()
        self._process = server_core(self._server).process
        self.blocks_per_grid = max(1, GRID // frames)
        quick = sample_rate / frames
        ramps = _Ramps(pyo.Phasor(quick), pyo.Phasor(quick / self.blocks_per_grid))
        self._ramps: _Ramps | None = ramps
        amplitudes = partial_amplitudes(settings)
        self._tables = [
            pyo.DataTable(TABLE_SIZE, init=overtone_wave(amplitudes, count).tolist())
            for count in range(settings.partials + 1)
        ]
        self._voices = [
            _Voice(pyo, ramps, self._tables[0], n, fading=settings.detune_fades)
            for n in range(size)
        ]
        links = [(voice.sine, voice.osc) for voice in self._voices]
        self.bus = Bus(pyo, ramps, links, settings.spread)
        self._frames = frames
        self._place = 0
        self._pieces = [
            (self.bus.rings[0][start : start + frames], self.bus.rings[1][start : start + frames])
            for start in range(0, RING, frames)
        ]
        self.lines = [voice.lines for voice in self._voices]
        self.unit = _unit(settings)
        self.mean_square = 0.5 * sum(a * a for a in amplitudes)

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self._settings = settings
        self.bus.spread(settings.spread)

    def start(self, voice: int, key: int, seat: int) -> None:
        """Give a silent voice its key and its seat, and let it compute."""
        it = self._voices[voice]
        self._leave(voice)
        if key != it.key:
            table = self._tables[audible_partials(key, self._settings, self._rate)]
            it.osc.setTable(core(table))
        it.key, it.seat = key, seat
        it.fundamental = key_frequency(key, self._settings.a4)
        it.sine.setFreq(it.fundamental)
        for stream in it.streams:
            stream.play()
        self.bus.chains[seat].insert(voice)

    def stop(self, voice: int) -> None:
        """Let a silent voice compute no more."""
        self._leave(voice)
        for stream in self._voices[voice].streams:
            stream.stop()

    def render(self) -> tuple[Samples, Samples]:
        """The next block, left and right; the arrays hold for as long as RING frames last."""
        self._process()
        piece = self._pieces[self._place]
        self._place = (self._place + 1) % len(self._pieces)
        return piece

    def peak(self, blocks: int) -> float:
        """The highest absolute sample of the last `blocks` blocks."""
        places = [(self._place - n) % len(self._pieces) for n in range(1, blocks + 1)]
        return max(float(np.abs(channel).max()) for p in places for channel in self._pieces[p])

    def close(self) -> None:
        """Give pyo's server back.

        pyo's objects use the server in their last moment without holding it: they must all be gone
        before it is, whoever else holds a voice or the bus.
        """
        self._server.stop()
        self._pieces.clear()
        self._tables.clear()
        for holder in (*self._voices, *self.bus.chains, self.bus):
            vars(holder).clear()
        self._ramps = None
        self._server.shutdown()

    def _leave(self, voice: int) -> None:
        it = self._voices[voice]
        if it.seat >= 0:
            self.bus.chains[it.seat].remove(voice)
            it.seat = -1


def _unit(settings: SynthSettings) -> float:
    """The fundamental's amplitude for which all partials together peak at most at 1."""
    return 1.0 / sum(partial_amplitudes(settings))
