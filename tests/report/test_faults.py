"""Faults, told from counters that begin anew with every run."""

from __future__ import annotations

from descant.report.bag_data import load_bag
from descant.report.faults import faults
from support.reporting import faulty, played


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
