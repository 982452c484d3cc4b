"""Messages sent after the start arrive, those sent before do not."""

import math

import pytest

from descant import topics
from descant.msg import NoteEvent
from descant.nodes.common.late_joining import HISTORY_PERIOD_S, SentAfterStart, subscribe_new
from support.graph import domain_id
from support.node import listener

S = 1_000_000_000
BEGAN = 1_800_000_000 * S  # the time of day; the monotonic clock shows 100 s then


def heard(
    after_start: SentAfterStart, sent_s: float, after_s: float, set_by_s: float = 0.0
) -> bool:
    """Whether what was sent at `sent_s`, from the beginning by the time of day, is new."""
    passed = round(after_s * S)
    return after_start.includes(
        BEGAN + round(sent_s * S), BEGAN + passed + round(set_by_s * S), 100 * S + passed
    )


def test_what_was_sent_before_is_past() -> None:
    after_start = SentAfterStart(BEGAN, 100 * S)
    assert not heard(after_start, -60.0, 1.0)
    assert not heard(after_start, -0.001, 1.0)
    assert heard(after_start, 0.0, 1.0)
    assert heard(after_start, 0.9, 1.0)


@pytest.mark.parametrize("set_by_s", [-3600.0, 3600.0])
def test_a_clock_that_is_set_makes_nothing_past(set_by_s: float) -> None:
    after_start = SentAfterStart(BEGAN, 100 * S)
    assert not heard(after_start, -1.0, 0.5)
    assert heard(after_start, 1.0 + set_by_s, 1.0, set_by_s)


def test_what_was_sent_before_the_clock_was_set_back_is_past() -> None:
    after_start = SentAfterStart(BEGAN, 100 * S)  # begun after that
    assert not heard(after_start, 3590.0, 1.0)
    assert heard(after_start, 1.5, 1.0)  # another machine's clock, half a second ahead


def test_a_sender_whose_clock_is_behind_is_heard_soon() -> None:
    after_start = SentAfterStart(BEGAN, 100 * S)
    assert not heard(after_start, -300.0, 20.0)  # its first word
    assert not heard(after_start, -300.0, 20.0 + HISTORY_PERIOD_S - 0.1)
    assert heard(after_start, -300.0, 20.0 + HISTORY_PERIOD_S)


def test_where_the_past_never_ends_it_is_known_however_late_it_comes() -> None:
    after_start = SentAfterStart(BEGAN, 100 * S, history_period_s=math.inf)
    assert not heard(after_start, -300.0, 20.0)
    assert not heard(after_start, -300.0, 20.0 + 10 * HISTORY_PERIOD_S)
    assert not heard(
        after_start, 3590.0, 20.0 + 10 * HISTORY_PERIOD_S
    )  # the clock was set back since
    assert heard(after_start, 60.0, 60.0)


@pytest.mark.graph
def test_one_who_comes_late_hears_what_follows_and_no_more() -> None:
    with listener(domain_id()) as ears:
        notes = ears.publisher(topics.NOTES)
        for number in range(1_000):
            notes.publish(NoteEvent(id=number))
        new: list[int] = []
        subscribe_new(ears.node, topics.NOTES, lambda m, _: new.append(m.id))
        ears.wait(lambda: notes.get_subscription_count() == 1, "the subscription")
        notes.publish(NoteEvent(id=1_000))
        ears.wait(lambda: len(new) > 0, "the new note")
        assert new == [1_000]
