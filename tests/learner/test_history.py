# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What was played before a start, in blocks of several publishers, and what is played meanwhile."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from descant.event_blocks import EventBlock
from descant.learner.history import History, PastEvent
from descant.types import SUSTAIN, Note, Part, Pedal
from support.notes import on

PIANO, NEXT_PIANO, HOLDER = 7, 8, 9


def keys(count: int, piano: int = PIANO) -> list[Note]:
    """So many keys of one piano one after the other, a tenth of a second apart."""
    return [on(100 * n, 60, (piano << 32) + n) for n in range(1, count + 1)]


def block(*events: Note | Pedal, run: int = PIANO, first: int = 0) -> EventBlock:
    notes = tuple(event for event in events if isinstance(event, Note))
    return EventBlock(run, first, notes, tuple(e for e in events if isinstance(e, Pedal)))


def drained(history: History) -> tuple[list[PastEvent], list[PastEvent]]:
    """At the second call: at the first one blocks had just arrived."""
    return next((found for found in (history.drain(), history.drain()) if any(found)), ([], []))


def test_notes_pedals_and_parts_come_out_in_order_of_time() -> None:
    history, (first, second) = History(), keys(2)
    part, pedal = Part(150_000_000, 2, 1, "cue"), Pedal(50_000_000, SUSTAIN, 127)
    history.defer(part)
    history.add_block(block(first, pedal))
    assert history.drain() == ([], [])  # it has just arrived
    history.add_block(block(second, first=2))
    assert history.drain() == ([], [])
    assert history.drain() == ([pedal, first, part, second], [])


def test_what_is_played_meanwhile_waits_behind_the_past() -> None:
    history, played = History(), keys(3)
    history.add_block(block(played[0]))
    assert history.defer(played[1], before=1)
    assert drained(history) == ([played[0]], [played[1]])
    assert history.done
    assert not history.defer(played[2], before=2)


def test_where_the_first_note_of_its_publisher_is_new_there_is_no_past() -> None:
    history, played = History(), keys(2)
    assert not history.defer(played[0])
    assert history.done
    assert drained(history) == ([], [])
    assert not history.defer(played[1], before=1)


def test_a_first_note_with_others_before_it_waits_for_their_blocks() -> None:
    """The live topic delivers what was sent after it was matched, the block what was before."""
    history, played = History(), keys(6)
    for number in (4, 5):
        assert history.defer(played[number], before=number)
    assert history.incomplete
    history.add_block(block(*played[:3]))
    assert history.incomplete  # one is still missing between the block and the first new one
    history.add_block(block(*played[3:5], first=3))
    assert not history.incomplete
    assert drained(history) == (played[:4], played[4:])
    assert history.repeats(played[4]) is False  # it came from its topic


def test_notes_of_another_piano_are_no_substitute() -> None:
    history, old, new = History(), keys(3), keys(3, NEXT_PIANO)
    history.add_block(block(*old))
    history.defer(new[2], before=2)
    assert history.incomplete
    history.add_block(block(*new[:2], run=NEXT_PIANO))
    assert not history.incomplete


def test_blocks_with_a_gap_are_incomplete() -> None:
    history, played = History(), keys(4)
    history.add_block(block(*played[2:], first=2))
    assert history.incomplete
    history.add_block(block(*played[:2]))
    assert not history.incomplete


def test_the_past_is_handed_over_once() -> None:
    history, played = History(), keys(1)
    history.add_block(block(*played))
    assert drained(history) == (played, [])
    assert drained(history) == ([], [])
    history.add_block(block(*played, run=HOLDER))  # another publisher has it too
    assert drained(history) == ([], [])


def test_parts_and_pedals_alone_are_no_past_to_wait_for() -> None:
    history = History()
    history.defer(Part(100, 3, 2, "cue"))
    history.defer(Pedal(100, SUSTAIN, 127))
    assert history.idle
    assert drained(history) == ([], [])


def test_pedals_that_moved_before_the_blocks_arrived_are_moved_again() -> None:
    """The state is computed anew from the first note on."""
    history, played, pedal = History(), keys(2), Pedal(300_000_000, SUSTAIN, 127)
    history.defer(pedal)
    history.add_block(block(*played))
    assert drained(history) == (played, [pedal])


def test_what_follows_in_blocks_before_the_first_new_note_is_no_past() -> None:
    """A block is made for who joins, and another of what was played until it was matched."""
    history, played = History(), keys(5)
    history.add_block(block(*played[:2]))
    assert drained(history) == (played[:2], [])
    assert not history.done
    assert history.idle
    history.add_block(block(*played[2:4], first=2))
    assert drained(history) == ([], played[2:4])
    assert not history.defer(played[4], before=4)
    assert history.done


def test_a_gap_before_the_first_new_note_is_filled_after_the_past_was_handed_over() -> None:
    history, played = History(), keys(4)
    history.add_block(block(*played[:2]))
    drained(history)
    assert history.defer(played[3], before=3)
    assert history.incomplete
    history.add_block(block(played[2], first=2))
    assert drained(history) == ([], played[2:])
    assert history.done


def test_where_no_blocks_come_the_new_notes_are_handed_over() -> None:
    history, played = History(), keys(3)
    history.wait()
    assert history.defer(played[2], before=2)
    assert history.incomplete
    assert drained(history) == ([], [played[2]])
    assert history.done
    assert not history.incomplete


def test_an_empty_block_is_no_history() -> None:
    history = History()
    history.add_block(block())
    assert history.idle
    assert drained(history) == ([], [])


def test_what_a_block_delivered_is_dropped_when_its_topic_delivers_it() -> None:
    history, played, pedal = History(), keys(3), Pedal(150_000_000, SUSTAIN, 127)
    history.add_block(block(*played[:2], pedal, pedal))
    assert drained(history) == ([played[0], pedal, pedal, played[1]], [])
    assert [history.repeats(event) for event in (*played, pedal, pedal)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert not history.repeats(pedal)
    assert not history.repeats(played[0])  # of a stranger that sends one note again and again


def test_a_block_may_be_ahead_of_the_notes_that_are_played_meanwhile() -> None:
    """On a busy machine a new block arrives before the newest notes on their own topic."""
    history, played = History(), keys(6)
    history.defer(played[2], before=2)
    history.defer(played[3], before=3)
    history.add_block(block(*played[:5]))
    assert drained(history) == (played[:2], played[2:5])
    assert [history.repeats(note) for note in played[4:]] == [True, False]


def after_the_past() -> History:
    """A history that was handed over, of one piano."""
    history, played = History(), keys(3)
    history.add_block(block(*played[:2]))
    drained(history)
    assert not history.defer(played[2], before=2)
    assert history.done
    return history


def test_the_first_notes_of_a_piano_that_is_started_again_may_come_in_a_block_alone() -> None:
    """It is matched a moment after it has begun to play."""
    history, new, run = after_the_past(), keys(5, NEXT_PIANO), NEXT_PIANO * 1_000_000_000 + 5
    pedal = Pedal(new[0].time_ns + 1, SUSTAIN, 127)
    history.add_block(block(run=run))
    history.add_block(block(*new[:2], pedal, run=run))
    history.add_block(block(*keys(9), run=HOLDER))  # what another node holds is known already
    assert not history.defer(pedal)  # pedals were matched before
    assert history.defer(new[3], before=3)
    assert history.incomplete
    history.add_block(block(*new[2:4], run=run, first=3))
    assert not history.incomplete
    assert drained(history) == ([], [new[0], pedal, *new[1:4]])  # it may be older than new[1]
    assert history.done
    assert not history.defer(new[4], before=4)


def test_a_piano_that_is_started_again_and_matched_in_time_is_not_waited_for() -> None:
    history, new = after_the_past(), keys(3, NEXT_PIANO)
    assert not history.defer(new[0])
    assert not history.defer(new[1], before=1)
    assert not history.defer(on(900, 60, 4), before=7)  # of a node whose ids are no piano's
    assert history.done


def test_what_was_learned_stays_when_a_piano_is_started_again_and_matched_late() -> None:
    """Also where the learner was there from the first note on, and nothing was handed over."""
    history, new, run = History(), keys(3, NEXT_PIANO), NEXT_PIANO * 1_000_000_000 + 5
    assert not history.defer(keys(1)[0])
    history.add_block(block(*new[:1], run=run))
    history.defer(new[2], before=2)
    history.add_block(block(*new[1:], run=run, first=1))
    assert drained(history) == ([], new)


def test_what_a_piano_that_is_started_again_played_before_it_was_matched_is_enough() -> None:
    """It may be killed before it plays more."""
    history, new, run = after_the_past(), keys(3, NEXT_PIANO), NEXT_PIANO * 1_000_000_000 + 5
    new = [replace(note, time_ns=note.time_ns + 1_000_000_000) for note in new]
    history.add_block(block(*keys(3)[1:], new[0], run=HOLDER))  # what it has of the old is known
    assert not history.done
    assert not history.incomplete
    assert drained(history) == ([], new[:1])
    assert history.repeats(new[0])
    history.add_block(block(*new[:1], run=run))
    assert history.done
    assert history.defer(new[2], before=2)
    assert history.incomplete
    history.add_block(block(*new[1:], run=run, first=1))
    assert drained(history) == ([], new[1:])


def test_two_pianos_that_are_met_late_are_both_waited_for() -> None:
    history, old, new = History(), keys(3), keys(3, NEXT_PIANO)
    history.defer(old[2], before=2)
    history.defer(new[2], before=2)
    history.add_block(block(*old))
    assert history.incomplete
    history.add_block(block(*new, run=NEXT_PIANO))
    assert not history.incomplete
    past, meanwhile = drained(history)
    assert sorted([*past, *meanwhile], key=str) == sorted([*old, *new], key=str)


@given(st.booleans(), st.integers(0, 40), st.integers(0, 2**32))
def test_any_ids_of_another_node_are_welcome(by_chance: bool, joined: int, seed: int) -> None:
    """They may be the time or by chance: nobody waits for what is there already."""
    chance, begin_ns = Random(seed), 1_800_000_000_123_456_789
    ids = (chance.getrandbits(64) if by_chance else begin_ns + n * 10**8 for n in range(80))
    played = [on(100 * n, 60, number) for n, number in enumerate(ids)]
    history = History()
    if joined:
        history.add_block(block(*played[:joined], run=HOLDER))
        assert drained(history) == (played[:joined], [])
    for before, note in enumerate(played[joined:], start=joined):
        assert not history.defer(note, before=before)
        assert history.done


PLAYED = [e for n in keys(30) for e in (n, Pedal(n.time_ns + 1, SUSTAIN, n.id % 128))]


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=6),
    st.integers(0, 59),
    st.lists(st.booleans(), min_size=60, max_size=60),
    st.booleans(),
    st.randoms(),
)
def test_each_event_is_handed_over_once_and_in_order(
    sizes: list[int], matched: int, held: list[bool], drain_first: bool, random
) -> None:
    """Whatever blocks there are, of the piano and of a holder, and whenever notes are matched."""
    blocks, first = [], 0
    for size in [*sizes, 60]:
        blocks.append(block(*PLAYED[first : first + size], first=first))
        first += size
    rests = [e for e, also in zip(PLAYED, held, strict=True) if also]
    arriving = [b for b in blocks if b.first < len(PLAYED)] + [block(*rests, run=HOLDER)]
    random.shuffle(arriving)
    history, got = History(), list[PastEvent]()

    def receive(found: tuple[list[PastEvent], list[PastEvent]]) -> None:
        got.extend([*found[0], *found[1]])

    def play(events: list[Note | Pedal]) -> None:
        for event in events:
            before = PLAYED.index(event) // 2 if isinstance(event, Note) else 0
            if not history.repeats(event) and not history.defer(event, before=before):
                got.append(event)

    if drain_first:
        for each in arriving:
            history.add_block(each)
        receive(drained(history))
        play(PLAYED[matched:])
    else:
        play(PLAYED[matched:])
        for each in arriving:
            history.add_block(each)
    receive(drained(history))
    notes = [event for event in got if isinstance(event, Note)]
    assert notes == [event for event in PLAYED if isinstance(event, Note)]
