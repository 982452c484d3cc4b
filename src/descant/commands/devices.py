"""`descant devices`: the MIDI ports, sound outputs and cameras there are, and what 'auto' takes."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from descant.errors import UserError
from descant.piano.midiports import PortClient, backends, matching
from descant.stderr import silenced_stderr
from descant.piano.settings import parse_midi_source

CAMERAS_TO_TRY = 4  # where the system does not list its cameras
PROBE_CLIENT = f"descant-devices-{os.getpid()}"


@dataclass(frozen=True)
class Device:
    """One device: the `system` that has it, what a person may want to know, and whether 'auto'."""

    system: str
    name: str
    details: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Findings:
    """The devices of one kind, and lines on what was not found and what to do about it."""

    devices: tuple[Device, ...]
    remarks: tuple[str, ...] = ()


def midi_ports() -> Findings:
    """MIDI input ports of every system; the first that is no way back into the computer."""
    devices: list[Device] = []
    remarks: list[str] = []
    taken = False
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
        chosen = None if taken else first
        taken = taken or first is not None
        devices += [Device(system, name, chosen=name == chosen) for name in names]
    if not taken:
        remarks.append("no piano: plug it in, or use piano:=file:SHOW.mid")
    return Findings(tuple(devices), tuple(remarks))


def sound_outputs() -> Findings:
    """JACK playback ports, then PortAudio's outputs: the order in which the synth tries them."""
    jack, jack_remarks = _jack_outputs()
    portaudio, portaudio_remarks = _portaudio_outputs(choose=not jack)
    remarks = [*jack_remarks, *portaudio_remarks]
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
        details = f"{client.samplerate} Hz, {client.blocksize} frames a period"
        names = [port.name for port in ports]
        client.close()
    stereo = 2
    return [Device("jack", n, details, chosen=i < stereo) for i, n in enumerate(names)], []


def _portaudio_outputs(*, choose: bool) -> tuple[list[Device], list[str]]:
    """The default output is marked if `choose`."""
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
    return devices, [] if devices else ["no portaudio: it finds no output"]


def _portaudio_details(device: Any, hosts: list[str]) -> str:
    channels, rate = device["max_output_channels"], device["default_samplerate"]
    return f"{hosts[device['hostapi']]}, {channels} channels, {rate:.0f} Hz"


def cameras() -> Findings:
    """Cameras that give a picture; the first is taken."""
    try:
        with silenced_stderr():
            cv2 = importlib.import_module("cv2")
    except ImportError:
        return Findings((), ("no cameras can be seen: pip install 'descant[live]'",))
    devices: list[Device] = []
    remarks: list[str] = []
    for name, address, label in _camera_addresses():
        details = _picture(cv2, address)
        if details:
            title = f"{name} ({label})" if label else name
            devices.append(Device("camera", title, details, chosen=not devices))
        elif label:
            remarks.append(f"{name} ({label}) gives no picture")
    if not devices:
        remarks.append("no camera: plug one in; a video file or a test picture can stand in")
    return Findings(tuple(devices), tuple(remarks))


def _camera_addresses() -> Iterator[tuple[str, str | int, str]]:
    """(name, what OpenCV opens, name of the hardware or '')."""
    if sys.platform != "linux":
        yield from ((f"camera {index}", index, "") for index in range(CAMERAS_TO_TRY))
        return
    for path in sorted(Path("/dev").glob("video*"), key=lambda p: (len(p.name), p.name)):
        label = Path("/sys/class/video4linux", path.name, "name")
        yield str(path), str(path), label.read_text().strip() if label.is_file() else ""


def _picture(cv2: Any, address: str | int) -> str:
    """Size and rate of one camera, '' where it gives no picture."""
    with silenced_stderr():
        capture = cv2.VideoCapture(address)
        try:
            good, frame = capture.read()
            rate = capture.get(cv2.CAP_PROP_FPS)
        finally:
            capture.release()
    if not good:
        return ""
    size = f"{frame.shape[1]}x{frame.shape[0]}"
    return f"{size}, {rate:.0f} frames a second" if rate > 0 else size


KINDS = {
    "midi": ("MIDI ports", midi_ports),
    "sound": ("Sound outputs", sound_outputs),
    "cameras": ("Cameras", cameras),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def command(as_json: bool) -> None:
    """List MIDI ports, sound outputs and cameras; * marks what 'auto' takes."""
    if as_json:
        found = {kind: dataclasses.asdict(probe()) for kind, (_, probe) in KINDS.items()}
        click.echo(json.dumps(found, indent=2))
        return
    console = Console(highlight=False)
    for title, probe in KINDS.values():
        _show(console, title, probe())


def _show(console: Console, title: str, findings: Findings) -> None:
    console.print(f"[bold]{title}[/bold]")
    if findings.devices:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for device in findings.devices:
            mark = "*" if device.chosen else " "
            table.add_row(f"  {mark}", device.system, device.name, device.details)
        console.print(table, markup=False)
    for remark in findings.remarks:
        console.print(f"    {remark}", markup=False)
    console.print()
