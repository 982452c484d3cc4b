# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Levels and thresholds of the diagnostics, and what stands of them elsewhere."""

from __future__ import annotations

import math
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from descant import topics
from descant.bags.progress import Phase
from descant.camera.picture_source import CameraStatus
from descant.diagnostics import (
    MEASURES,
    STATUSES,
    WINDOW_S,
    Level,
    Measure,
    Status,
    Window,
    markdown,
    statuses,
)
from descant.piano.connection import PianoStatus
from descant.synth.live import SinkStatus

ROOT = Path(__file__).parents[1]
PIANO = {"status": 1, "source": "port:X", "port": "X MIDI 1", "message": "plays", "held": 0}
SYNTH = {"status": 1, "sink": "jack", "message": "sounds", "gain_reduction": 0.0, "voices": 3,
         "pool": 64, "stolen": 0, "late_events": 0, "restarts": 0, "gaps": 0,
         "xruns": 0}  # fmt: skip
CAMERA = {"status": 1, "source": "device:0", "message": "sees", "frame_rate": 30.0, "rate": 30.0}
STAGE = {"canvas": "window, GL", "frame_rate": 60.0, "wanted": 60.0, "dropped": 0,
         "camera_age": 0.03, "camera_delay": 40.0}  # fmt: skip
RECORDER = {"status": 0, "disk": "disk of /bags", "message": "", "bytes": 0, "dropped": 0,
            "free_bytes": 10**12, "reserve": 10**9, "queued": 0, "queue": 10**8}  # fmt: skip
STATES = {"piano": PIANO, "synth": SYNTH, "camera": CAMERA, "stage": STAGE, "recorder": RECORDER,
          "learner": {"diverged": 0, "loss": 0.5}, "conductor": {"part": 2}}  # fmt: skip


def after(node: str, seconds: float = 6.0, **changes: Any) -> dict[str, Status]:
    """Statuses, by name, of a node whose state changes after a second and stays so."""
    window = Window()
    window.add(0.0, STATES[node])
    for second in range(1, 1 + int(seconds)):
        window.add(float(second), STATES[node] | changes)
    return {status.name: status for status in statuses(node, window)}


@pytest.mark.parametrize("node", STATES)
def test_a_node_without_a_fault_is_ok(node: str) -> None:
    found = after(node)
    assert [f"{node}: {name}" for name in found] == [n for n in STATUSES if n.startswith(node)]
    assert {status.level for status in found.values()} == {Level.OK}


FAULTS: list[tuple[str, str, dict[str, Any], Level, str]] = [
    ("piano", "input", {"status": 0, "port": ""}, Level.WARN, "plays"),
    ("piano", "input", {"status": 2, "message": "X is gone"}, Level.ERROR, "X is gone"),
    ("piano", "input", {"status": 3}, Level.OK, "plays"),
    ("piano", "input", {"status": 9, "message": ""}, Level.ERROR, "status 9"),
    ("synth", "sound", {"status": 2, "message": "no JACK"}, Level.ERROR, "no JACK"),
    ("synth", "sound", {"gain_reduction": 7.0}, Level.WARN, "gain reduction: 7 dB"),
    ("synth", "sound", {"restarts": 4}, Level.ERROR, "sink restarts: 4"),
    ("synth", "notes", {"late_events": 4}, Level.OK, "OK"),
    ("synth", "notes", {"late_events": 5}, Level.WARN, "late notes: 5"),
    ("synth", "notes", {"late_events": 50, "stolen": 1}, Level.ERROR,
     "late notes: 50; stolen voices: 1"),
    ("synth", "notes", {"voices": 58}, Level.WARN, "voices used: 90.62 %"),
    ("synth", "notes", {"voices": 64}, Level.ERROR, "voices used: 100 %"),
    ("camera", "pictures", {"status": 2, "message": "frozen", "frame_rate": 0.0}, Level.ERROR,
     "frozen"),
    ("stage", "frames", {"frame_rate": 60.0}, Level.OK, "OK"),
    ("stage", "camera picture", {"dropped": 30}, Level.WARN, "dropped pictures: 30"),
    ("stage", "camera picture", {"camera_age": 1.2}, Level.WARN, "picture age: 1.2 s"),
    ("stage", "camera picture", {"camera_age": 7.0}, Level.STALE, "picture age: 7 s"),
    ("stage", "camera picture", {"camera_age": math.nan, "camera_delay": math.nan}, Level.OK, "OK"),
    ("stage", "camera picture", {"camera_delay": 200.0}, Level.WARN, "picture delay: 200 ms"),
    ("recorder", "bag", {"status": 2, "message": "disk full"}, Level.ERROR, "disk full"),
    ("recorder", "bag", {"dropped": 1}, Level.WARN, "dropped messages: 1"),
    ("recorder", "bag", {"queued": 6 * 10**7}, Level.ERROR, "queue: 60 %"),
    ("recorder", "disk", {"bytes": 6 * 10**8, "free_bytes": 10**11}, Level.WARN,
     "time left: 16.5 min"),
    ("recorder", "disk", {"bytes": 6 * 10**8, "free_bytes": 9 * 10**8}, Level.ERROR,
     "time left: 0 min"),
    ("learner", "learning", {"diverged": 1}, Level.WARN, "diverged attempts: 1"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "name", "changes", "level", "message"), FAULTS)
def test_a_fault_has_a_level_and_a_reason(
    node: str, name: str, changes: dict[str, Any], level: Level, message: str
) -> None:
    found = after(node, **changes)
    assert (found[name].level, found[name].message) == (level, message)
    others = {status.level for other, status in found.items() if other != name}
    assert others <= {Level.OK}


@pytest.mark.parametrize(("node", "name"), [("camera", "pictures"), ("stage", "frames")])
def test_a_rate_is_judged_once_it_was_measured_for_long(node: str, name: str) -> None:
    window = Window()
    levels = []
    for second in range(12):
        window.add(float(second), STATES[node] | {"frame_rate": 1.0})
        levels.append({s.name: s for s in statuses(node, window)}[name].level)
    assert levels == [Level.OK] * 5 + [Level.ERROR] * 7
    window.add(12.0, STATES[node])
    assert statuses(node, window)[0].level is Level.OK


@pytest.mark.parametrize("status", [0, 2, 3])
def test_the_rate_of_a_camera_that_does_not_see_is_no_fault_of_its_own(status: int) -> None:
    """Nor for a while after: its first second has few pictures."""
    window = Window()
    for second in range(12):
        window.add(float(second), CAMERA | {"status": status, "frame_rate": 0.0})
    assert "rate" not in statuses("camera", window)[0].message
    for second in range(5):
        window.add(12.0 + second, CAMERA | {"frame_rate": 0.0})
        assert statuses("camera", window)[0].level is Level.OK
    window.add(18.0, CAMERA | {"frame_rate": 0.0})
    assert statuses("camera", window)[0].level is Level.ERROR


def test_what_is_over_is_forgotten() -> None:
    window = Window()
    window.add(0.0, SYNTH)
    levels = []
    for second in range(1, 15):
        window.add(float(second), SYNTH | {"late_events": 6})
        levels.append(statuses("synth", window)[1].level)
    assert levels == [Level.WARN] * int(WINDOW_S) + [Level.OK] * 4


def test_values_have_the_state_and_what_is_measured() -> None:
    sound, notes = after("synth", voices=16).values()
    assert (sound.values["voices"], sound.values["gain reduction"]) == ("16", "0 dB")
    assert notes.values == {"late notes": "0", "stolen voices": "0", "voices used": "25 %"}
    assert sound.hardware == notes.hardware == "jack"
    assert after("piano", port="")["input"].hardware == "port:X"


@pytest.mark.parametrize("node", STATES)
def test_before_the_first_state_there_is_a_status_too(node: str) -> None:
    found = statuses(node, None)
    assert [s.name for s in found] == list(after(node))
    assert all(s.message and s.level in (Level.OK, Level.WARN) for s in found)


@given(st.floats(allow_infinity=False, width=32))
def test_a_level_never_falls_as_a_value_gets_worse(value: float) -> None:
    for measure in MEASURES.values():
        bad = -1.0 if measure.below else 1.0
        assert measure.level(value) in (Level.OK, Level.WARN, measure.worst)
        if not math.isnan(value):
            assert measure.level(value + bad * abs(value)) >= measure.level(value)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_every_measure_has_its_status_and_two_bounds(measure: Measure) -> None:
    assert measure.status in STATUSES
    assert measure.warn != measure.error
    assert measure.level(measure.warn) is Level.WARN
    assert measure.level(measure.error) is measure.worst
    assert measure.level(math.nan) is Level.OK


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("piano: input", PianoStatus),
        ("camera: pictures", CameraStatus),
        ("synth: sound", SinkStatus),
        ("recorder: bag", Phase),
    ],
)
def test_the_statuses_are_those_of_the_messages(name: str, numbers: type[IntEnum]) -> None:
    assert list(STATUSES[name].levels) == [status.name.lower() for status in numbers]
    assert [int(status) for status in numbers] == list(range(len(numbers)))


def test_every_node_of_the_topic_has_a_status() -> None:
    kinds = {node.removesuffix("_standby") for node in topics.DIAGNOSTICS.publishers}
    assert {name.partition(": ")[0] for name in STATUSES} == kinds


def test_the_page_has_the_tables_of_the_code() -> None:
    page = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    begin, end = "<!-- checked: diagnostics -->\n", "\n<!-- end -->"
    assert page.partition(begin)[2].partition(end)[0] == markdown()


def test_every_status_is_in_one_group_of_the_aggregator() -> None:
    document = yaml.safe_load((ROOT / "config" / "diagnostics.yaml").read_text(encoding="utf-8"))
    [(scope, body)] = document.items()
    analyzers = {k: v for k, v in body["ros__parameters"].items() if isinstance(v, dict)}
    assert scope == "/**"
    for analyzer in analyzers.values():
        assert analyzer.keys() == {"type", "path", "contains", "timeout"}
        assert analyzer["type"] == "diagnostic_aggregator/GenericAnalyzer"
    for name in [*STATUSES, "replay: input"]:
        for space in ("/", "/hall_a/"):
            groups = [
                g for g, a in analyzers.items() if any(c in space + name for c in a["contains"])
            ]
            assert groups == [name.partition(": ")[0].replace("replay", "piano")]
