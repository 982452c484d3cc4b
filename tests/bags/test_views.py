# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A stray or bad message changes nothing in any view of a bag but the remarks."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.page.recording import recording_data
from descant.performance.recompute import verify
from descant.picture.loss_curves import loss_curves
from descant.picture.note_bars import note_bars, time_span
from descant.programme.reading import load_programme
from descant.render.film_events import of_recording
from descant.render.settings import load_settings
from descant.replay.timeline import timeline
from descant.report.bag_data import load_bag
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS, Note
from descant.whatif.performance_source import open_bag
from support.bags import message
from support.midifiles import write_midi_file
from support.mutations import mutate, survives
from support.recorded_bags import bag_of, note_message
from support.recordings import perform

PROGRAMME = load_programme("paper")
LATEST_NS = (2**31 - 1) * NANOSECONDS
EARLIEST_NS = -(2**31) * NANOSECONDS


def stray(stamp_ns: int, *, on: bool = True, key: int = 60) -> tuple[str, bytes]:
    return "/notes", note_message(Note(stamp_ns, 777, on, key, 70, 70 << 7))


def pedal(stamp_ns: int, value: int = 99) -> tuple[str, bytes]:
    return "/pedals", message("PedalEvent", stamp=stamp_ns, pedal=64, value=value)


def state(stamp_ns: int, **fields: Any) -> tuple[str, bytes]:
    given = {"run": 3, "events": 1, "episode": 1, "family": "cubic", **fields}
    return "/learner_state", message("LearnerState", stamp=stamp_ns, **given)


NAN = float("nan")
NOW = 1_700_000_003 * NANOSECONDS  # within the performance
ODD: dict[str, Sequence[tuple[str, bytes]]] = {
    "1970": [stray(0)],
    "2038": [stray(LATEST_NS)],
    "1901": [stray(EARLIEST_NS)],
    "a release": [stray(0, on=False)],
    "pedals": [pedal(0), pedal(LATEST_NS)],
    "states": [state(0), state(LATEST_NS)],
    "all at once": [stray(0), stray(LATEST_NS), pedal(EARLIEST_NS), state(LATEST_NS), stray(5)],
    "key 255": [stray(NOW, key=255)],
    "pedal 255": [pedal(NOW, 255)],
    "not a number": [state(NOW, loss=NAN, residual=NAN)],
    "unequal": [state(NOW, theta=[1.0], gradient=[])],
    "no object": [
        ("/part", message("Part", stamp=NOW, part=2, start=1, description='{"title": "x')),
        ("/part", message("Part", stamp=NOW, part=2, start=1, description="[" * 10_000)),
        ("/part", message("Part", stamp=NOW, part=99, start=1)),
        ("/learner_settings", message("LearnerSettings", stamp=NOW, run=8, settings="7")),
    ],
    "short": [("/notes", stray(NOW)[1][:-5]), ("/learner_state", b"\0\1\0\0\1\2")],
    "nothing": [("/notes", b""), ("/pedals", b"")],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("views")


def recording(folder: Path, name: str) -> Recording:
    strokes = [(0.2 * i, (0x90, key, 70)) for i, key in enumerate((36, *range(60, 84)))]
    releases = [(0.2 * i + 0.1, (0x80, key, 64)) for i, key in enumerate((36, *range(60, 84)))]
    file = write_midi_file(folder / f"{name}.mid", [sorted(strokes + releases)])
    return perform(file, LearnerSettings(seed=5))


def made(folder: Path, name: str, extra: Sequence[tuple[str, bytes]], behind: int) -> Path:
    played = recording(folder, name)
    return bag_of(folder / name / "bag", played, extra=extra, behind=behind)


def report(bag: Path) -> Any:
    data = load_bag(bag)
    columns = {name: {k: v for k, v in table.items() if k != "lateness"}
               for name, table in data.columns.items() if name != "latencies"}  # fmt: skip
    return data.duration, columns, dataclasses.replace(data.recording, remarks=())


def page(bag: Path) -> Any:
    return {name: value for name, value in recording_data(bag).items() if name != "remarks"}


def picture(bag: Path) -> Any:
    found = read(bag)
    return note_bars(found, time_span(found)), loss_curves(found, time_span(found))


def film(bag: Path) -> Any:
    found = of_recording(read(bag), load_settings("paper", (), (320, 180)), PROGRAMME, name="bag")
    return dataclasses.replace(found, remarks=())


def whatif(bag: Path) -> Any:
    performance, states = open_bag(bag, SynthSettings(), PROGRAMME)
    return dataclasses.replace(performance, remarks=()), performance.states({}), states


def replay(bag: Path) -> Any:
    found = timeline(read(bag), "bag")
    return found.events, found.duration_ns


VIEWS: list[Callable[[Path], Any]] = [report, page, picture, film, whatif, replay]


def part_message(**fields: Any) -> bytes:
    description = PROGRAMME.part(2).to_json()
    return message("Part", stamp=NOW, **{"part": 2, "start": 1, "cause": "cue",
                                         "description": description, **fields})  # fmt: skip


def played_message() -> bytes:
    notes = [{"stamp": NOW + n, "id": 5_000 + n, "kind": 1, "key": 60 + n, "velocity": 60}
             for n in range(3)]  # fmt: skip
    return message("Played", run=4, first=0, notes=notes, pedals=[])


RIGHT = {
    "/notes": stray(NOW)[1],
    "/pedals": pedal(NOW)[1],
    "/learner_state": state(
        NOW, run=1, target=[0.1] * 4, theta=[0.2] * 4, gradient=[0.3] * 4, notes=[1, 2], loss=0.5
    )[1],
    "/learner_settings": message(
        "LearnerSettings", stamp=NOW, run=1, events=9, settings=LearnerSettings().to_json()
    ),
    "/episode": message(
        "Episode", stamp=NOW, run=1, episode=1, family="cubic", parameter_names=list("abcd"),
        target=[0.1] * 4, theta=[0.2] * 4, x=[0.0, 0.5], y=[0.1, 0.2],
    ),
    "/part": part_message(),
    "/played": played_message(),
}  # fmt: skip


def look(name: str, good_one: Recording, data: bytes, folder: Path) -> None:
    """Every view of a bag with one damaged message; each may refuse it in a line."""
    bag = bag_of(folder / "bag", good_one, extra=[(name, data)], behind=20)
    for view in [*VIEWS, lambda path: verify(read(path))]:
        with contextlib.suppress(UserError):
            view(bag)


@pytest.mark.parametrize("name", RIGHT)
def test_views_survive_damaged_messages(folder: Path, name: str) -> None:
    good = recording(folder, name.strip("/"))
    survives(mutate(RIGHT[name], 8), partial(look, name, good))


@pytest.mark.proof
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", RIGHT)
def test_views_survive_many_damaged_messages(folder: Path, name: str) -> None:
    good = recording(folder, name.strip("/"))
    survives(mutate(RIGHT[name], 300, seed=1), partial(look, name, good))


@pytest.fixture(scope="module")
def good(folder: Path) -> list[Any]:
    """What the views are without it."""
    bag = made(folder, "good", (), 0)
    return [view(bag) for view in VIEWS]


@pytest.mark.parametrize("name", ODD)
def test_the_views_are_those_of_the_bag_without_it(
    folder: Path, good: list[Any], name: str
) -> None:
    bag = made(folder, name.replace(" ", "-"), ODD[name], 20)
    assert len(read(bag).remarks) >= 1
    for view, expected in zip(VIEWS, good, strict=True):
        assert view(bag) == expected, view.__name__
    foreign = {entry.run for entry in read(bag).received.states} - {1}
    assert {c.run: c.identical for c in verify(read(bag))} == {
        1: True,
        **dict.fromkeys(foreign, False),
    }
