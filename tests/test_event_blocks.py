"""What was played, in blocks, and put together again."""

from hypothesis import given
from hypothesis import strategies as st

from descant.event_blocks import BLOCK, EventBlock, EventBlocks, are_contiguous, merge_events
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
