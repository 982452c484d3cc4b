"""The past of several topics, in whatever order they hand it over."""

from descant.events import SUSTAIN, Pedal
from descant.learner.history import History, PartBegins
from support.notes import on


def test_notes_pedals_and_parts_come_out_in_order_of_time() -> None:
    history = History()
    part, pedal = PartBegins(150_000_000, 2, 1), Pedal(50_000_000, SUSTAIN, 127)
    first, second = on(100, 60, 1), on(200, 62, 2)
    assert [history.keeps(w, past=True) for w in (part, first, second, pedal)] == [True] * 4
    assert history.settled() == ([], [])  # it was still growing
    assert history.settled() == ([pedal, first, part, second], [])


def test_what_is_played_meanwhile_waits_behind_the_past() -> None:
    history = History()
    old, new = on(100, 60, 1), on(1100, 62, 2)
    assert history.keeps(old, past=True)
    assert history.keeps(new, past=False)
    assert history.settled() == ([], [])
    assert history.settled() == ([old], [new])
    assert not history.keeps(on(1200, 64, 3), past=False)


def test_where_the_first_note_is_new_there_is_no_past() -> None:
    history = History()
    assert not history.keeps(on(1100, 62, 2), past=False)
    assert history.settled() == history.settled() == ([], [])
    assert not history.keeps(on(1200, 64, 3), past=False)


def test_the_past_is_handed_over_once() -> None:
    history = History()
    history.keeps(on(100, 60, 1), past=True)
    history.settled()
    assert len(history.settled()[0]) == 1
    assert history.settled() == ([], [])
    assert not history.keeps(on(150, 60, 2), past=True)


def test_parts_alone_are_no_past_to_wait_for() -> None:
    history = History()
    assert history.keeps(PartBegins(100, 3, 2), past=True)
    assert history.settled() == history.settled() == ([], [])
