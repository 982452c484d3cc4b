# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

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
from support.bags import NOTES, START_NS, message, notes_bag, topic
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


def _stamped(folder, *groups):
    """A bag with groups of (number of notes, stamp and time of sending of the first)."""
    writer, number = BagWriter(folder), 0
    writer.add_topic(NOTES)
    for count, stamp_ns, sent_ns in groups:
        for n in range(count):
            kind = {"kind": 1 - n % 2, "id": number // 2, "key": 60, "velocity": 64}
            kind["velocity_14bit"] = 8192 * (1 - n % 2)
            data = message("NoteEvent", stamp=stamp_ns + n * NANOSECONDS, **kind)
            sent = sent_ns + n * NANOSECONDS
            writer.write("/notes", sent, sent, data)
            number += 1
    writer.close()
    return writer.folder


@pytest.mark.parametrize(
    ("groups", "left_out"),
    [
        ([(20, 0, START_NS)], 0),
        ([(20, 0, 0), (30, START_NS, START_NS)], 20),
        ([(30, 0, START_NS), (20, START_NS + 30 * NANOSECONDS, START_NS + 30 * NANOSECONDS)], 20),
        ([(20, START_NS - 31_536_000 * NANOSECONDS, START_NS)], 0),
    ],
    ids=["all of 1970", "clock set", "stamps of 1970", "replayed after a year"],
)
def test_times_of_another_clock_lengthen_nothing(tmp_path, groups, left_out):
    analysis = analyse(load_bag(_stamped(tmp_path / "b", *groups)))
    assert len(analysis.series.dissonance) < 2_000
    assert 0.0 <= analysis.notes.start[0] < 60.0
    remarks = [line for line in analysis.data.damage if "another clock" in line]
    assert [f"{left_out} of /notes" in line for line in remarks] == [True] * bool(left_out)


def test_a_pause_of_a_month_is_computed_in_coarser_steps(tmp_path):
    pause_ns = 29 * 86_400 * NANOSECONDS
    groups = [(20, START_NS, START_NS), (10, START_NS + pause_ns, START_NS + pause_ns)]
    analysis = analyse(load_bag(_stamped(tmp_path / "b", *groups)))
    assert len(analysis.notes.start) == 15
    assert len(analysis.series.dissonance) < 500_000
    assert "696 h long: dissonance is computed every 5.8 s only" in analysis.data.damage


def test_a_bag_without_notes_is_said_to_be_one(tmp_path):
    writer = BagWriter(tmp_path / "b")
    writer.add_topic(topic("/cue", "Cue"))
    writer.write("/cue", START_NS, START_NS, message("Cue", stamp=START_NS, word="panic"))
    writer.close()
    with pytest.raises(UserError, match="nothing to report: no note in this bag"):
        load_bag(tmp_path / "b")
