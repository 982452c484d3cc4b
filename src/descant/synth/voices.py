"""The pool of voices on pyo: made at start, only set while playing.

A voice is two oscillators (the design's finding: all overtones move by one factor, so together
they are one wave): a `Sine` for the fundamental and an `Osc` with the overtones' table. Level
and frequency are straight lines over a block: one `Phasor`, which all voices share, runs from 0
to 1 in a block (exactly: a block is a power of two), and a `Sig` scales it to from..to. That
costs a tenth of pyo's own `SigTo` or `Fader`, whose samples are computed one after the other.

The oscillators of silent voices are stopped and cost nothing. Every seat of the stereo picture is
an output channel of the pyo server, which adds up what plays there; a `Mix` would cost more than
the seat, and would cost it for silent voices, too.
"""

from __future__ import annotations

import ctypes
import math
import os
from typing import Any

import numpy as np

from descant.errors import UserError
from descant.synth.control import Lines
from descant.synth.master import SEATS, Samples
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
FADE_IN = 0.05  # seconds


def import_pyo() -> Any:
    """The pyo module, with its window toolkit left alone."""
    os.environ.setdefault("PYO_GUI_WX", "0")
    try:
        import pyo  # noqa: PLC0415 -- a device library: only where and when used
    except ImportError as error:
        raise UserError(f"the synthesiser needs pyo, which does not load here: {error}") from None
    return pyo


class _Voice:
    """The C objects of one voice, and bound methods of those that are called in every block."""

    def __init__(self, pyo: Any, ramp: Any, table: Any, number: int, *, fading_overtones: bool):
        self._keep = self._make(pyo, ramp, table, number, fading_overtones=fading_overtones)
        self.streams = [core(thing) for thing in self._keep]
        level, overtones, frequency, self.sine, self.osc = self.streams
        self._overtones_from, self._overtones_by = overtones.setAdd, overtones.setMul
        self._frequency_from, self._frequency_by = frequency.setAdd, frequency.setMul
        self.key = -1
        self.fundamental = 0.0
        self.overtone_gain = (1.0, 1.0)
        self.lines = Lines(
            level.setAdd,
            level.setMul,
            self._set_fading_stretch if fading_overtones else self._set_stretch,
            self._set_overtones if fading_overtones else None,
        )
        for stream in self.streams:
            stream.stop()

    def _set_stretch(self, before: float, after: float) -> None:
        self._frequency_from(self.fundamental * (1.0 + before))
        self._frequency_by(self.fundamental * (after - before))

    def _set_fading_stretch(self, before: float, after: float) -> None:
        self._set_stretch(before, after)
        self.overtone_gain = (max(1.0 - before, 0.0), max(1.0 - after, 0.0))

    def _set_overtones(self, before: float, after: float) -> None:
        start = before * self.overtone_gain[0]
        self._overtones_from(start)
        self._overtones_by(after * self.overtone_gain[1] - start)

    @staticmethod
    def _make(
        pyo: Any, ramp: Any, table: Any, number: int, *, fading_overtones: bool
    ) -> tuple[Any, ...]:
        level = pyo.Sig(ramp, mul=0.0, add=0.0)
        overtones = pyo.Sig(ramp, mul=0.0, add=0.0) if fading_overtones else level
        frequency = pyo.Sig(ramp, mul=0.0, add=440.0)
        # Phases far from each other: notes struck together do not peak together.
        sine = pyo.Sine(440.0, phase=number * GOLDEN % 1.0, mul=level)
        phase = (number + 0.5) * GOLDEN * GOLDEN % 1.0
        osc = pyo.Osc(table, frequency, phase=phase, mul=overtones, add=sine)
        return level, overtones, frequency, sine, osc


class VoiceBank:
    """`size` voices on a pyo server of their own, rendered a block at a time on demand."""

    def __init__(
        self, settings: SynthSettings, size: int, *, frames: int, sample_rate: int
    ) -> None:
        pyo = import_pyo()
        self._settings = settings
        self._rate = sample_rate
        self._server = pyo.Server(
            sr=sample_rate, nchnls=SEATS, buffersize=frames, duplex=0, audio="manual"
        )
        self._server.setVerbosity(1)
        self._server.deactivateMidi()
        self._server.boot()
        if not self._server.getIsBooted():
            raise UserError("pyo's server did not boot")
        self._server.start()
        self._process = server_core(self._server).process
        self._output = _output(self._server, frames)
        self._ramp = pyo.Phasor(sample_rate / frames)
        amplitudes = partial_amplitudes(settings)
        self._tables = [
            pyo.DataTable(TABLE_SIZE, init=overtone_wave(amplitudes, count).tolist())
            for count in range(settings.partials + 1)
        ]
        self._voices = [
            _Voice(pyo, self._ramp, self._tables[0], n, fading_overtones=settings.detune_fades)
            for n in range(size)
        ]
        # A pyo server fades its output in when it starts.
        for _ in range(math.ceil(FADE_IN * sample_rate / frames)):
            self._process()
        self.lines = [voice.lines for voice in self._voices]
        self.unit = _unit(settings)
        self.mean_square = 0.5 * sum(a * a for a in amplitudes)

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self._settings = settings

    def start(self, voice: int, key: int, seat: int) -> None:
        """Give a silent voice its key and its seat, and let it compute."""
        it = self._voices[voice]
        if key != it.key:
            table = self._tables[audible_partials(key, self._settings, self._rate)]
            it.osc.setTable(core(table))
        it.key = key
        it.fundamental = key_frequency(key, self._settings.a4)
        it.sine.setFreq(it.fundamental)
        for stream in it.streams[:-1]:
            stream.play()
        it.osc.out(seat)

    def stop(self, voice: int) -> None:
        """Let a silent voice compute no more."""
        for stream in self._voices[voice].streams:
            stream.stop()

    def render(self) -> Samples:
        """The next block, (SEATS, frames); the array is pyo's own and holds until the next call."""
        self._process()
        return self._output

    def close(self) -> None:
        """Give pyo's server back."""
        self._server.stop()
        self._voices.clear()
        self._tables.clear()
        self._server.shutdown()


def _unit(settings: SynthSettings) -> float:
    """The fundamental's amplitude for which all partials together peak at most at 1."""
    return 1.0 / sum(partial_amplitudes(settings))


def _output(server: Any, frames: int) -> Samples:
    address = int(server_core(server).getOutputAddr(), 16)
    memory = (ctypes.c_float * (frames * SEATS)).from_address(address)
    return np.ctypeslib.as_array(memory).reshape(frames, SEATS).T
