"""A bag in memory."""

from __future__ import annotations

import pytest

from descant.bags.reader import read
from descant.bags.writer import BagWriter
from descant.errors import UserError
from descant.report.analysis import analyse
from descant.report.bag_data import load_bag
from descant.report.output import write_page
from descant.types import NANOSECONDS
from support.bags import START_NS, message, notes_bag, topic
from support.latecomers import joined_at, rewritten
from support.reporting import played

pytestmark = pytest.mark.slow


def test_the_recording_is_that_of_the_ordinary_reader(tmp_path):
    bag = played(tmp_path / "b", 60)
    data, recording = load_bag(bag).recording, read(bag)
    assert sorted(data.notes, key=lambda n: (n.id, not n.on)) == sorted(
        recording.notes, key=lambda n: (n.id, not n.on)
    )
    assert data.pedals == recording.pedals
    assert data.states == recording.states
    assert len(data.states) > 20


def test_notes_that_are_in_blocks_alone_are_reported(tmp_path):
    whole = played(tmp_path / "whole", 200)
    late = load_bag(rewritten(tmp_path / "late", joined_at(whole, START_NS + 25 * NANOSECONDS)))
    assert late.recording.notes == load_bag(whole).recording.notes
    assert late.recording.pedals == load_bag(whole).recording.pedals
    assert late.damage == ()
    assert late.columns["notes"]["onset"][0] < 0.0  # before the recorder came
    assert write_page([analyse(late)], tmp_path / "page.html") > 0


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    data = load_bag(notes_bag(tmp_path / "b", 50, flush_every=10, finish=False))
    assert data.damage == ("b_0.mcap: it was cut off",)
    assert len(data.columns["notes"]["id"]) == 50


def test_a_bag_without_notes_is_said_to_be_one(tmp_path):
    writer = BagWriter(tmp_path / "b")
    writer.add_topic(topic("/cue", "Cue"))
    writer.write("/cue", START_NS, START_NS, message("Cue", stamp=START_NS, word="panic"))
    writer.close()
    with pytest.raises(UserError, match="nothing to report: no note in this bag"):
        load_bag(tmp_path / "b")
