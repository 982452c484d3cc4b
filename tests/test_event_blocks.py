# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What was played, in blocks, and put together again."""

from hypothesis import given
from hypothesis import strategies as st

from descant.event_blocks import (
    BLOCK,
    OVERDUE_S,
    SMALL_BLOCK,
    EventBlock,
    EventBlocks,
    FirstBlocks,
    UnblockedEvents,
    are_contiguous,
    merge_events,
)
from descant.types import SUSTAIN, Event, Note, Pedal
from support.notes import MS, on


def event(number: int) -> Event:
    """The so manyth of a performance: every third a pedal."""
    return Pedal(number * MS, SUSTAIN, number % 128) if number % 3 == 0 else on(number, 60, number)


def test_a_block_comes_once_there_are_enough_and_has_no_more() -> None:
    blocks = EventBlocks(run=7)
    for number in range(BLOCK - 1):
        blocks.add(event(number))
    assert blocks.pop() is None
    for number in range(BLOCK - 1, BLOCK + 5):
        blocks.add(event(number))
    block = blocks.pop()
    assert block is not None
    assert (block.run, block.first, block.after) == (7, 0, BLOCK)
    assert sorted(block.events, key=lambda e: e.time_ns) == [event(n) for n in range(BLOCK)]
    assert blocks.pop() is None
    rest = blocks.pop(joining=True)
    assert rest is not None
    assert (rest.first, rest.after) == (BLOCK, BLOCK + 5)
    assert blocks.pop(joining=True) is None


def test_for_somebody_who_joins_a_block_is_as_small_as_need_be() -> None:
    blocks = EventBlocks(run=7)
    assert blocks.pop(joining=True) is None
    blocks.add(event(1))
    assert blocks.pop() is None
    first = blocks.pop(joining=True)
    blocks.add(event(2))
    second = blocks.pop(joining=True)
    assert first == EventBlock(7, 0, (event(1),), ())
    assert second == EventBlock(7, 1, (event(2),), ())
    for number in range(2 * SMALL_BLOCK):
        blocks.add(event(number))
    sizes = [len(block.events) for block in iter(lambda: blocks.pop(joining=True), None)]
    assert sizes == [SMALL_BLOCK, SMALL_BLOCK]


@given(st.lists(st.integers(1, 3 * BLOCK), max_size=6), st.randoms())
def test_blocks_in_any_order_are_whole_and_without_any_but_the_last_are_not(sizes, random) -> None:
    blocks, said, number = EventBlocks(run=7), [], 0
    for size in sizes:
        for _ in range(size):
            blocks.add(event(number))
            number += 1
        said += [block for block in (blocks.pop(),) if block is not None]
    shuffled = [*said, *said[:1]]  # one came twice
    random.shuffle(shuffled)
    assert are_contiguous(shuffled)
    for missing in said[:-1]:
        assert not are_contiguous(block for block in said if block != missing)


def test_two_runs_are_each_whole_for_themselves() -> None:
    notes = (on(1, 60, 1),)
    assert are_contiguous([EventBlock(7, 0, notes, ()), EventBlock(9, 0, notes, ())])
    assert not are_contiguous([EventBlock(7, 0, notes, ()), EventBlock(9, 1, notes, ())])


def test_what_was_heard_stays_as_it_is_where_blocks_say_no_more() -> None:
    heard = [on(200, 60, 2), on(100, 60, 1)]  # as two pianos may be recorded
    assert merge_events(heard[:1], heard) == heard


def test_what_was_missed_stands_where_it_was_played() -> None:
    played: list[Note] = [on(100 * n, 60, n) for n in range(1, 7)]
    heard = [played[3], played[5]]
    assert merge_events([*played, *played[:2]], heard) == played


def unblocked(count: int, run: int = 7) -> UnblockedEvents:
    """So many events that were received, one a second."""
    made = UnblockedEvents(run)
    for number in range(count):
        made.add(event(number), float(number))
    return made


@given(st.integers(0, 400), st.integers(0, 400))
def test_what_was_received_and_is_in_no_block_is_in_one_of_a_holder(blocked: int, rest: int):
    made = unblocked(blocked + rest)
    made.add_block(EventBlock(3, 0, tuple(event(n) for n in range(blocked) if n % 3), ()))
    pedals = tuple(event(n) for n in range(0, blocked, 3))
    made.add_block(EventBlock(3, blocked, (), pedals))
    found = made.pop()
    assert [len(block.events) < BLOCK for block in found] == [True] * len(found)
    assert sum(len(block.events) for block in found) == rest
    assert {e for block in found for e in block.events} == {
        event(n) for n in range(blocked, blocked + rest)
    }
    assert are_contiguous(found)
    assert all(block.run == 7 for block in found)
    assert made.pop() == []


def test_the_blocks_of_a_holder_follow_each_other() -> None:
    made = unblocked(3)
    first = made.pop(before_s=1.5)
    assert [len(block.events) for block in first] == [2]
    assert are_contiguous([*first, *made.pop()])


def test_an_event_that_arrives_after_its_block_is_in_no_other() -> None:
    made = unblocked(1)
    made.add_block(EventBlock(3, 0, (event(1), event(2)), ()))
    made.add(event(1), 1.0)
    assert [block.events for block in made.pop()] == [(event(0),)]


def test_events_for_a_block_are_overdue_when_nobody_made_it_for_seconds() -> None:
    """So what a node plays that makes no blocks is not held back for ever."""
    few = unblocked(BLOCK - 1)
    assert not few.is_overdue(1e9)
    enough = unblocked(BLOCK)
    assert not enough.is_overdue(BLOCK - 1 + OVERDUE_S)
    assert enough.is_overdue(BLOCK - 0.9 + OVERDUE_S)
    enough.add_block(EventBlock(3, 0, (event(1),), ()))
    assert not enough.is_overdue(1e9)


def test_a_block_that_comes_again_with_more_events_leaves_no_gap() -> None:
    events = tuple(on(n, 60, n) for n in range(40))
    longer = EventBlock(7, 0, events[:20], ())
    shorter = EventBlock(7, 0, events[:12], ())
    assert are_contiguous([shorter, longer, EventBlock(7, 20, events[20:], ())])
    assert not are_contiguous([shorter, EventBlock(7, 20, events[20:], ())])


def test_a_publisher_has_time_after_its_first_block_except_the_piano_just_heard() -> None:
    first = FirstBlocks()
    assert first.are_settled(0, 0.0)
    assert not first.are_settled(1, 100.0)  # it is known, and nothing has arrived
    first.add(EventBlock(7_500_000_000, 0, (), ()), 100.0)
    assert not first.are_settled(1, 100.5)
    assert first.are_settled(1, 100.5, but=7)
    assert not first.are_settled(1, 100.5, but=8)
    assert not first.are_settled(2, 101.0, but=7)
    assert first.are_settled(1, 101.0)
