"""The past of several topics, in whatever order they hand it over."""

from descant.event_blocks import EventBlock
from descant.learner.history import History
from descant.types import SUSTAIN, Note, Part, Pedal
from support.notes import on


def test_notes_pedals_and_parts_come_out_in_order_of_time() -> None:
    history = History(1_000)
    part, pedal = Part(150_000_000, 2, 1, "cue"), Pedal(50_000_000, SUSTAIN, 127)
    first, second = on(100, 60, 1), on(200, 62, 2)
    assert [history.defer(w, past=True) for w in (part, first, second, pedal)] == [True] * 4
    assert history.drain() == ([], [])  # it was still growing
    assert history.drain() == ([pedal, first, part, second], [])


def test_what_is_played_meanwhile_waits_behind_the_past() -> None:
    history = History(1_000)
    old, new = on(100, 60, 1), on(1100, 62, 2)
    assert history.defer(old, past=True)
    assert history.defer(new, past=False)
    assert history.drain() == ([], [])
    assert history.drain() == ([old], [new])
    assert not history.defer(on(1200, 64, 3), past=False)


def test_where_the_first_note_is_new_there_is_no_past() -> None:
    history = History(1_000)
    assert not history.defer(on(1100, 62, 2), past=False)
    assert history.drain() == history.drain() == ([], [])
    assert not history.defer(on(1200, 64, 3), past=False)


def test_the_past_is_handed_over_once() -> None:
    history = History(1_000)
    history.defer(on(100, 60, 1), past=True)
    history.drain()
    assert len(history.drain()[0]) == 1
    assert history.drain() == ([], [])
    assert not history.defer(on(150, 60, 2), past=True)


def test_parts_alone_are_no_past_to_wait_for() -> None:
    history = History(1_000)
    assert history.defer(Part(100, 3, 2, "cue"), past=True)
    assert history.drain() == history.drain() == ([], [])


def keys(count: int) -> list[Note]:
    """So many keys one after the other, a tenth of a second apart."""
    return [on(100 * n, 60, n) for n in range(1, count + 1)]


def test_what_the_topic_no_longer_keeps_comes_in_blocks() -> None:
    history, played, pedal = History(3), keys(6), Pedal(250_000_000, SUSTAIN, 127)
    for note in played[3:]:
        history.defer(note, past=True)
    assert history.incomplete  # three of three: there may be more
    history.add_block(EventBlock(7, 3, tuple(played[2:4]), ()))
    assert history.incomplete  # it does not reach back to the first
    history.add_block(EventBlock(7, 0, tuple(played[:2]), (pedal,)))
    assert not history.incomplete
    assert history.drain() == ([], [])  # it was still growing
    assert history.drain() == ([*played[:2], pedal, *played[2:]], [])


def test_blocks_that_end_before_what_the_topic_keeps_do_not_do() -> None:
    history, played = History(2), keys(6)
    for note in played[4:]:
        history.defer(note, past=True)
    history.add_block(EventBlock(7, 0, tuple(played[:3]), ()))
    assert history.incomplete


def test_what_a_block_says_and_was_played_meanwhile_is_taken_once() -> None:
    history, played = History(2), keys(4)
    for note, past in zip(played[2:], (True, False), strict=True):
        history.defer(note, past=past)
    history.add_block(EventBlock(7, 0, tuple(played), ()))
    history.drain()
    assert history.drain() == (played[:3], [played[3]])


def test_once_the_past_is_handed_over_nothing_is_lacking() -> None:
    history = History(2)
    for note in keys(2):
        history.defer(note, past=True)
    assert history.incomplete
    history.drain()
    assert history.drain() == (keys(2), [])  # nobody had the blocks: it goes on without
    assert not history.incomplete


def test_as_many_pedals_as_the_topic_keeps_may_be_more() -> None:
    history, pedals = History(2), [Pedal(10 * n, SUSTAIN, n) for n in range(3)]
    history.defer(on(100, 60, 1), past=True)
    for pedal in pedals[1:]:
        history.defer(pedal, past=True)
    assert history.incomplete
    history.add_block(EventBlock(7, 0, (on(100, 60, 1),), tuple(pedals)))
    assert not history.incomplete


def test_blocks_alone_are_history_where_they_hold_events() -> None:
    """Of a piano that died there is nothing on /notes, when the next one has not played yet."""
    history, played = History(2), keys(3)
    history.add_block(EventBlock(7, 0, (), ()))
    assert history.drain() == history.drain() == ([], [])
    history.add_block(EventBlock(7, 0, tuple(played), ()))
    assert history.defer(on(1200, 64, 9), past=False)
    assert history.drain() == ([], [])
    assert history.drain() == (played, [on(1200, 64, 9)])


def test_new_notes_wait_for_history_that_is_still_expected() -> None:
    history, played = History(2), keys(3)
    history.wait()
    assert history.defer(played[2], past=False)
    history.add_block(EventBlock(7, 0, tuple(played[:2]), ()))
    history.drain()
    assert history.drain() == (played[:2], played[2:])
    assert history.done


def test_where_none_comes_new_notes_that_waited_are_handed_over() -> None:
    history, played = History(2), keys(2)
    history.wait()
    for note in played:
        assert history.defer(note, past=False)
    assert history.drain() == ([], played)


def test_new_blocks_do_not_put_the_end_of_the_history_off() -> None:
    """A piano that plays fast makes two a second."""
    history, played = History(2), keys(3)
    history.add_block(EventBlock(7, 0, tuple(played[:2]), ()))
    assert history.drain() == ([], [])
    history.add_block(EventBlock(7, 2, tuple(played[2:]), ()), past=False)
    assert history.drain() == (played, [])


def test_what_a_block_delivered_is_dropped_when_its_topic_delivers_it() -> None:
    """A piano may be found on /notes later than on /played."""
    history, played, pedal = History(1_000), keys(3), Pedal(150_000_000, SUSTAIN, 127)
    history.add_block(EventBlock(7, 0, tuple(played[:2]), (pedal, pedal)))
    history.drain()
    assert history.drain() == ([played[0], pedal, pedal, played[1]], [])
    assert [history.repeats(event) for event in (*played, pedal, pedal)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert not history.repeats(pedal)
    assert not history.repeats(played[0])  # of a stranger that sends one note again and again


def test_what_its_topic_delivered_before_is_no_repetition() -> None:
    history, played = History(1_000), keys(2)
    history.defer(played[0], past=True)
    history.add_block(EventBlock(7, 0, tuple(played), ()))
    history.drain()
    assert history.drain() == (played, [])
    assert not history.repeats(played[0])
    assert history.repeats(played[1])


def test_of_blocks_that_overlap_each_event_counts_once() -> None:
    """Two nodes hold the rest of a dead piano, each as it received it."""
    history, played, pedal = History(1_000), keys(4), Pedal(150_000_000, SUSTAIN, 0)
    history.add_block(EventBlock(7, 0, tuple(played), (pedal,)))
    history.add_block(EventBlock(7, 0, tuple(played[1:]), (pedal,)))
    history.add_block(EventBlock(7, 3, tuple(played[3:]), ()))
    history.drain()
    assert history.drain() == ([played[0], pedal, *played[1:]], [])


def test_a_block_may_be_ahead_of_the_notes_that_are_played_meanwhile() -> None:
    """On a busy machine a new block arrives before the newest notes on their own topic."""
    history, played = History(1_000), keys(6)
    history.defer(played[0], past=True)
    history.defer(played[2], past=False)
    history.defer(played[3], past=False)
    history.add_block(EventBlock(7, 0, tuple(played[:5]), ()), past=False)
    history.drain()
    assert history.drain() == (played[:2], played[2:5])
    assert [history.repeats(note) for note in played[4:]] == [True, False]


def test_the_topic_is_behind_while_blocks_of_the_newest_piano_have_later_notes() -> None:
    history, played = History(1_000), keys(6)
    history.add_block(EventBlock(7, 0, tuple(played[:2]), ()))
    assert history.behind
    history.defer(played[2], past=True)
    assert not history.behind
    history.add_block(EventBlock(7, 2, tuple(played[2:4]), ()))
    assert history.behind
    history.add_block(EventBlock(8, 0, (), ()))  # the next one: /notes has nothing of a dead piano
    assert not history.behind


def test_old_notes_behind_newer_ones_are_late() -> None:
    history, played = History(1_000), keys(4)
    history.add_block(EventBlock(7, 0, tuple(played[1:3]), ()))
    history.drain()
    history.drain()
    assert not history.defer(played[3], past=True)
    assert not history.late
    assert history.repeats(played[1])
    assert not history.late
    assert not history.defer(played[0], past=True)
    assert history.late
