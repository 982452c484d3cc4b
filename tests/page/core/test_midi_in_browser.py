# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page reads MIDI files as Python reads them, and writes files that Python reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mido
import pytest

from descant.errors import UserError
from descant.piano.midifile import load
from descant.types import SUSTAIN, Event, Note, Pedal
from support.midifiles import chunk, header
from support.mutations import mutate
from support.notes import MS
from support.odd_midi_files import ODD_FILES
from support.page_core import PageCore, midi_file, states_of

pytestmark = pytest.mark.slow

ON, OFF = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x40"
RUNNING = b"\x00\x90\x3c\x40\x83\x00\x40\x41\x00\x3c\x00\x10\x40\x00"
TEMPO = b"\x10\xff\x51\x03\x0f\x42\x40"
PEDALS = b"\x00\xb0\x40\x7f\x20\x58\x11\x00\x90\x48\x33\x10\xb3\x7b\x00\x00\xb0\x7b\x00"
SYSTEM = b"\x05\xf0\x03\x41\x10\xf7\x00\xff\x01\x02hi\x08\xc0\x05\x00\xe0\x01\x02\x00\xd0\x11"
FILES = {
    "running status": header() + chunk(RUNNING),
    "other messages": header() + chunk(SYSTEM + ON + SYSTEM + OFF),
    "pedals and prefixes": header() + chunk(PEDALS + ON),
    "two tracks": header(kind=1, tracks=2) + chunk(TEMPO + TEMPO + ON) + chunk(RUNNING),
    "odd division": header(division=7) + chunk(TEMPO + RUNNING + TEMPO + RUNNING),
    "slow and long": header(division=1)
    + chunk(b"\x00\xff\x51\x03\xff\xff\xff" + ON + b"\x83\xff\x7f\x80\x3c\x00"),
    "25 frames": header(division=(-25 << 8) | 40) + chunk(ON + OFF),
    "29.97 frames": header(division=(-29 << 8) | 80) + chunk(ON + OFF + RUNNING),
    "24 frames, no ticks": header(division=-24 << 8) + chunk(RUNNING),
}
REFUSED = {
    "empty": b"",
    "no header": b"RIFF" + bytes(20),
    "short header": b"MThd\x00\x00",
    "no tracks": header(tracks=0),
    "no notes": header() + chunk(TEMPO),
    "drums alone": header() + chunk(b"\x00\x99\x3c\x40"),
    "no division": header(division=0) + chunk(ON + OFF),
    "a time of five bytes": header() + chunk(b"\xff\xff\xff\xff\x7f\x90\x3c\x40"),
    "a hundred days": header(division=1)
    + chunk(b"\x00\xff\x51\x03\xff\xff\xff\xff\xff\xff\x7f\x90\x3c\x40"),
}


def fields(event: Event) -> list[int]:
    if isinstance(event, Note):
        numbers = [event.id, int(event.on), event.key, event.velocity, event.velocity_14bit]
        return [event.time_ns, *numbers]
    return [event.time_ns, event.pedal, event.value]


def by_python(path: Path) -> dict[str, object]:
    file = load(path)
    return {
        "fields": [fields(e) for e in file.events()],
        "durationNs": file.duration_ns,
        "remark": "".join(file.remarks),
    }


@pytest.mark.parametrize("name", ["performance", "part1", "liszt-etude-1"])
def test_a_performance_has_the_same_events(core: PageCore, name: str) -> None:
    assert core.run("midi", [f"/midi/{name}"]) == [by_python(midi_file(name))]


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_has_the_same_events(core: PageCore, tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.mid"
    path.write_bytes(FILES[name])
    [found] = core.run("midi", [list(FILES[name])])
    assert found == by_python(path)
    assert len(found["fields"]) > 1


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_a_reason(core: PageCore, tmp_path: Path, name: str) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(REFUSED[name])
    with pytest.raises(UserError):
        load(path)
    [found] = core.run("midi", [list(REFUSED[name])])
    assert found["refused"]


def by_both(core: PageCore, path: Path, contents: list[bytes]) -> tuple[list[Any], list[Any]]:
    """What the page and Python read, each with {} for what is refused."""
    page = [{} if "refused" in r else r for r in core.run("midi", [list(c) for c in contents])]
    python = []
    for content in contents:
        path.write_bytes(content)
        try:
            python.append(by_python(path))
        except UserError:
            python.append({})
    return page, python


@pytest.mark.parametrize("kind", ODD_FILES)
def test_an_odd_file_is_the_same_with_the_same_remark(
    core: PageCore, tmp_path: Path, kind: str
) -> None:
    page, python = by_both(core, tmp_path / "odd.mid", list(ODD_FILES[kind].values()))
    assert page == python
    assert all(python)


def test_a_damaged_file_has_the_same_events(core: PageCore, tmp_path: Path) -> None:
    intact = [*FILES.values(), *(c for kind in ODD_FILES.values() for c in kind.values())]
    damaged = [m.data for i, content in enumerate(intact) for m in mutate(content, 8, seed=i)]
    page, python = by_both(core, tmp_path / "damaged.mid", damaged)
    assert sum(bool(read) for read in python) > len(damaged) // 2
    for content, found, expected in zip(damaged, page, python, strict=True):
        assert found == expected, content.hex(" ")


@pytest.mark.proof
@pytest.mark.parametrize("name", ["performance", "bach-prelude-866"])
def test_a_damaged_performance_has_the_same_events(
    core: PageCore, tmp_path: Path, name: str
) -> None:
    damaged = [m.data for m in mutate(midi_file(name).read_bytes(), 200)]
    for first in range(0, len(damaged), 10):
        page, python = by_both(core, tmp_path / "damaged.mid", damaged[first : first + 10])
        assert page == python, first


def test_what_is_written_is_read_by_python_and_by_mido(core: PageCore, tmp_path: Path) -> None:
    """Fine velocities, a key struck twice, hours of silence; times on a grid of 50 microseconds."""
    hours = 10 * 3_600_000 * MS
    events: list[Event] = [
        Pedal(0, SUSTAIN, 100),
        Note(3 * MS, 1, True, 60, 64, 64 << 7 | 3),
        Note(50 * MS + 24_999, 1, False, 60, 64, 64 << 7),
        Note(50 * MS + 25_001, 2, True, 60, 1, 1 << 7 | 127),
        Note(hours, 2, False, 60, 0, 5),
        Pedal(hours + MS, SUSTAIN, 0),
    ]
    path = tmp_path / "written.mid"
    path.write_bytes(bytes(core.run("write", [fields(e) for e in events])))
    times = [0, 3 * MS, 50 * MS, 50 * MS + 50_000, hours, hours + MS]
    expected = [[time, *fields(e)[1:]] for time, e in zip(times, events, strict=True)]
    assert by_python(path)["fields"] == expected
    assert mido.MidiFile(path).length == pytest.approx(hours / 1e9 + 0.001)


@pytest.mark.parametrize("name", ["performance", "bach-prelude-860"])
def test_a_saved_performance_is_the_same_performance(
    core: PageCore, tmp_path: Path, name: str
) -> None:
    """Its times are those of the original, rounded to 50 microseconds."""
    saved = core.run("save", f"/midi/{name}")
    path = tmp_path / "saved.mid"
    path.write_bytes(bytes(saved["bytes"]))
    before, after = load(midi_file(name)).events(), load(path).events()
    assert [fields(event)[1:] for event in after] == [fields(event)[1:] for event in before]
    for old, new in zip(before, after, strict=True):
        assert new.time_ns % 50_000 == 0
        assert abs(new.time_ns - old.time_ns) <= 25_000
    assert tuple(saved["states"]) == states_of(path)
