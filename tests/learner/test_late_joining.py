# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Pianos that die and are started again, and a learner that comes late: each note once."""

from collections import Counter
from random import Random

import pytest

from descant.event_blocks import EventBlock
from descant.learner.history import History, is_first_of_piano, piano_of
from descant.types import Event, Note, Pedal
from support.late_joining import TICK_S, Holder, Piano, World


class Latecomer(Holder):
    """The learner's node as far as its history goes: what it has learned, in order."""

    def _begin(self) -> None:
        self.history, self.learned, self.warnings = History(), list[Event](), 0
        self._holders_due: float | None = None
        self._complete_piano: int | None = None
        self._blocks_due: float | None = None
        super()._begin()

    def hear(self, event: Event, before: int) -> None:
        if isinstance(event, Note) and self.history.idle:
            if self._holders_due is None and before == 0 and is_first_of_piano(event):
                self._complete_piano = piano_of(event)
            if self._waits_for_holders():
                self.history.wait()
        if self.history.repeats(event):
            return
        kept = self.history.defer(event, before=before)
        if isinstance(event, Pedal) or not kept:
            self.learned.append(event)

    def hear_block(self, block: EventBlock) -> None:
        self.history.add_block(block)

    def _others(self) -> int:
        return sum(n.alive for n in (*self.world.pianos, *self.world.holders) if n is not self)

    def _waits_for_holders(self) -> bool:
        if self._holders_due is None:
            self._holders_due = self.world.now + 3.0
        has_all = self.first_blocks.are_settled(
            self._others(), self.world.now, but=self._complete_piano
        )
        return self.world.now < self._holders_due and not has_all

    def catch_up(self) -> None:
        """As the learner's timer does."""
        history, now = self.history, self.world.now
        if history.done or history.idle or self._waits_for_holders():
            return
        if not history.incomplete:
            self._blocks_due = None
        elif self._blocks_due is None or now < self._blocks_due:
            self._blocks_due = self._blocks_due or now + (5.0 if self._others() else 1.0)
            return
        incomplete = history.incomplete
        past, meanwhile = history.drain()
        self.warnings += incomplete and bool(past or meanwhile)
        found = [event for event in (*past, *meanwhile) if isinstance(event, (Note, Pedal))]
        self.learned = found if past else [*self.learned, *found]  # the core begins anew

    def _ticking(self) -> None:
        if self.alive:
            self.tick()
            self.world.after(TICK_S, self._ticking)
            for delay in (0.0, 0.2, 0.4):
                self.world.after(delay, self.catch_up)


def one_after_the_other(world: World, chance: Random, end_s: float) -> None:
    """A piano that is started again whenever it has died."""
    at = 0.2
    while at < end_s:
        lives_s = chance.choice([2.0, 3.0, 6.0])  # one that starts to play has met the others
        Piano(world, at, at + lives_s, rate_hz=chance.choice([2, 10]))
        at += lives_s + chance.choice([0.6, 1.5, 3.0])


def two_at_once(world: World, chance: Random, end_s: float) -> None:
    """Started seconds apart."""
    for number in range(2):
        at = chance.uniform(0.2, end_s / 2) + 1.3 * number
        Piano(world, at, at + chance.uniform(3.0, end_s), rate_hz=10)


@pytest.mark.parametrize("play", [one_after_the_other, two_at_once])
@pytest.mark.parametrize(
    "seeds", [range(15), pytest.param(range(15, 300), marks=pytest.mark.proof)]
)
@pytest.mark.slow
def test_every_note_that_arrived_anywhere_is_learned_once(play, seeds: range) -> None:
    for seed in seeds:
        chance = Random(seed)
        world, end_s = World(seed), 12.0
        conductor = Holder(world, 0.0)
        learner = Latecomer(world, chance.uniform(0.0, end_s))
        play(world, chance, end_s)
        world.run(2 * end_s + 10.0)
        played = Counter(e for piano in world.pianos for e in piano.played if isinstance(e, Note))
        learned = Counter(event for event in learner.learned if isinstance(event, Note))
        heard = {note for note in played if conductor.knows(note) or learner.knows(note)}
        assert set(learned.values()) <= {1}, seed
        assert heard <= set(learned), seed
        assert learner.warnings == 0, seed
        if play is one_after_the_other:
            times = [note.time_ns for note in learned]
            assert times == sorted(times), seed
