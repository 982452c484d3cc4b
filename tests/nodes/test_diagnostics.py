# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""/diagnostics of real nodes: every node reports, and levels change with what happens to it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

from descant import topics
from descant.bags.reader import messages
from descant.decoding import stamp_ns
from descant.diagnostics import STATUSES, Level
from descant.nodes.common.conversion import to_note_event
from descant.types import NANOSECONDS, Note
from support.graph import domain_id, graph_environment
from support.midifiles import write_midi_file
from support.mjpeg import network_camera
from support.node import Listener, listener, node
from support.performed import performed_bag, strokes

pytestmark = pytest.mark.graph
DESCANT = Path(sys.executable).with_name("descant")
SMALL = {"width": 320, "height": 180}
CAMERA_SMALL = {**SMALL, "source": "keyboard"}


class Monitor:
    """What a monitor of /diagnostics has: the newest status of each name."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.arrays: list[DiagnosticArray] = ears.collect(topics.DIAGNOSTICS)

    def statuses(self) -> dict[str, DiagnosticStatus]:
        return {status.name: status for array in self.arrays for status in array.status}

    def of(self, node: str) -> list[DiagnosticArray]:
        """What nodes of this name sent."""
        return [array for array in self.arrays if node in array.status[0].name]

    def sees(self, name: str, level: Level, text: str = "") -> dict[str, str]:
        """Wait for a level, and return its values."""

        def there() -> bool:
            status = self.statuses().get(name)
            return bool(status and status.level[0] == level and text in status.message)

        try:
            self.ears.wait(there, f"{name} {level.name} {text!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}; the last is {self.statuses().get(name)}") from None
        return {pair.key: pair.value for pair in self.statuses()[name].values}


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def monitor(domain: int) -> Iterator[Monitor]:
    with listener(domain) as ears:
        yield Monitor(ears)


def test_every_node_reports_by_its_full_name_and_the_bag_has_it(
    domain: int, monitor: Monitor, tmp_path: Path
) -> None:
    space = ("-r", "__ns:=/hall_a")
    tune = write_midi_file(tmp_path / "tune.mid", [[(0.0, (0x90, 40, 80)), (30.0, (0x80, 40, 0))]])
    show: dict[str, dict[str, Any]] = {
        "recorder": {"bag": tmp_path / "bag", "reserve": 1},
        "conductor": {},
        "learner": {},
        "synth": {"sink": "none"},
        "camera": CAMERA_SMALL,
        "stage": {**SMALL, "canvas": "offscreen"},
        "piano": {"source": f"file:{tune}"},
    }
    expected = {f"/hall_a/{name}" for name in STATUSES}
    with contextlib.ExitStack() as stack:
        nodes = {n: stack.enter_context(node(n, domain, p, *space)) for n, p in show.items()}
        monitor.ears.wait(lambda: set(monitor.statuses()) >= expected, "all nodes' statuses")
        assert set(monitor.statuses()) == expected
        monitor.sees("/hall_a/piano: input", Level.OK)
        monitor.sees("/hall_a/conductor: part", Level.OK)
        camera = "/hall_a/camera: pictures"
        monitor.ears.wait(lambda: bool(monitor.statuses()[camera].hardware_id), "its pictures")
        hardware = {name: status.hardware_id for name, status in monitor.statuses().items()}
        assert hardware["/hall_a/piano: input"].endswith("tune.mid")
        assert hardware["/hall_a/synth: sound"] == "none"
        assert hardware[camera] == "keyboard"
        assert hardware["/hall_a/recorder: disk"] == f"disk of {tmp_path}"
        monitor.ears.wait(lambda: len(monitor.of("piano")) >= 4, "four seconds of the piano")
        for each in reversed(nodes.values()):
            assert each.stop() == 0
    recorded = [m.decode() for m in messages(tmp_path / "bag", topics={"/diagnostics"})]
    assert {s.name for array in recorded for s in array.status} == expected
    stamps = [stamp_ns(array) / NANOSECONDS for array in monitor.of("piano")]
    assert 0.5 < (stamps[-1] - stamps[0]) / (len(stamps) - 1) < 2.0, "once a second"


def test_a_camera_that_is_unplugged_is_an_error_until_it_is_back(
    domain: int, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # FFmpeg would go through a proxy
    name = "/camera: pictures"
    with network_camera() as camera:
        port = camera.port
        # Few pictures are wanted: a busy machine must not be too slow for them.
        with node("camera", domain, {**SMALL, "source": f"url:{camera.url}", "rate": 5.0}):
            monitor.sees(name, Level.OK)
            camera.close()
            monitor.sees(name, Level.ERROR)
            with network_camera(port=port):
                monitor.sees(name, Level.OK)


def test_a_port_that_is_not_there_is_a_warning(domain: int, monitor: Monitor) -> None:
    with node("piano", domain, {"source": "port:No such piano"}):
        monitor.sees("/piano: input", Level.WARN, "waiting for port:No such piano")
        assert monitor.statuses()["/piano: input"].hardware_id == "port:No such piano"


def test_a_sink_that_cannot_be_opened_is_an_error(domain: int, monitor: Monitor) -> None:
    with node("synth", domain, {"sink": "jack"}):
        values = monitor.sees("/synth: sound", Level.ERROR, "no sound: ")
        assert values["sink restarts"] == "0"


def test_late_notes_and_a_full_pool_are_told_and_forgotten(domain: int, monitor: Monitor) -> None:
    with node("synth", domain, {"sink": "none", "voices": 8, "decay_treble": 60.0}):
        monitor.sees("/synth: notes", Level.OK)
        notes = monitor.ears.publisher(topics.NOTES)
        monitor.ears.wait(lambda: notes.get_subscription_count() > 0, "the synth on /notes")
        for number in range(8):
            late = Note(time.time_ns() - 200_000_000, number + 1, True, 60 + number, 80, 80 << 7)
            notes.publish(to_note_event(late))
        values = monitor.sees("/synth: notes", Level.ERROR, "late notes: 8; voices used: 100 %")
        assert values["voices used"] == "100 %"
        for number in range(8):
            off = Note(time.time_ns(), number + 1, False, 60 + number, 64, 64 << 7)
            notes.publish(to_note_event(off))
        monitor.sees("/synth: notes", Level.OK)


def test_a_conductor_waits_for_a_learner_and_then_has_a_part(domain: int, monitor: Monitor) -> None:
    with node("conductor", domain):
        monitor.sees("/conductor: part", Level.WARN, "no part has begun")
        values = monitor.sees("/conductor: part", Level.OK)
        assert (values["part"], values["cause"]) == ("1", "launch")


def test_a_replay_reports_as_a_piano_does(domain: int, monitor: Monitor, tmp_path: Path) -> None:
    bag = performed_bag(tmp_path / "bag", strokes(200))
    child = subprocess.Popen(
        [DESCANT, "replay", bag], env=graph_environment(domain), stdout=subprocess.DEVNULL
    )
    try:
        monitor.ears.wait(lambda: "/replay: input" in monitor.statuses(), "the replay's status")
    finally:
        child.kill()
        child.wait()
