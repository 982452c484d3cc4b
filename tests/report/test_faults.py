# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Faults, told from counters that begin anew with every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from descant.bags.writer import BagWriter
from descant.report.bag_data import load_bag
from descant.report.faults import faults
from descant.types import NANOSECONDS
from support.bags import NOTES, START_NS, message, note, topic
from support.reporting import faulty, played

RECORDINGS = Path(__file__).parents[1] / "recordings"
BEFORE_COUNTING = [RECORDINGS / version for version in ("0.1", "0.2", "0.3", "0.4")]


def test_counters_are_counted_over_the_restart_of_their_node(tmp_path):
    found = {fault.kind: fault for fault in faults(load_bag(faulty(tmp_path / "b")))}
    assert (found["late notes"].count, found["late notes"].times) == (3, (2.0, 6.0))
    assert (found["sound lost"].count, found["sound lost"].times) == (1, (3.0,))
    assert found["sound restarts"].count == 1
    assert "camera lost" not in found  # there was no camera


def test_a_recording_without_faults_names_what_could_have_happened(tmp_path):
    found = faults(load_bag(played(tmp_path / "b", 30)))
    assert {"late notes", "dropped pictures", "learner restarts"} <= {f.kind for f in found}
    assert sum(fault.count for fault in found) == 0


def test_messages_that_are_missing_in_the_bag_are_a_fault(tmp_path):
    """As the recorder counts them; the counter begins anew with a recorder that was restarted."""
    writer = BagWriter(tmp_path / "b")
    for each in (NOTES, topic("/hall_a/recorder_state", "RecorderState")):
        writer.add_topic(each)
    writer.write("/notes", START_NS, START_NS, note(1))
    for second, dropped in enumerate((0, 5, 5, 2), start=1):
        time_ns = START_NS + second * NANOSECONDS
        state = message("RecorderState", stamp=time_ns, dropped=dropped)
        writer.write("/hall_a/recorder_state", time_ns, time_ns, state)
    writer.close()
    [found] = [fault for fault in faults(load_bag(writer.folder)) if "missing" in fault.kind]
    assert (found.times, found.amounts) == ((2.0, 4.0), (5, 2))


@pytest.mark.parametrize("version", BEFORE_COUNTING, ids=lambda version: version.name)
def test_recorders_that_did_not_count_are_not_said_to_have_lost_nothing(version):
    data = load_bag(min(path.parent for path in version.glob("*/metadata.yaml")))
    assert set(data.columns["recorder_states"]["dropped"]) <= {None}
    assert "missing messages" not in {fault.kind for fault in faults(data)}
    assert not [line for line in data.damage if "recorder_state" in line]
