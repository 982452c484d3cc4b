# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant devices`: list MIDI ports, sound outputs and cameras, and the choice of 'auto'."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
from dataclasses import dataclass
from typing import Any

import click

from descant.camera import opencv
from descant.camera.devices import list_devices, probe
from descant.console import print_table
from descant.errors import UserError
from descant.piano.midiports import PortClient, backends, matching
from descant.piano.settings import parse_midi_source
from descant.stderr import silenced_stderr
from descant.streams import print_text
from descant.synth.sinks.scheduling import probe_real_time

PROBE_CLIENT = f"descant-devices-{os.getpid()}"


@dataclass(frozen=True)
class Device:
    """One device: the `system` that lists it, details, and whether 'auto' chooses it."""

    system: str
    name: str
    details: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Findings:
    """The devices of one kind, and remarks: what is missing, and what to do about it."""

    devices: tuple[Device, ...]
    remarks: tuple[str, ...] = ()


def midi_ports() -> Findings:
    """Return the MIDI input ports of every system; 'auto' chooses the first that is a device."""
    devices: list[Device] = []
    remarks: list[str] = []
    found = False
    try:
        systems = backends()
    except UserError as error:
        return Findings((), (str(error),))
    for system in systems:
        try:
            client = PortClient(system)
        except OSError as error:
            remarks.append(f"no {system}: {error}")
            continue
        names = sorted(client.names())
        client.close()
        first = next(iter(matching(names, parse_midi_source("auto"))), None)
        chosen = None if found else first
        found = found or first is not None
        devices += [Device(system, name, chosen=name == chosen) for name in names]
    if not found:
        remarks.append("no piano: connect one, or use piano:=file:SHOW.mid")
    return Findings(tuple(devices), tuple(remarks))


def sound_outputs() -> Findings:
    """Return JACK playback ports, then PortAudio outputs, in the order the synth tries them."""
    jack, jack_remarks = _jack_outputs()
    portaudio, portaudio_remarks = _portaudio_outputs(choose=not jack)
    remarks = [*jack_remarks, *portaudio_remarks]
    remarks.append(f"the thread that computes sound gets {probe_real_time()} (docs/sound.md)")
    if not jack and not portaudio:
        remarks.append("no sound output: start JACK, or use sound:=wav:FILE.wav")
    return Findings((*jack, *portaudio), tuple(remarks))


def _jack_outputs() -> tuple[list[Device], list[str]]:
    try:
        jack = importlib.import_module("jack")
    except (ImportError, OSError):
        return [], ["no jack: pip install 'descant[live]', and libjack of the system"]
    with silenced_stderr():
        try:
            client = jack.Client(PROBE_CLIENT, no_start_server=True)
        except jack.JackOpenError:
            return [], ["no jack: JACK server not running"]
        ports = client.get_ports(is_audio=True, is_input=True, is_physical=True)
        real_time = "real time" if client.realtime else "not real time"
        details = f"{client.samplerate} Hz, {client.blocksize} frames a period, {real_time}"
        names = [port.name for port in ports]
        client.close()
    stereo = 2
    return [Device("jack", n, details, chosen=i < stereo) for i, n in enumerate(names)], []


def _portaudio_outputs(*, choose: bool) -> tuple[list[Device], list[str]]:
    """Return the outputs of PortAudio; the default one is marked if `choose`."""
    try:
        with silenced_stderr():
            sounddevice = importlib.import_module("sounddevice")
            found = list(sounddevice.query_devices())
            default = int(sounddevice.default.device[1])
            hosts = [host["name"] for host in sounddevice.query_hostapis()]
    except ImportError:
        return [], ["no portaudio: pip install 'descant[live]'"]
    except Exception as error:  # PortAudioError, or OSError where the library is missing
        return [], [f"no portaudio: {error}"]
    devices = [
        Device("portaudio", d["name"], _portaudio_details(d, hosts), choose and index == default)
        for index, d in enumerate(found)
        if d["max_output_channels"] > 0
    ]
    return devices, [] if devices else ["no portaudio: it lists no output"]


def _portaudio_details(device: Any, hosts: list[str]) -> str:
    channels, rate = device["max_output_channels"], device["default_samplerate"]
    return f"{hosts[device['hostapi']]}, {channels} channels, {rate:.0f} Hz"


def cameras() -> Findings:
    """Return the cameras that give a picture; 'auto' chooses the first."""
    try:
        with silenced_stderr():
            cv2 = opencv.load()
    except UserError as error:
        return Findings((), (str(error),))
    devices: list[Device] = []
    remarks: list[str] = []
    for camera in list_devices():
        details = probe(cv2, camera)
        if details:
            devices.append(Device("camera", str(camera), details, chosen=not devices))
        elif camera.label:
            remarks.append(f"{camera} gives no picture")
    if not devices:
        remarks.append("no camera: connect one, or use camera:=file:FILM or camera:=keyboard")
    return Findings(tuple(devices), tuple(remarks))


KINDS = {
    "midi": ("MIDI ports", midi_ports),
    "sound": ("Sound outputs", sound_outputs),
    "cameras": ("Cameras", cameras),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def command(as_json: bool) -> None:
    """List MIDI ports, sound outputs and cameras; * marks the choice of 'auto'."""
    if as_json:
        found = {kind: dataclasses.asdict(find()) for kind, (_, find) in KINDS.items()}
        click.echo(json.dumps(found, indent=2))
        return
    for title, find in KINDS.values():
        _show(title, find())


def _show(title: str, findings: Findings) -> None:
    rows = [
        ("  *" if device.chosen else "", device.system, device.name, device.details)
        for device in findings.devices
    ]
    print_table((), rows, title=title)
    for remark in findings.remarks:
        print_text(f"    {remark}")
    click.echo()
