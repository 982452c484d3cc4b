"""Levels and stretches from block to block, without a sound."""

import itertools
import math

import pytest

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.control import Control, Lines
from descant.synth.loudness import db_of_gain
from descant.synth.settings import SynthSettings

BLOCK = 0.005


class Rig:
    """A control whose lines are written down."""

    def __init__(self, size: int = 4, **parameters: object) -> None:
        self.lines: list[list[tuple[float, float]]] = [[] for _ in range(size)]
        self.stretches: list[list[tuple[float, float]]] = [[] for _ in range(size)]
        self._from = [0.0] * size
        every = [self._line(number) for number in range(size)]
        self.control = Control(SynthSettings(**parameters), every, BLOCK)

    def _line(self, number: int) -> Lines:
        def level_from(value: float) -> None:
            self._from[number] = value

        def level_by(value: float) -> None:
            start = self._from[number]
            self.lines[number].append((start, start + value))

        return Lines(level_from, level_by, lambda a, b: self.stretches[number].append((a, b)))

    def start(self, voice: int = 0, *, gain: float = 0.5, again: bool = False) -> None:
        self.control.start(Start(voice, 60, gain, 0.0, again))

    def go(self, seconds: float) -> list[int]:
        ended: list[int] = []
        for _ in range(round(seconds / BLOCK)):
            ended += self.control.ended()
            self.control.advance()
        return ended + self.control.ended()

    def continuous(self, voice: int = 0) -> bool:
        lines = self.lines[voice]
        return all(a[1] == pytest.approx(b[0], abs=1e-12) for a, b in itertools.pairwise(lines))


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
    assert db_of_gain(rig.control.levels[0]) == pytest.approx(-30.0, abs=0.4)
    assert rig.go(1.02) == [0]
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
    before = rig.control.levels[0]
    rig.go(0.1)
    assert db_of_gain(rig.control.levels[0] / before) == pytest.approx(0.0, abs=0.2)


def test_struck_again_it_goes_on_from_its_level() -> None:
    rig = Rig(attack=0.02)
    rig.start(gain=0.8)
    rig.go(0.3)
    level = rig.control.levels[0]
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
    rig.control.advance()
    rig.start(gain=1.0)
    assert rig.control.ended() == []
    rig.go(0.05)
    assert rig.control.levels[0] > 0.5


def test_a_glide_takes_its_time_and_stands_still_at_its_target() -> None:
    rig = Rig(glide=0.05)
    rig.start()
    rig.go(0.02)
    rig.control.retune(Retune((0,), 0.5))
    rig.go(0.1)
    moves = rig.stretches[0]
    assert [end for _, end in moves[1:11]] == pytest.approx([0.05 * n for n in range(1, 11)])
    assert moves[-1] == pytest.approx((0.5, 0.5))
    assert len(moves) == 12


def test_retuned_while_it_glides_it_turns_without_a_jump() -> None:
    rig = Rig(glide=0.05)
    rig.start()
    for target in (0.5, -0.3, 0.9):
        rig.control.retune(Retune((0,), target))
        rig.go(0.02)
    rig.go(0.1)
    moves = rig.stretches[0]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(moves))
    assert moves[-1][1] == pytest.approx(0.9)


def test_power_is_known_before_it_sounds() -> None:
    rig = Rig(attack=0.001, spread=0.0)
    for voice in range(4):
        rig.start(voice, gain=0.5)
    rig.go(0.005)
    assert rig.control.power == pytest.approx((0.5, 0.5), rel=0.02)
