# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags of whole performances, as a recorder would have written them, made without ROS or a clock.

Notes, pedals, parts, episodes and states come from the cores; the states of camera, stage, synth
and piano are invented, at the rates of the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from descant.bags.writer import BagWriter
from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.event_blocks import EventBlock, EventBlocks
from descant.learner.settings import LearnerSettings
from descant.performance.perform import PerformanceEvent, perform
from descant.programme.layers import PartLayers
from descant.programme.reading import load_programme
from descant.types import (
    NANOSECONDS,
    SUSTAIN,
    SUSTAIN_DOWN,
    Episode,
    Event,
    Note,
    Part,
    Pedal,
    State,
)
from support.bags import START_NS, message, topic
from support.recordings import events as midi_events

RUN = START_NS - NANOSECONDS
MS = 1_000_000
TOPICS = {
    "/notes": "NoteEvent",
    "/pedals": "PedalEvent",
    "/played": "Played",
    "/part": "Part",
    "/episode": "Episode",
    "/learner_state": "LearnerState",
    "/learner_settings": "LearnerSettings",
    "/synth_state": "SynthState",
    "/piano_state": "PianoState",
    "/stage_state": "StageState",
    "/camera_state": "CameraState",
}
LATE = {"/notes": MS, "/pedals": MS, "/part": 2 * MS, "/episode": 2 * MS, "/learner_state": 2 * MS}
Written = tuple[int, str, bytes]


def midi_file(path: Path) -> list[Event]:
    """The events of a MIDI file, which begins at START_NS, by time."""
    notes, pedals = midi_events(path)
    return sorted([*notes, *pedals], key=lambda event: event.time_ns)


def strokes(count: int, *, every_ms: int = 100, start_ns: int = START_NS) -> Iterator[Event]:
    """Keys struck one after the other, each held for half the time, with the sustain pedal going
    down and up every tenth of them.
    """
    for number in range(1, count + 1):
        time, key = start_ns + number * every_ms * MS, 36 + (number * 7) % 60
        if number % 10 in (3, 8):
            yield Pedal(time - 5 * MS, 64, 127 if number % 10 == 3 else 0)
        velocity = 20 + number % 100
        yield Note(time, number, True, key, velocity, velocity * 128)
        yield Note(time + every_ms * MS // 2, number, False, key, 64, 64 * 128)


def performed_bag(
    folder: Path,
    events: Iterable[Event],
    settings: LearnerSettings | None = None,
    conductor: ConductorSettings | None = None,
    *,
    programme: str = "paper",
    devices: bool = True,
) -> Path:
    """A bag of `events` as the graph would have recorded them.

    With `conductor` the parts are those of `programme`, and the learner's settings follow them.
    `devices`: with the states of camera, stage, synth and piano, ten times a second or less.
    """
    settings = settings or LearnerSettings()
    writer = BagWriter(folder)
    for name, kind in TOPICS.items():
        writer.add_topic(topic(name, kind))
    parts = conductor and Conductor(conductor, load_programme(programme), START_NS)
    written = _messages(perform(events, settings, parts), PartLayers(settings, "learner"))
    for time_ns, name, data in _with_devices(written, devices=devices):
        stamp = time_ns + LATE.get(name, MS)
        writer.write(name, stamp, stamp - MS // 2, data)
    writer.close()
    return writer.folder


def _messages(
    events: Iterable[PerformanceEvent], layers: PartLayers[LearnerSettings]
) -> Iterator[Written]:
    """Every event, each block of notes and pedals when it is full, and settings that change."""
    blocks, notes, sustain = EventBlocks(RUN), 0, False
    yield _settings(layers.current, START_NS, 0, sustain=False)
    for event in events:
        before = layers.current
        if isinstance(event, Part) and layers.begin(event) != before:
            yield _settings(layers.current, event.time_ns, notes, sustain=sustain)
        yield _message(event)
        if isinstance(event, (Note, Pedal)):
            blocks.add(event)
            notes += isinstance(event, Note)
            block = blocks.pop()
            if block is not None:
                yield event.time_ns, "/played", _played(block, event.time_ns)
        if isinstance(event, Pedal) and event.pedal == SUSTAIN:
            sustain = event.value >= SUSTAIN_DOWN


def _with_devices(messages: Iterable[Written], *, devices: bool) -> Iterator[Written]:
    next_ns, number = START_NS, 0
    for written in messages:
        while devices and written[0] >= next_ns:
            yield from _device_states(next_ns, number)
            next_ns, number = next_ns + NANOSECONDS // 10, number + 1
        yield written


def _device_states(time_ns: int, number: int) -> Iterator[Written]:
    yield (
        time_ns, "/synth_state",
        message("SynthState", stamp=time_ns, status=1, sink="jack", message="", sample_rate=48e3,
                peak=-20.0 - number % 7, gain_reduction=0.5, voices=3, held=2),
    )  # fmt: skip
    if number % 5 == 0:
        state = message(
            "PianoState", stamp=time_ns, status=1, source="file:x", position=number / 10
        )
        yield time_ns, "/piano_state", state
    if number % 10 == 0:
        state = message("StageState", stamp=time_ns, part=1, canvas="offscreen", frame_rate=60.0,
                        frame_time=4.5, camera_delay=21.0, camera_age=0.01)  # fmt: skip
        yield time_ns, "/stage_state", state
        state = message("CameraState", stamp=time_ns, status=1, source="keyboard", width=640,
                        height=360, frame_rate=30.0, pictures=number * 3)  # fmt: skip
        yield time_ns, "/camera_state", state


def _message(event: PerformanceEvent) -> Written:
    name, make = _MAKE[type(event)]
    return max(event.time_ns, START_NS), name, make(event)


def _settings(settings: LearnerSettings, time_ns: int, events: int, *, sustain: bool) -> Written:
    data = message("LearnerSettings", stamp=time_ns, run=RUN, events=events,
                   settings=settings.to_json(), sustain=sustain)  # fmt: skip
    return time_ns, "/learner_settings", data


def _note(n: Note) -> bytes:
    return message("NoteEvent", **_note_fields(n))


def _note_fields(n: Note) -> dict[str, int]:
    return {"stamp": n.time_ns, "id": n.id, "kind": int(n.on), "key": n.key,
            "velocity": n.velocity, "velocity_14bit": n.velocity_14bit}  # fmt: skip


def _pedal(p: Pedal) -> bytes:
    return message("PedalEvent", **_pedal_fields(p))


def _pedal_fields(p: Pedal) -> dict[str, int]:
    return {"stamp": p.time_ns, "pedal": p.pedal, "value": p.value}


def _played(block: EventBlock, stamp_ns: int) -> bytes:
    return message("Played", stamp=stamp_ns, run=block.run, first=block.first,
                   notes=[_note_fields(n) for n in block.notes],
                   pedals=[_pedal_fields(p) for p in block.pedals])  # fmt: skip


def _part(p: Part) -> bytes:
    return message("Part", stamp=max(p.time_ns, START_NS), part=p.number, start=p.start,
                   cause=p.cause, description=p.description)  # fmt: skip


def _episode(e: Episode) -> bytes:
    return message("Episode", stamp=e.time_ns, run=RUN, episode=e.number, attempt=e.attempt,
                   seed=e.seed, family=e.family, parameter_names=list(e.parameter_names),
                   target=e.target, theta=e.theta, x=e.x, y=e.y)  # fmt: skip


def _state(s: State) -> bytes:
    fields = s._asdict() | {"stamp": s.time_ns, "run": RUN, "status": int(s.status)}
    del fields["time_ns"]
    return message("LearnerState", **fields)


_MAKE: dict[type, tuple[str, Callable[[Any], bytes]]] = {
    Note: ("/notes", _note),
    Pedal: ("/pedals", _pedal),
    Part: ("/part", _part),
    Episode: ("/episode", _episode),
    State: ("/learner_state", _state),
}
