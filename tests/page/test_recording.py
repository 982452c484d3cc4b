# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording as data of the page: complete, small, exact, and one line where it cannot be."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from descant.bags.reader import read
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.page import recording as module
from descant.page.recording import recording_data
from descant.page.recording_attempts import read_attempts
from support.bags import mcap_of, notes_bag
from support.performed import performed_bag, strokes

BAGS = sorted((Path(__file__).parents[1] / "recordings").glob("0.*/*"))


def numbers(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.mark.parametrize("bag", BAGS, ids=lambda bag: f"{bag.parent.name}-{bag.name}")
def test_a_former_recording_is_whole(bag):
    recording, data = read(bag), json.loads(json.dumps(recording_data(bag)))
    states = [entry.state for entry in recording.states]
    assert len(json.dumps(data)) < 20_000
    assert (data["stride"], data["remarks"], data["title"]) == (1, [], bag.name)
    assert data["date"].startswith("2026-11-30T")
    assert len(numbers(data["notes"]["key"], "u1")) == sum(note.on for note in recording.notes)
    assert len(numbers(data["pedals"]["value"], "u1")) == len(recording.pedals)
    np.testing.assert_array_equal(numbers(data["states"]["step"], "<u4"), [s.step for s in states])
    np.testing.assert_allclose(numbers(data["states"]["loss"], "<f4"), [s.loss for s in states])
    assert [part["number"] for part in data["parts"]] == [part.number for part in recording.parts]
    assert all(part["title"] for part in data["parts"])
    assert numbers(data["dissonance"]["values"], "<u2").max() == 65_535


@pytest.mark.parametrize("bag", BAGS, ids=lambda bag: f"{bag.parent.name}-{bag.name}")
def test_seed_and_settings_give_all_its_attempts_again(bag):
    attempts = read_attempts(read(bag))
    assert attempts
    assert all(attempt.computed for attempt in attempts)
    assert recording_data(bag)["stored"] == {}


def test_settings_that_changed_within_an_attempt_are_kept():
    (bag,) = (bag for bag in BAGS if bag.name == "parameters_changed")
    attempts = read_attempts(read(bag))
    changed = max(range(len(attempts)), key=lambda number: len(attempts[number].changes))
    changes = attempts[changed].changes
    assert [step for step, _ in changes] == sorted(step for step, _ in changes)
    assert len({settings.learning_rate for _, settings in changes}) == 3
    kept = [step for number, step, _ in recording_data(bag)["changes"] if number == changed]
    assert kept == [step for step, _ in changes]


def test_an_attempt_that_comes_out_otherwise_is_stored(monkeypatch):
    recording = read(BAGS[0])
    wrong = replace(recording.states[0], state=recording.states[0].state._replace(loss=9.0))
    other = replace(recording, states=(wrong, *recording.states[1:]))
    monkeypatch.setattr(module, "read", lambda path, namespace: other)
    stored = recording_data(BAGS[0])["stored"]
    assert list(stored) == [0]
    attempt = read_attempts(other)[0]
    assert numbers(stored[0]["loss"], "<f8").tolist() == [s.loss for s in attempt.states]
    assert numbers(stored[0]["theta"], "<f8").tolist() == [
        v for s in attempt.states for v in s.theta
    ]
    assert stored[0]["names"]


def test_without_the_settings_everything_is_stored(monkeypatch):
    other = replace(read(BAGS[0]), settings=())
    monkeypatch.setattr(module, "read", lambda path, namespace: other)
    assert list(recording_data(BAGS[0])["stored"]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("field", ["attempt", "step"])
def test_numbers_that_no_performance_has_are_not_computed_up_to(monkeypatch, field):
    recording = read(BAGS[0])
    first = recording.states[0]
    far = replace(first, state=first.state._replace(**{field: 2**32 - 1}))
    other = replace(recording, states=(far, *recording.states[1:]))
    monkeypatch.setattr(module, "read", lambda path, namespace: other)
    assert recording_data(BAGS[0])["stored"]


def test_what_the_page_cannot_compute_is_stored(tmp_path):
    settings = LearnerSettings(optimiser="lbfgs", arithmetic=1)
    bag = performed_bag(tmp_path / "night", strokes(60), settings, devices=False)
    data = recording_data(bag)
    assert len(data["stored"]) == len(numbers(data["attempts"]["first"], "<u4"))


@pytest.mark.slow
def test_half_an_hour_stays_below_a_megabyte(tmp_path):
    """Three minutes of ten notes a second, which is more than a virtuoso's mean."""
    conductor = ConductorSettings()
    bag = performed_bag(tmp_path / "night", strokes(1_800), conductor=conductor, devices=False)
    data = recording_data(bag)
    assert data["duration"] == pytest.approx(180, abs=1)
    assert 10 * len(json.dumps(data)) < module.MOST_CHARACTERS


def test_a_long_night_is_thinned_but_keeps_its_episodes(tmp_path, monkeypatch):
    bag = performed_bag(tmp_path / "night", strokes(600), devices=False)
    whole = recording_data(bag)
    monkeypatch.setattr(module, "MOST_CHARACTERS", len(json.dumps(whole)) - 2_000)
    thinned = recording_data(bag)
    assert thinned["stride"] == 2
    assert len(json.dumps(thinned)) < len(json.dumps(whole))
    for name in ("number", "seed", "loss"):
        assert thinned["attempts"][name] == whole["attempts"][name]
    steps, every = (numbers(d["states"]["step"], "<u4") for d in (thinned, whole))
    ends, all_ends = (
        [*(numbers(d["attempts"]["first"], "<u4")[1:] - 1), -1] for d in (thinned, whole)
    )
    assert steps[ends].tolist() == every[all_ends].tolist()


def test_a_recording_that_was_cut_off_is_shown_as_far_as_it_goes(tmp_path):
    (whole,) = (bag for bag in BAGS if bag.name == "parameters_changed")
    bag = tmp_path / "cut"
    shutil.copytree(whole, bag)
    file = mcap_of(bag)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    data = recording_data(bag)
    assert len(data["remarks"]) == 1
    assert "damaged or was cut off" in data["remarks"][0]
    assert 0 < data["duration"] < recording_data(whole)["duration"]


def test_what_is_no_night_is_said_in_one_line(tmp_path):
    with pytest.raises(UserError, match=r"^no bag .*tonight"):
        recording_data(tmp_path / "tonight")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"is not a bag: no \.mcap file in it"):
        recording_data(tmp_path / "empty")
    silent = notes_bag(tmp_path / "silent", 3)
    with pytest.raises(UserError, match=r"silent: nothing to show in the page: no learning in"):
        recording_data(silent)
    nothing = notes_bag(tmp_path / "nothing", 0)
    with pytest.raises(UserError, match=r"nothing: no Descant topics in this bag"):
        recording_data(nothing)
