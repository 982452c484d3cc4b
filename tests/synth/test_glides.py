# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Glides that voices share: who follows which, and what is said to how many."""

import random
from collections.abc import Callable

import pytest

from descant.synth.envelope import Line
from descant.synth.glides import GlideOutput, Glides

GRID = 4


class Rig:
    """Glides whose lines are counted, and where every voice stands."""

    def __init__(self, size: int) -> None:
        self.lines: dict[int, tuple[float, float]] = {}
        self.said = 0
        self.followed = [-1] * size
        drawn = [GlideOutput(self._line(n), self._stop(n)) for n in range(size)]
        self.glides = Glides(drawn, [self._follow(n) for n in range(size)], GRID)
        self.now = 0

    def _line(self, number: int) -> Line:
        def line(before: float, after: float) -> None:
            self.lines[number] = (before, after)
            self.said += 1

        return line

    def _stop(self, number: int) -> Callable[[], None]:
        def stop() -> None:
            del self.lines[number]

        return stop

    def _follow(self, voice: int) -> Callable[[int], None]:
        def follow(glide: int) -> None:
            self.followed[voice] = glide

        return follow

    def heard(self, voice: int) -> float:
        before, after = self.lines[self.followed[voice]]
        return before + (after - before) * (self.now % GRID) / GRID

    def retune(self, voices: list[int], target: float, blocks: int = 8) -> None:
        self.glides.retune(voices, target, self.now, self.now + blocks)

    def go(self, blocks: int) -> None:
        for _ in range(blocks):
            self.now += 1
            if self.now % GRID == 0:
                self.glides.go_on(self.now)


def test_a_chord_gets_one_line_for_all_its_voices() -> None:
    rig = Rig(88)
    for voice in range(88):
        rig.glides.begin(voice, 0.1)
    rig.said = 0
    rig.retune(list(range(88)), 0.3)
    assert rig.said == 1
    rig.go(12)
    assert [rig.heard(voice) for voice in range(88)] == pytest.approx([0.3] * 88)


def test_a_voice_that_is_tuned_alone_leaves_the_others_where_they_were() -> None:
    rig = Rig(3)
    for voice in range(3):
        rig.glides.begin(voice, 0.1)
    rig.retune([1], 0.5)
    rig.go(12)
    assert [rig.heard(voice) for voice in range(3)] == pytest.approx([0.1, 0.5, 0.1])


def test_a_note_that_joins_a_chord_shares_its_glide_within_a_second_of_retunings() -> None:
    rig = Rig(3)
    rig.glides.begin(0, 0.0)
    rig.glides.begin(1, 0.0)
    rig.retune([0, 1], 0.2)
    rig.go(3)
    rig.glides.begin(2, 0.2)
    assert len(set(rig.followed)) == 2
    for turn in range(60):
        rig.retune([0, 1, 2], 0.1 * (turn % 3))
        rig.go(3)
    assert len(set(rig.followed)) == 1
    assert len(rig.lines) == 1


@pytest.mark.parametrize("seed", range(10))
def test_no_stretch_jumps_when_voices_start_stop_or_are_retuned(seed: int) -> None:
    rng = random.Random(seed)
    rig = Rig(6)
    sounding: set[int] = set()
    targets: dict[int, float] = {}
    for _ in range(400):
        before = {voice: rig.heard(voice) for voice in sounding}
        voice = rng.randrange(6)
        if voice not in sounding:
            rig.glides.begin(voice, rng.choice([0.0, 0.2]))
            sounding.add(voice)
            targets[voice] = before[voice] = rig.heard(voice)
        elif rng.random() < 0.2:
            rig.glides.leave(voice)
            sounding.remove(voice)
            before.pop(voice)
        else:
            chord = rng.sample(sorted(sounding), rng.randint(1, len(sounding)))
            targets |= dict.fromkeys(chord, rng.choice([0.0, 0.2, -0.3]))
            rig.retune(chord, targets[chord[0]])
        for one, value in before.items():
            assert rig.heard(one) == pytest.approx(value, abs=1e-8)
        assert set(rig.lines) == {rig.followed[one] for one in sounding}
        rig.go(rng.choice([0, 1, 2, 3]))
    rig.go(16)
    assert {v: rig.heard(v) for v in sounding} == pytest.approx({v: targets[v] for v in sounding})
