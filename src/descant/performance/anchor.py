# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find which recorded notes a run of the learner received, and in which order.

A state has the number of notes that its run had processed, and the id of the last note that went
down. So each state votes for the recorded note that was the run's first. A step of held keys may
come after releases that the recording cannot place, so it votes for every note that is possible.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from descant.errors import UserError
from descant.types import Note, State

Notes = tuple[Note, ...]
MOST_ANCHORS = 12
"""Possible anchors that are tried; nearly every run has one."""
MOST_PLACES, MOST_RELEASES = 8, 256
"""Recorded notes of one id, and notes between two that go down, that are looked at."""


class Anchor(NamedTuple):
    """The notes in the order in which they may have been received; `first` is the index of the
    run's first note, below 0 where that many are not recorded.
    """

    notes: Notes
    first: int


def find_anchors(notes: Notes, usual: Notes, run: int, states: Sequence[State]) -> list[Anchor]:
    """What the run may have received, the most likely first.

    `notes` are all that were recorded, `usual` those without strays. Raises `UserError` where no
    recorded note fits any of the states, or the run's first notes are not recorded.
    """
    found: list[tuple[int, Anchor]] = []
    orders = dict.fromkeys(_orders(notes, usual, run))
    for order in dict.fromkeys([*orders, *(_without_missed(order, states) for order in orders)]):
        votes = _votes(order, states)
        most = max(votes.values(), default=0)
        best = sorted(first for first, count in votes.items() if count == most)
        found += [(most, Anchor(order, first)) for first in best]
    if not found:
        raise UserError("no recorded note caused any of the recorded states: cannot recompute")
    most = max(count for count, _ in found)
    anchors = [anchor for count, anchor in found if count == most]
    possible = [anchor for anchor in anchors if anchor.first >= 0]
    if not possible:
        lacking = -max(anchor.first for anchor in anchors)
        raise UserError(f"the recording lacks the first {lacking} notes: cannot recompute")
    possible.sort(key=lambda anchor: anchor.first > 0)  # most runs received all that was played
    return possible[:MOST_ANCHORS]


def _orders(notes: Notes, usual: Notes, run: int) -> Iterator[Notes]:
    """As recorded; what was played before the run by its stamps, as a learner that is started late
    sorts it; and without strays.
    """
    before = [index for index, note in enumerate(usual) if note.time_ns < run]
    history = notes.index(usual[before[-1]]) + 1 if before else 0
    by_stamp = (*sorted(notes[:history], key=lambda note: note.time_ns), *notes[history:])
    yield from (notes, by_stamp, usual)


def _without_missed(notes: Notes, states: Sequence[State]) -> Notes:
    """Without the last notes of killed pianos that the run did not count: a piano that is killed
    while it sends a note, or soon after its start, may have reached the recorder only.
    """
    struck = {(note.id, note.time_ns): index for index, note in enumerate(notes) if note.on}
    causes = ((struck.get((state.cause, state.time_ns)), state) for state in states)
    known = [(index, state) for index, state in causes if index is not None]
    missed: set[int] = set()
    for (before, earlier), (after, later) in pairwise(known):
        lacking = (after - before) - (later.events - earlier.events)
        begin = after  # of the piano that followed
        while begin > before and _piano(notes[begin - 1]) == _piano(notes[after]):
            begin -= 1
        missed.update(range(max(before + 1, begin - max(lacking, 0)), begin))
    return tuple(note for index, note in enumerate(notes) if index not in missed)


def _piano(note: Note) -> int:
    """What the ids of one process of the piano have in common: see `MidiDecoder`."""
    return note.id >> 32


def _votes(notes: Notes, states: Sequence[State]) -> Counter[int]:
    """Index of a note -> the number of states for which it may be the run's first."""
    struck = [index for index, note in enumerate(notes) if note.on]
    places = defaultdict[int, list[tuple[int, int]]](list)
    for index, following in pairwise([*struck, len(notes)]):
        if len(known := places[notes[index].id]) < MOST_PLACES:
            known.append((index, min(following, index + MOST_RELEASES)))
    votes = Counter[int]()
    for state in states:
        possible: set[int] = set()
        for index, following in places.get(state.cause, ()):
            at_once = notes[index].time_ns == state.time_ns
            last = index + 1 if at_once else following
            possible.update(range(index + 1 - state.events, last + 1 - state.events))
        votes.update(possible)
    return votes
