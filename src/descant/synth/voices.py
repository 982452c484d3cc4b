"""The pool of voices on pyo: made at start, only set while playing.

A voice is two oscillators (the design's finding: all overtones move by one factor, so together
they are one wave): a `Sine` for the fundamental and an `Osc` with the overtones' table. Level
and stretch are straight lines: three `Phasor`s, which all voices share, run from 0 to 1 in every
block, and in every step of two coarser grids (exactly: all are powers of two), and a `Sig` scales
one of them to from..to. That costs a tenth of pyo's own `SigTo` or `Fader`, whose samples are
computed one after the other. A stretch belongs to a glide, which as many voices as are on the
same way hear: f·(1 + s) is its signal times f, plus f.

The oscillators of silent voices, and glides that nobody follows, are stopped and cost nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from descant.errors import UserError
from descant.synth.bus import RING, Bus, Samples
from descant.synth.glides import Drawn
from descant.synth.motion import LONG, Lines
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
    """What runs from 0 to 1, and starts again: in every block, in every step of the grid, and
    in LONG steps of it."""

    quick: Any
    slow: Any
    long: Any


def import_pyo() -> Any:
    """The pyo module, with its window toolkit left alone."""
    os.environ.setdefault("PYO_GUI_WX", "0")
    try:
        import pyo  # noqa: PLC0415 -- a device library: only where and when used
    except ImportError as error:
        raise UserError(f"the synthesiser needs pyo, which does not load here: {error}") from None
    return pyo


class _Glide:
    """The C objects of one glide, and the calls that move it; `fade` is 1 - s, where asked for."""

    def __init__(self, pyo: Any, ramps: _Ramps, *, fading: bool) -> None:
        stretch = pyo.Sig(ramps.slow, mul=0.0, add=0.0)
        fade = pyo.Sig(stretch, mul=-1.0, add=1.0) if fading else None
        self._keep = (stretch, fade)
        self.stretch = core(stretch)
        self.fade = core(fade) if fading else None
        self._streams = [self.stretch, self.fade] if fading else [self.stretch]
        self._playing = True
        self.drawn = Drawn(self._line, self._stop)
        self._stop()

    def _line(self, before: float, after: float) -> None:
        if not self._playing:
            self._playing = True
            for stream in self._streams:
                stream.play()
        self.stretch.setAdd(before)
        self.stretch.setMul(after - before)

    def _stop(self) -> None:
        self._playing = False
        for stream in self._streams:
            stream.stop()


class _Voice:
    """The C objects of one voice, and the calls that move it."""

    def __init__(
        self, pyo: Any, ramps: _Ramps, table: Any, number: int, glides: list[_Glide]
    ) -> None:
        fading = glides[0].fade is not None
        level = pyo.Sig(ramps.quick, mul=0.0, add=0.0)
        overtones = pyo.Sig(level) if fading else level
        frequency = pyo.Sig(0.0, mul=440.0, add=440.0)
        # Phases far from each other: notes struck together do not peak together.
        sine = pyo.Sine(440.0, phase=number * GOLDEN % 1.0, mul=level)
        phase = (number + 0.5) * GOLDEN * GOLDEN % 1.0
        osc = pyo.Osc(table, frequency, phase=phase, mul=overtones, add=sine)
        made = (level, overtones, frequency, sine, osc) if fading else (
            level, frequency, sine, osc)  # fmt: skip
        self._keep = made
        self.streams = [core(thing) for thing in made]
        self.sine, self.osc = core(sine), core(osc)
        self._level, self._frequency, self._overtones = map(core, (level, frequency, overtones))
        self._glides = glides
        self._ramps = tuple(core(ramp) for ramp in ramps)
        self._on: Any = self._ramps[0]
        self.key = -1
        self.seat = -1
        quick, slow, long = map(self._line, self._ramps)
        self.lines = Lines(quick, slow, long, self._follow)
        for stream in self.streams:
            stream.stop()

    def tune(self, fundamental: float) -> None:
        """The frequency of the key, in Hz."""
        self.sine.setFreq(fundamental)
        self._frequency.setMul(fundamental)
        self._frequency.setAdd(fundamental)

    def _line(self, ramp: Any) -> Callable[[float, float], None]:
        level = self._level

        def draw(before: float, after: float) -> None:
            if self._on is not ramp:
                level.setValue(ramp)
                self._on = ramp
            level.setAdd(before)
            level.setMul(after - before)

        return draw

    def _follow(self, number: int) -> None:
        glide = self._glides[number]
        self._frequency.setValue(glide.stretch)
        if glide.fade is not None:
            self._overtones.setMul(glide.fade)


def _booted(pyo: Any, frames: int, sample_rate: int) -> Any:
    """A server that is driven by hand, running."""
    server = pyo.Server(sr=sample_rate, nchnls=1, buffersize=frames, duplex=0, audio="manual")
    server.setVerbosity(1)
    server.deactivateMidi()
    server.boot()
    if not server.getIsBooted():
        raise UserError("pyo's server did not boot")
    server.start()
    return server


class VoiceBank:
    """`size` voices on a pyo server of their own, rendered a block at a time on demand."""

    def __init__(
        self, settings: SynthSettings, size: int, *, frames: int, sample_rate: int
    ) -> None:
        pyo = import_pyo()
        self._settings = settings
        self._rate = sample_rate
        self._server = _booted(pyo, frames, sample_rate)
        self._process = server_core(self._server).process
        self.blocks_per_grid = max(1, GRID // frames)
        quick = sample_rate / frames
        slow = quick / self.blocks_per_grid
        ramps = _Ramps(pyo.Phasor(quick), pyo.Phasor(slow), pyo.Phasor(slow / LONG))
        self._ramps: _Ramps | None = ramps
        amplitudes = partial_amplitudes(settings)
        self._tables = [
            pyo.DataTable(TABLE_SIZE, init=overtone_wave(amplitudes, count).tolist())
            for count in range(settings.partials + 1)
        ]
        fades = settings.detune_fades
        self._glides = [_Glide(pyo, ramps, fading=fades) for _ in range(size)]
        self._voices = [_Voice(pyo, ramps, self._tables[0], n, self._glides) for n in range(size)]
        links = [(voice.sine, voice.osc) for voice in self._voices]
        self.bus = Bus(pyo, ramps, links, settings.spread)
        self._frames = frames
        self._place = 0
        self._pieces = [
            (self.bus.rings[0][start : start + frames], self.bus.rings[1][start : start + frames])
            for start in range(0, RING, frames)
        ]
        self.lines = [voice.lines for voice in self._voices]
        self.drawn = [glide.drawn for glide in self._glides]
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
        it.tune(key_frequency(key, self._settings.a4))
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
        self.lines.clear()
        self.drawn.clear()
        for holder in (*self._voices, *self._glides, *self.bus.chains, self.bus):
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
