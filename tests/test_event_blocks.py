"""What was played, in blocks, and put together again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from descant.event_blocks import (
    BLOCK,
    MOST_WAITING,
    EventBlock,
    EventBlocks,
    UnblockedEvents,
    are_contiguous,
    merge_events,
)
from descant.types import SUSTAIN, Event, Note, Pedal
from support.notes import MS, on


def event(number: int) -> Event:
    """The so manyth of a performance: every third a pedal."""
    return Pedal(number * MS, SUSTAIN, number % 128) if number % 3 == 0 else on(number, 60, number)


def test_a_block_comes_once_there_are_enough_and_takes_all() -> None:
    blocks = EventBlocks(run=7)
    for number in range(BLOCK - 1):
        blocks.add(event(number))
    assert blocks.pop() is None
    for number in range(BLOCK - 1, BLOCK + 5):
        blocks.add(event(number))
    block = blocks.pop()
    assert block is not None
    assert (block.run, block.first, block.after) == (7, 0, BLOCK + 5)
    assert sorted(block.events, key=lambda e: e.time_ns) == [event(n) for n in range(BLOCK + 5)]
    assert blocks.pop() is None


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


RUN = 5_000 * MS  # when a piano started; the next one a second later


def played_after(run: int, count: int) -> list[Event]:
    """What a piano plays that started at `run`, 10 ms from event to event."""
    return [
        Pedal(run + 10 * MS * n, SUSTAIN, n % 128)
        if n % 3 == 0
        else Note(run + 10 * MS * n, run + n, True, 60, 64, 64 << 7)
        for n in range(1, count + 1)
    ]


def unblocked(events: list[Event], blocks: list[EventBlock]) -> UnblockedEvents:
    made = UnblockedEvents()
    for event in events:
        made.add(event)
    for block in blocks:
        made.add_block(block)
    return made


def empty(run: int) -> EventBlock:
    return EventBlock(run, 0, (), ())


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.booleans(), st.booleans())
def test_of_a_dead_piano_what_no_block_has_is_a_block(
    blocked: int, rest: int, early: bool, late_notes: bool
) -> None:
    """Whether the blocks come first, as to a late joiner, or the events, and notes after pedals."""
    blocked = 0 if blocked < BLOCK else blocked
    events = played_after(RUN, blocked + rest)
    blocks = EventBlocks(RUN)
    for event in events[:blocked]:
        blocks.add(event)
    whole = [block for block in (blocks.pop(),) if block is not None]
    made, found = unblocked([] if early else events[:blocked], [empty(RUN), *whole]), []
    for kind in (Pedal, Note) if late_notes else ((Note, Pedal),):
        for event in events[0 if early else blocked :]:
            if isinstance(event, kind):
                made.add(event)
        found += made.pop(dead=True)
    assert {event for block in found for event in block.events} == set(events[blocked:])
    assert sum(len(block.events) for block in found) == rest
    assert all(block.is_rest for block in found)
    assert are_contiguous([*whole, *found])
    assert made.pop(dead=True) == []


def test_a_living_piano_publishes_its_events_itself() -> None:
    made = unblocked(played_after(RUN, 20), [empty(RUN)])
    assert made.pop(dead=False) == []
    assert made.pop(dead=False) == []
    assert len(made.pop(dead=True)) == 1


def test_a_piano_that_was_started_again_leaves_the_events_of_the_one_before() -> None:
    before, after = played_after(RUN, 20), played_after(RUN + 1_000 * MS, 10)
    made = unblocked([*before, *after], [empty(RUN), empty(RUN + 1_000 * MS)])
    [block] = made.pop(dead=False)
    assert (block.run, block.first) == (RUN, 0)
    assert set(block.events) == set(before)
    [rest] = made.pop(dead=True)
    assert (rest.run, set(rest.events)) == (RUN + 1_000 * MS, set(after))


def test_two_holders_make_the_same_block() -> None:
    """So that one of them publishes the other's again, and nothing is held twice."""
    events = played_after(RUN, 20)
    assert unblocked(events, [empty(RUN)]).pop(dead=True) == (
        unblocked(events, [empty(RUN)]).pop(dead=True)
    )


def test_a_block_that_comes_again_with_more_events_leaves_no_gap() -> None:
    events = tuple(e for e in played_after(RUN, 40) if isinstance(e, Note))
    longer = EventBlock(RUN, 0, events[:20], ())
    shorter = EventBlock(RUN, 0, events[:12], ())
    assert are_contiguous([shorter, longer, EventBlock(RUN, 20, events[20:], ())])
    assert not are_contiguous([shorter, EventBlock(RUN, 20, events[20:], ())])


def test_events_that_wait_are_bounded() -> None:
    made = UnblockedEvents()
    for event in played_after(RUN, 3 * MOST_WAITING):
        made.add(event)
    made.add_block(empty(RUN))
    held = sum(len(block.events) for block in made.pop(dead=True))
    assert MOST_WAITING <= held <= 2 * MOST_WAITING
