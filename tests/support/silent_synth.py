# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synth's engine with everything but the sound: what its voices are told is followed here."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from descant.synth import engine
from descant.synth.engine import Engine
from descant.synth.envelope import LONG, VoiceLines, grid_after
from descant.synth.glides import GlideOutput
from descant.synth.master import PAN_POSITIONS
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.synth.voice import make_voice

GRID = 1_024
LEVELS_MEET = 1e-6


class _Ramp:
    """A straight line over the blocks of a grid, as pyo draws it."""

    def __init__(self) -> None:
        self.before = self.after = 0.0
        self.blocks = 1
        self.end = 0  # the block in which it would begin again

    def at(self, block: int) -> float:
        """Its value at the start of a block."""
        if block >= self.end:
            return self.after
        return self.before + (self.after - self.before) * (block % self.blocks) / self.blocks


class SilentBank:
    """In the place of `VoiceBank`: checks levels, frequencies, panning and the limiter's gain."""

    def __init__(
        self, settings: SynthSettings, size: int, *, frames: int, sample_rate: int
    ) -> None:
        self.settings, self.rate = settings, sample_rate
        self.blocks_per_grid = max(1, GRID // frames)
        self.block = 0
        self.peak_at_level_1, self.mean_square = 1.0, 0.5
        self.voice = make_voice(settings, sample_rate)
        self.sounding: dict[int, int] = {}  # voice -> key
        self.followed = [0] * size
        self.levels = [_Ramp() for _ in range(size)]
        self.stretches = [_Ramp() for _ in range(size)]
        self.lines = [self._lines(number) for number in range(size)]
        self.glides = [self._glide(number) for number in range(size)]
        chain = SimpleNamespace(insert=lambda _: None, remove=lambda _: None)
        self.bus = SimpleNamespace(
            chains=[chain] * PAN_POSITIONS,
            set_gain_on_grid=self._gain,
            set_gain_on_block=self._gain,
            set_cutoff=self._cutoff,
            filter=lambda *, on: None,
        )

    def change(self, settings: SynthSettings) -> None:
        """As `VoiceBank.change`."""
        self.settings = settings

    def start(self, voice: int, key: int, position: int) -> None:
        """A voice that is silent gets a key."""
        assert 0 <= position < PAN_POSITIONS
        assert voice not in self.sounding or self._level(voice) <= LEVELS_MEET
        self.sounding[voice] = key
        frequency = key_frequency(key, self.settings.a4)
        assert 0.0 < frequency < math.inf
        widest = np.array([self.settings.max_detune])
        frequencies, amplitudes = self.voice.partials(np.array([frequency]), widest)
        overtones = frequencies[0, 1:][amplitudes[0, 1:] > 0.0]
        assert overtones.max(initial=0.0) < 0.45 * self.rate

    def stop(self, voice: int) -> None:
        """A voice that has fallen silent, or that nobody hears, rests."""
        del self.sounding[voice]
        self.levels[voice] = _Ramp()

    def render(self) -> tuple[Any, Any]:
        """One block passes."""
        for voice in self.sounding:
            stretch = self.stretches[self.followed[voice]].at(self.block)
            assert -0.9 - 1e-9 <= stretch <= self.settings.max_detune + 1e-9
            ramp = self.levels[voice]
            overdue = self.block >= ramp.end and ramp.before != ramp.after
            assert not overdue, "a line runs twice"
        self.block += 1
        return None, None

    def peak(self, blocks: int) -> float:
        """Of the last blocks."""
        return 0.0 * blocks

    def close(self) -> None:
        """Nothing to give back."""

    def _level(self, voice: int) -> float:
        return self.levels[voice].at(self.block)

    def _lines(self, number: int) -> VoiceLines:
        grid = self.blocks_per_grid

        def line(blocks: int) -> Any:
            return lambda before, after: self._draw(number, before, after, blocks)

        def follow(glide: int) -> None:
            self.followed[number] = glide

        return VoiceLines(line(1), line(grid), line(grid * LONG), follow)

    def _draw(self, number: int, before: float, after: float, blocks: int) -> None:
        ramp = self.levels[number]
        was = ramp.at(self.block)
        ramp.before, ramp.after, ramp.blocks = before, after, blocks
        ramp.end = grid_after(self.block, blocks)
        assert number in self.sounding
        now = ramp.at(self.block)
        assert math.isfinite(before)
        assert -LEVELS_MEET <= after <= 1.0 + LEVELS_MEET
        assert -LEVELS_MEET <= now <= 1.0 + LEVELS_MEET
        assert now == pytest.approx(was, abs=LEVELS_MEET), "a level jumped"

    def _glide(self, number: int) -> GlideOutput:
        ramp = self.stretches[number]
        ramp.blocks = self.blocks_per_grid

        def line(before: float, after: float) -> None:
            ramp.before, ramp.after = before, after
            ramp.end = grid_after(self.block, ramp.blocks)

        return GlideOutput(line, lambda: None)

    @staticmethod
    def _gain(before: float, after: float) -> None:
        assert 0.0 < before <= 1.0
        assert 0.0 < after <= 1.0

    def _cutoff(self, before: float, after: float) -> None:
        assert np.isfinite([before, after]).all()
        assert min(before, after) > 0.0
        assert max(before, after) < 0.5 * self.rate


@contextlib.contextmanager
def silent_engine(settings: SynthSettings, *, frames: int, rate: int) -> Iterator[Engine]:
    """An engine whose voices are a `SilentBank`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "VoiceBank", SilentBank)
        yield Engine(settings, frames=frames, sample_rate=rate)
