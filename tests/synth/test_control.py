# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Levels and stretches from block to block, without a sound."""

import itertools
import math
import random

import pytest

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.control import Control
from descant.synth.envelope import LONG, VoiceLines
from descant.synth.glides import GlideOutput
from descant.synth.loudness import db_of_gain
from descant.synth.settings import SynthSettings

BLOCK = 0.005


GRID = 4


class Rig:
    """A control whose lines are followed: levels and stretches at the start and end of blocks."""

    def __init__(self, size: int = 4, grid: int = GRID, **parameters: object) -> None:
        self.grid = grid
        self.lines: list[list[tuple[float, float]]] = [[] for _ in range(size)]
        self.stretches: list[list[tuple[float, float]]] = [[] for _ in range(size)]
        self._level = [(0.0, 0.0, 1)] * size
        self._glide = [(0.0, 0.0, 1)] * size
        self._followed = [0] * size
        every = [self._line(number) for number in range(size)]
        drawn = [self._drawn(number) for number in range(size)]
        self.control = Control(SynthSettings(**parameters), every, drawn, BLOCK, grid)

    def _line(self, number: int) -> VoiceLines:
        def quick(start: float, end: float) -> None:
            self._level[number] = (start, end, 1)

        def slow(start: float, end: float) -> None:
            self._level[number] = (start, end, self.grid)

        def long(start: float, end: float) -> None:
            self._level[number] = (start, end, self.grid * LONG)

        def follow(glide: int) -> None:
            self._followed[number] = glide

        return VoiceLines(quick, slow, long, follow)

    def _drawn(self, number: int) -> GlideOutput:
        def line(start: float, end: float) -> None:
            self._glide[number] = (start, end, self.grid)

        def stop() -> None:
            self._glide[number] = (math.nan, math.nan, 1)

        return GlideOutput(line, stop)

    def start(self, voice: int = 0, *, gain: float = 0.5, again: bool = False) -> None:
        self.control.start(Start(voice, 60, gain, 0.0, again))

    def block(self) -> list[int]:
        """One block, as the engine goes through it."""
        ended = self.control.ended()
        for number in ended:
            self._level[number] = (0.0, 0.0, 1)  # the voice is stopped
        block = self.control.now
        self.control.advance()
        followed = [self._glide[glide] for glide in self._followed]
        for made, ramps in ((self.lines, self._level), (self.stretches, followed)):
            for number, (start, end, length) in enumerate(ramps):
                place = block % length
                ends = (start + (end - start) * (place + n) / length for n in (0, 1))
                made[number].append(tuple(ends))
        return ended

    def go(self, seconds: float) -> list[int]:
        ended: list[int] = []
        for _ in range(round(seconds / BLOCK)):
            ended += self.block()
        return ended + self.control.ended()

    def continuous(self, voice: int = 0) -> bool:
        levels, stretches = self.lines[voice], self.stretches[voice]
        joins = zip(itertools.pairwise(levels), itertools.pairwise(stretches), strict=True)
        return all(
            abs(a[1] - b[0]) < 1e-9 and (abs(c[1] - d[0]) < 1e-9 or b[0] < 1e-9)
            for (a, b), (c, d) in joins
        )


def test_attack_is_a_straight_line_from_silence() -> None:
    rig = Rig(attack=0.05, decay_bass=60.0, decay_treble=60.0)
    rig.start(gain=0.5)
    rig.go(0.05)
    ends = [end for _, end in rig.lines[0]]
    assert ends == pytest.approx([0.05 * n for n in range(1, 11)], rel=0.01)


def test_decay_falls_by_the_depth_in_the_decay_time_and_ends_there() -> None:
    rig = Rig(attack=0.001, decay_bass=2.0, decay_treble=2.0, decay_depth=60.0)
    rig.start(gain=1.0)
    assert rig.go(1.0) == []
    assert db_of_gain(rig.control.level(0)) == pytest.approx(-30.0, abs=0.4)
    assert rig.go(1.05) == [0]
    assert rig.control.active == 0
    assert rig.lines[0][-1][1] == 0.0
    assert rig.continuous()


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1.5])
def test_a_damper_shortens_to_its_time(seconds: float) -> None:
    rig = Rig(attack=0.001, decay_bass=60.0, decay_treble=60.0)
    rig.start(gain=1.0)
    rig.go(0.1)
    rig.control.damp(Damp(0, seconds))
    assert rig.go(seconds * 0.9) == []
    assert rig.go(seconds * 0.15) == [0]
    assert rig.continuous()


def test_a_damper_that_is_lifted_again_lets_it_ring() -> None:
    rig = Rig(attack=0.001, decay_bass=60.0, decay_treble=60.0)
    rig.start(gain=1.0)
    rig.control.damp(Damp(0, 0.3))
    rig.go(0.1)
    rig.control.damp(Damp(0, math.inf))
    before = rig.control.level(0)
    rig.go(0.1)
    assert db_of_gain(rig.control.level(0) / before) == pytest.approx(0.0, abs=0.2)


def test_struck_again_it_goes_on_from_its_level() -> None:
    rig = Rig(attack=0.02)
    rig.start(gain=0.8)
    rig.go(0.3)
    level = rig.control.level(0)
    rig.start(gain=0.3, again=True)
    rig.go(0.005)
    assert rig.lines[0][-1][0] == level
    assert rig.continuous()


def test_a_fade_is_over_in_5_ms_whatever_the_level() -> None:
    rig = Rig()
    rig.start(gain=1.0)
    rig.go(0.1)
    rig.control.fade(Fade(0))
    assert rig.go(0.005) == [0]
    assert rig.continuous()


def test_a_voice_that_is_struck_while_it_ends_goes_on() -> None:
    rig = Rig()
    rig.start(gain=1.0)
    rig.go(0.1)
    rig.control.fade(Fade(0))
    rig.block()
    rig.start(gain=1.0)
    assert rig.control.ended() == []
    rig.go(0.05)
    assert rig.control.level(0) > 0.5


@pytest.mark.parametrize("place", range(GRID))
def test_a_glide_takes_its_time_and_stands_still_at_its_target(place: int) -> None:
    rig = Rig(glide=0.05)
    rig.start()
    rig.go(0.02 + place * BLOCK)
    before = len(rig.stretches[0])
    rig.control.retune(Retune((0,), 0.5))
    rig.go(0.1)
    ends = [end for _, end in rig.stretches[0][before:]]
    assert ends[:8] == pytest.approx([0.05 * n for n in range(1, 9)], rel=0.25)
    assert ends[13:] == pytest.approx([0.5] * len(ends[13:]))
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(ends))
    assert rig.continuous()


def test_retuned_while_it_glides_it_turns_without_a_jump() -> None:
    rig = Rig(glide=0.05)
    rig.start()
    for target in (0.5, -0.3, 0.9):
        rig.control.retune(Retune((0,), target))
        rig.go(0.015)
    rig.go(0.1)
    assert rig.continuous()
    assert rig.stretches[0][-1] == pytest.approx((0.9, 0.9))


@pytest.mark.parametrize("grid", [1, 4, 16])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_in_whatever_block_nothing_jumps(seed: int, grid: int) -> None:
    """Notes struck, damped, undamped, faded, retuned at random; every line meets the next."""
    rng = random.Random(seed)
    rig = Rig(size=3, grid=grid, decay_bass=0.4, decay_treble=0.4, glide=0.03)
    sounding: set[int] = set()
    for _ in range(600):
        for _ in range(rng.choice([0, 0, 0, 1, 1, 3])):
            voice = rng.randrange(3)
            if voice not in sounding:
                if rig.control.level(voice) == 0.0 and rng.random() < 0.5:
                    rig.start(voice)
                    sounding.add(voice)
                continue
            match rng.randrange(5):
                case 0:
                    rig.start(voice, gain=rng.random(), again=True)
                case 1:
                    seconds = rng.choice([0.02, 0.2, 2.0, math.inf])
                    rig.control.damp(Damp(voice, seconds))
                case 2:
                    rig.control.fade(Fade(voice))
                case _:
                    rig.control.retune(Retune((voice,), rng.uniform(-0.5, 1.0)))
        sounding -= set(rig.block())
        for voice in range(3):
            assert rig.control.level(voice) == pytest.approx(rig.lines[voice][-1][1], abs=1e-9)
            assert rig.control.power >= 0.0
    assert all(rig.continuous(voice) for voice in range(3))
    ended = rig.go(1.0)
    assert rig.control.active == 0
    assert set(ended) >= sounding


def test_a_held_chord_needs_no_new_line_in_most_blocks() -> None:
    rig = Rig()
    for voice in range(4):
        rig.start(voice)
    rig.go(0.1)
    told: list[int] = []
    rig.control._lines[:] = [VoiceLines(*[lambda *_, n=n: told.append(n)] * 4) for n in range(4)]
    rig.go(2 * LONG * GRID * BLOCK)
    assert len(told) == 4 * 2


def test_power_is_known_before_it_sounds() -> None:
    rig = Rig(attack=0.001, spread=0.0)
    for voice in range(4):
        rig.start(voice, gain=0.5)
    rig.go(0.005)
    assert rig.control.power == pytest.approx(0.5, rel=0.02)
