# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which stamps belong to a performance: pauses and old replays do, other centuries do not."""

from __future__ import annotations

import random

import pytest

from descant.bags.strays import HOUR_NS, PerformanceTimes, PlayedStamps

NOW = 1_796_031_624 * 10**9
SECOND = 10**9


def times(*stamped: tuple[int, int]) -> PerformanceTimes:
    played = PlayedStamps()
    order = list(stamped)
    random.Random(0).shuffle(order)
    for stamp_ns, sent_ns in order:
        played.add(stamp_ns, sent_ns)
    return played.times()


def section(stamp_ns: int, sent_ns: int, count: int = 20) -> list[tuple[int, int]]:
    return [(stamp_ns + n * SECOND, sent_ns + n * SECOND) for n in range(count)]


@pytest.mark.parametrize(
    "stray_ns",
    [0, -1, -(2**31) * SECOND, (2**31 - 1) * SECOND, 2**62, 2**70, NOW - 2 * HOUR_NS,
     NOW + 3 * HOUR_NS, NOW - 40 * 365 * 24 * HOUR_NS],
)  # fmt: skip
def test_a_stamp_of_another_clock_is_a_stray(stray_ns: int) -> None:
    found = times(*section(NOW, NOW), (stray_ns, NOW + 5 * SECOND))
    assert found.sections == ((NOW, NOW + 19 * SECOND),)
    assert not found.include(stray_ns)
    assert not found.admit(stray_ns, NOW)


def test_a_stamp_and_a_log_time_of_another_century_are_strays_together() -> None:
    assert not times(*section(NOW, NOW), (0, 0)).include(0)


def test_strays_on_both_sides_and_many_of_them() -> None:
    strays = [(n, NOW + n * SECOND) for n in range(8)] + section(2**61, NOW, 8)
    assert times(*section(NOW, NOW), *strays).sections == ((NOW, NOW + 19 * SECOND),)


def test_a_pause_is_none_of_them() -> None:
    pause = 5 * HOUR_NS
    found = times(*section(NOW, NOW), *section(NOW + pause, NOW + pause, 3))
    assert len(found.sections) == 2
    assert found.include(NOW + pause + SECOND)
    assert not found.include(NOW + pause // 2)


def test_an_old_recording_that_is_played_again_is_one_performance() -> None:
    old = NOW - 3 * 365 * 24 * HOUR_NS
    slowly = [(old + n * SECOND, NOW + 10 * n * SECOND) for n in range(2_000)]
    assert times(*slowly).include(old + 1_999 * SECOND)
    assert len(times(*slowly).sections) == 1


def test_a_clock_that_is_set_while_notes_are_played_makes_no_stray() -> None:
    """A computer without a clock of its own begins in 1970; its nodes continue their stamps."""
    before = section(0, 0)
    after = [(20 * SECOND + n * SECOND, NOW + n * SECOND) for n in range(20)]
    assert len(times(*before, *after).sections) == 1


def test_without_anything_played_every_time_is_usual() -> None:
    assert times().include(0)


def test_what_was_sent_at_its_stamp_is_admitted() -> None:
    """A part begins hours before the first note."""
    assert times(*section(NOW, NOW)).admit(NOW - 3 * HOUR_NS, NOW - 3 * HOUR_NS)


@pytest.mark.parametrize("other_ns", [0, NOW - 365 * 24 * HOUR_NS, NOW - 31 * 24 * HOUR_NS])
@pytest.mark.parametrize("larger", ["now", "other"])
@pytest.mark.parametrize("is_logged", [True, False])
def test_one_clock_counts_that_of_most_notes(other_ns: int, larger: str, is_logged: bool) -> None:
    """A machine gets the time while it plays; the log has the time of its stamps, or not."""
    now = section(NOW + 30 * SECOND, NOW + 30 * SECOND, 12 if larger == "other" else 18)
    sent_ns = other_ns if is_logged else NOW
    other = section(other_ns, sent_ns, 18 if larger == "other" else 12)
    found = times(*now, *other)
    kept, left_out = (other, now) if larger == "other" else (now, other)
    assert found.sections == ((kept[0][0], kept[-1][0]),)
    assert all(found.admit(*event) for event in kept)
    assert not any(found.admit(*event) for event in left_out)


def test_of_two_groups_of_one_size_that_which_was_sent_at_its_stamps_counts() -> None:
    assert times(*section(NOW, NOW), *section(0, NOW)).sections[0][0] == NOW


def test_beside_a_replayed_performance_nothing_of_now_is_admitted() -> None:
    old = NOW - 365 * 24 * HOUR_NS
    found = times(*section(old, NOW))
    assert found.admit(old - 1_000 * SECOND, NOW)
    assert not found.admit(NOW, NOW)
