# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The pool of voices on pyo: made at start, only set while playing.

Level and stretch are straight lines: three `Phasor`s, which all voices share, run from 0 to 1 in
every block, and in every step of two coarser grids (exactly: all are powers of two), and a `Sig`
scales one of them to from..to. That costs a tenth of pyo's own `SigTo` or `Fader`, whose samples
are computed one after the other. A stretch belongs to a glide, which several voices share: the
frequency f (1 + s) is its signal times f, plus f.

The objects of silent voices, and glides that no voice follows, are stopped and cost nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from descant.arrays import Samples
from descant.errors import UserError
from descant.synth.bus import RING, Bus
from descant.synth.envelope import LONG, Line, VoiceLines
from descant.synth.glides import GlideOutput
from descant.synth.pyo_calls import core, server_core
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.synth.voice import Voice, VoiceSignals, make_voice

GRID = 1_024  # frames


class _Ramps(NamedTuple):
    """Signals that run from 0 to 1 and start again: in every block, in every step of the grid, and
    in LONG steps of it.
    """

    block: Any
    grid: Any
    long: Any


def import_pyo() -> Any:
    """The pyo module, without its window toolkit."""
    os.environ.setdefault("PYO_GUI_WX", "0")
    try:
        import pyo  # noqa: PLC0415 -- a device library: only where and when used
    except ImportError as error:
        raise UserError(f"the synthesiser needs pyo, which does not load here: {error}") from None
    return pyo


class _Glide:
    """The pyo objects of one glide; `fade` is 1 - s, where asked for."""

    def __init__(self, pyo: Any, ramps: _Ramps, *, fading: bool) -> None:
        stretch = pyo.Sig(ramps.grid, mul=0.0, add=0.0)
        fade = pyo.Sig(stretch, mul=-1.0, add=1.0) if fading else None
        self._keep = (stretch, fade)
        self.stretch = core(stretch)
        self.fade = core(fade) if fading else None
        self._streams = [self.stretch, self.fade] if fading else [self.stretch]
        self._playing = True
        self.output = GlideOutput(self._line, self._stop)
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


class _PooledVoice:
    """One voice of the pool: the signals that the engine moves, and the objects that sound."""

    def __init__(
        self, pyo: Any, voice: Voice, ramps: _Ramps, number: int, glides: list[_Glide]
    ) -> None:
        fading = glides[0].fade is not None
        level = pyo.Sig(ramps.block, mul=0.0, add=0.0)
        overtone_level = pyo.Sig(level) if fading else level
        frequency = pyo.Sig(0.0, mul=440.0, add=440.0)
        built = voice.build(pyo, number, VoiceSignals(level, overtone_level, frequency))
        signals = (level, overtone_level, frequency) if fading else (level, frequency)
        self._keep = (*signals, *built.objects)
        self.streams = [core(thing) for thing in self._keep]
        self.link = (core(built.input), core(built.output))
        self._tune = built.tune
        self._level, self._frequency, self._overtone_level = map(
            core, (level, frequency, overtone_level)
        )
        self._glides = glides
        self._ramp: Any = core(ramps.block)
        self._fundamental = 0.0
        self.position = -1
        block, grid, long = (self._line(core(ramp)) for ramp in ramps)
        self.lines = VoiceLines(block, grid, long, self._follow)
        self.stop()

    def play(self, fundamental: float) -> None:
        """Compute from now on, at this frequency in Hz."""
        if fundamental != self._fundamental:
            self._fundamental = fundamental
            self._tune(fundamental)
            self._frequency.setMul(fundamental)
            self._frequency.setAdd(fundamental)
        for stream in self.streams:
            stream.play()

    def stop(self) -> None:
        """Compute no more."""
        for stream in self.streams:
            stream.stop()

    def _line(self, ramp: Any) -> Line:
        level = self._level

        def draw(before: float, after: float) -> None:
            if self._ramp is not ramp:
                level.setValue(ramp)
                self._ramp = ramp
            level.setAdd(before)
            level.setMul(after - before)

        return draw

    def _follow(self, number: int) -> None:
        glide = self._glides[number]
        self._frequency.setValue(glide.stretch)
        if glide.fade is not None:
            self._overtone_level.setMul(glide.fade)


def _boot(pyo: Any, frames: int, sample_rate: int) -> Any:
    """A running server that computes only when asked."""
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
        voice = make_voice(settings, sample_rate)
        pyo = import_pyo()
        self._a4 = settings.a4
        self._server = _boot(pyo, frames, sample_rate)
        self._process: Callable[[], None] = server_core(self._server).process
        self.blocks_per_grid = max(1, GRID // frames)
        block_rate = sample_rate / frames
        grid_rate = block_rate / self.blocks_per_grid
        ramps = _Ramps(*map(pyo.Phasor, (block_rate, grid_rate, grid_rate / LONG)))
        fading = settings.detune_fades
        self._glides = [_Glide(pyo, ramps, fading=fading) for _ in range(size)]
        self._voices = [_PooledVoice(pyo, voice, ramps, n, self._glides) for n in range(size)]
        self.bus = Bus(pyo, ramps, [voice.link for voice in self._voices], settings.spread)
        self._place = 0
        self._pieces = [
            (self.bus.rings[0][start : start + frames], self.bus.rings[1][start : start + frames])
            for start in range(0, RING, frames)
        ]
        self.lines = [voice.lines for voice in self._voices]
        self.glides = [glide.output for glide in self._glides]
        self.peak_at_level_1, self.mean_square = voice.peak, voice.mean_square
        self._holders = [voice, *self._voices, *self._glides, *self.bus.chains, self.bus]

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self._a4 = settings.a4
        self.bus.spread(settings.spread)

    def start(self, number: int, key: int, position: int) -> None:
        """Give a silent voice its key and its pan position, and let it compute."""
        voice = self._voices[number]
        self._unlink(number)
        voice.position = position
        voice.play(key_frequency(key, self._a4))
        self.bus.chains[position].insert(number)

    def stop(self, number: int) -> None:
        """Let a silent voice compute no more."""
        self._unlink(number)
        self._voices[number].stop()

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
        """Free pyo's server.

        pyo's objects use the server when they are freed without holding a reference to it: they
        must all be gone before it is, whatever else refers to a voice or the bus.
        """
        self._server.stop()
        for values in (self._pieces, self.lines, self.glides):
            values.clear()
        for holder in self._holders:
            vars(holder).clear()
        self._server.shutdown()

    def _unlink(self, number: int) -> None:
        voice = self._voices[number]
        if voice.position >= 0:
            self.bus.chains[voice.position].remove(number)
            voice.position = -1
