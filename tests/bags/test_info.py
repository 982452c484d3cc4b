# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What `info` says of whole and broken bags."""

from pathlib import Path

from descant.bags.info import info
from support.bags import NOTES, START_NS, mcap_of, notes_bag, time_ns


def test_a_whole_bag(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 1_001)
    found = info(bag)
    assert found.topics == {NOTES: 1_001}
    assert (found.start_ns, found.end_ns) == (START_NS, time_ns(1_000))
    assert found.duration_ns == 1_000_000_000
    assert found.bytes == mcap_of(bag).stat().st_size
    assert found.damage == ()
    assert not found.recording


def test_a_bag_that_was_cut_off_is_counted_as_far_as_it_goes(tmp_path: Path) -> None:
    found = info(notes_bag(tmp_path / "show", 250, finish=False))
    assert found.messages == 200
    assert found.damage[0] == "show_0.mcap: it was cut off"


def test_a_bag_without_messages_has_no_times(tmp_path: Path) -> None:
    found = info(notes_bag(tmp_path / "show", 0))
    assert (found.start_ns, found.duration_ns, found.damage) == (None, 0, ())
