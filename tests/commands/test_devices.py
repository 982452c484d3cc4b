# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant devices` beside a real JACK server and without one."""

import json
import os
import re
import subprocess
import sys

import pytest

from descant.camera.devices import CameraDevice
from descant.commands import devices
from descant.commands.devices import Device, Findings
from support.fake_piano import fake_piano
from support.jack import jack_server, needs_jack


def run_devices(*arguments, environment=None):
    return subprocess.run(
        [sys.executable, "-m", "descant.cli", "devices", *arguments],
        env=environment or {**os.environ, "JACK_DEFAULT_SERVER": "descant-test-none"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


@needs_jack
@pytest.mark.jack
def test_the_piano_and_the_outputs_of_jack_are_listed_and_marked():
    with jack_server(sample_rate=44_100, period=128) as jack:
        with fake_piano(jack.environment) as piano:
            run = run_devices("--json", environment=jack.environment)
        found = json.loads(run.stdout)
    (port,) = [d for d in found["midi"]["devices"] if d["system"] == "jack"]
    assert port["name"].endswith(f":{piano.port}")
    assert port["chosen"]
    outputs = [d for d in found["sound"]["devices"] if d["system"] == "jack"]
    assert [d["name"] for d in outputs] == ["system:playback_1", "system:playback_2"]
    assert outputs[0]["details"] == "44100 Hz, 128 frames a period, not real time"
    assert [d["chosen"] for d in outputs] == [True, True]  # left and right
    assert run.stderr == ""


def test_missing_devices_are_clear_lines_without_output_of_libraries():
    run = run_devices()
    assert "no jack: JACK server not running" in run.stdout
    assert re.search(r"computes sound gets (SCHED_FIFO \d+|no real-time priority)", run.stdout)
    assert run.stderr == ""
    for title in ("MIDI ports", "Sound outputs", "Cameras"):
        assert title in run.stdout


def test_without_devices_each_kind_has_advice(monkeypatch):
    monkeypatch.setattr(devices, "backends", lambda: [])
    monkeypatch.setattr(devices, "_jack_outputs", lambda: ([], []))
    monkeypatch.setattr(devices, "_portaudio_outputs", lambda *, choose: ([], []))
    monkeypatch.setattr(devices, "list_devices", list)
    assert "piano:=file:" in devices.midi_ports().remarks[-1]
    assert "sound:=wav:" in devices.sound_outputs().remarks[-1]
    assert "camera:=keyboard" in devices.cameras().remarks[-1]


class FakeClient:
    def __init__(self, system):
        self.system = system

    def names(self):
        return {"alsa": ["Midi Through 14:0"], "jack": ["b", "a"]}[self.system]

    def close(self):
        pass


def test_the_first_port_of_the_first_system_that_has_a_piano_is_marked(monkeypatch):
    monkeypatch.setattr(devices, "backends", lambda: ["alsa", "jack"])
    monkeypatch.setattr(devices, "PortClient", FakeClient)
    assert devices.midi_ports() == Findings(
        (
            Device("alsa", "Midi Through 14:0"),
            Device("jack", "a", chosen=True),
            Device("jack", "b"),
        )
    )


class FakeVideo:
    """OpenCV with one camera that works."""

    CAP_PROP_FRAME_WIDTH, CAP_PROP_FRAME_HEIGHT, CAP_PROP_FPS = 3, 4, 5

    class VideoCapture:
        def __init__(self, address):
            self.works = address == "/dev/video2"

        def read(self):
            import numpy as np

            return self.works, np.zeros((720, 1280, 3)) if self.works else None

        def get(self, what):
            return {3: 1280.0, 4: 720.0, 5: 30.0}[what]

        def release(self):
            pass


def test_a_camera_without_a_picture_is_passed_over(monkeypatch):
    found = [CameraDevice("/dev/video0", "metadata"), CameraDevice("/dev/video2", "Lumix")]
    monkeypatch.setattr(devices, "list_devices", lambda: found)
    monkeypatch.setitem(sys.modules, "cv2", FakeVideo)
    assert devices.cameras() == Findings(
        (Device("camera", "/dev/video2 (Lumix)", "1280x720, 30 pictures a second", chosen=True),),
        ("/dev/video0 (metadata) gives no picture",),
    )
