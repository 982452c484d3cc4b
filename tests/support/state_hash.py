# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Hash the states of named performances: every family, loss, optimiser, batch, trigger and part.

    python -m support.state_hash                 # print the hashes as JSON, in tests/
    python -m support.state_hash --write         # into performance/golden_states.json

The file also holds the events and the settings of each performance, so the page's core in
JavaScript is compared with it. `packed` says what is hashed: every field of every state, in order.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from descant.learner.settings import LOSSES, OPTIMISERS, LearnerSettings
from descant.performance.perform import perform
from descant.programme.reading import load_programme
from descant.types import SUSTAIN, Event, Pedal, State
from support.notes import MS, off, on

GOLDEN = Path(__file__).parents[1] / "performance" / "golden_states.json"
PROGRAMMES = ("paper", "original", "studies")
TAIL_NS = 100 * MS
"""Steps of keys held at the end go on for so long."""
TRIGGERS = {"bass_and_upper": 0.0, "held_chord": 60.0}
"""Trigger -> steps per second."""
RATES = {
    "cubic": {"descent": 0.4, "momentum": 0.1, "adam": 0.05, "lbfgs": 1.0},
    "knot": {"descent": 0.2, "momentum": 0.05, "adam": 0.05, "lbfgs": 1.0},
    "harmonograph": {"descent": 0.2, "momentum": 0.05, "adam": 0.02, "lbfgs": 1.0},
}
"""Family -> optimiser -> learning rate."""
SPECIAL: dict[str, dict[str, Any]] = {
    "cubic diverges": {"learning_rate": 5.0, "loss_bound": 1e12},
    "cubic of one seed more": {"seed": 2**53, "points": 7, "x_low": -0.5, "x_high": 2.0},
    "cubic steps while a key is held": {"held_rate": 97.3, "sustain_holds": True},
    "knot diverges": {"family": "knot", "learning_rate": 100.0, "loss_bound": 1.0},
    "knot preset": {"family": "knot", "knot_preset": 5, "learning_rate": 0.02},
    "knot with a degenerate axis": {
        "family": "knot", "knot_lowest": 0, "knot_highest": 1, "knot_points": 9
    },
    "knot over a long span": {
        "family": "knot", "knot_span": 1000.0, "knot_lowest": 90, "knot_highest": 100
    },
    "knot far away": {"family": "knot", "optimiser": "momentum", "learning_rate": 100.0},
    "harmonograph diverges": {
        "family": "harmonograph", "learning_rate": 30.0, "loss_bound": 1e12
    },
    "harmonograph over a long span": {
        "family": "harmonograph", "knot_span": 1000.0, "knot_points": 64, "damping_high": 10.0
    },
}  # fmt: skip


def packed(value: object) -> bytes:
    """A value as bytes: floats as their bits, enumerations as integers."""
    if isinstance(value, float):
        return b"d" + struct.pack("<d", value)
    if isinstance(value, int):
        return b"i" + repr(int(value)).encode() + b";"
    if isinstance(value, str):
        return b"s" + repr(str(value)).encode() + b";"
    assert isinstance(value, tuple)
    return b"(" + b"".join(packed(v) for v in value) + b")"


def sha256(states: Iterable[State]) -> str:
    """Hash of every field of every state, in order."""
    digest = hashlib.sha256()
    for state in states:
        digest.update(packed(tuple(state)))
    return digest.hexdigest()


def played() -> list[Event]:
    """Two bass notes, each with a phrase above it, and two chords held, one with the pedal."""
    events: list[Event] = []
    for start, keys, chord in (
        (0, range(60, 76), (40, 44, 47)),
        (1_500, range(84, 68, -1), (41, 45, 50)),
    ):
        events += [on(start, 36, start + 1), off(start + 600, 36, start + 1)]
        for place, key in enumerate(keys):
            at, note = start + 20 + place * 37, start + 10 + place
            events += [on(at, key, note), off(at + 25, key, note)]
        for place, key in enumerate(chord):
            note = start + 100 + place
            events += [on(start + 700 + 6 * place, key, note), off(start + 1_150, key, note)]
    events += [Pedal(2_600 * MS, SUSTAIN, 100), Pedal(2_900 * MS, SUSTAIN, 0)]
    return sorted(events, key=lambda event: event.time_ns)


def combinations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and settings, as far as they are not the defaults, of every performance."""
    for family, rates in RATES.items():
        for loss in LOSSES:
            for optimiser in OPTIMISERS:
                for batch in (0,) if family == "cubic" else (0, 33):
                    for trigger, held_rate in TRIGGERS.items():
                        name = f"{family} {loss} {optimiser} batch {batch} {trigger}"
                        yield name, {
                            "family": family, "loss": loss, "optimiser": optimiser,
                            "knot_batch": batch, "trigger": trigger, "held_rate": held_rate,
                            "learning_rate": rates[optimiser], "threshold": 0.0005,
                        }  # fmt: skip
    yield from SPECIAL.items()
    for programme in PROGRAMMES:
        for number, part in enumerate(load_programme(programme).parts, start=1):
            yield f"{programme} part {number}", {"part": number, **part.overrides("learner")}


def hashes(**changes: Any) -> dict[str, str]:
    """Name -> hash of the states; `changes` are laid over the settings of every performance."""
    return {name: sha256(states(settings | changes)) for name, settings in combinations()}


def states(settings: dict[str, Any]) -> list[State]:
    """The states of `played` by these settings."""
    outputs = perform(played(), LearnerSettings.of(settings), tail_ns=TAIL_NS)
    return [output for output in outputs if isinstance(output, State)]


def golden() -> dict[str, Any]:
    """Events, settings and hash of every performance, as the file has them."""
    found = {
        name: {"settings": settings, "states": len(of), "hash": sha256(of)}
        for name, settings in combinations()
        for of in [states(settings)]
    }
    return {"tailNs": TAIL_NS, "events": [as_event(e) for e in played()], "performances": found}


def as_event(event: Event) -> dict[str, Any]:
    """An event as the page's core takes it."""
    if isinstance(event, Pedal):
        return {
            "kind": "pedal",
            "timeNs": event.time_ns,
            "pedal": event.pedal,
            "value": event.value,
        }
    return {
        "kind": "note", "timeNs": event.time_ns, "id": event.id, "on": event.on, "key": event.key,
        "velocity": event.velocity, "velocity14bit": event.velocity_14bit,
    }  # fmt: skip


def as_text(found: dict[str, Any]) -> str:
    """JSON with one line for each event and performance."""
    events = ",\n".join(json.dumps(event) for event in found["events"])
    rows = found["performances"].items()
    performances = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows)
    return (
        f'{{"tailNs": {found["tailNs"]},\n"events": [\n{events}\n],\n'
        f'"performances": {{\n{performances}\n}}}}\n'
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        GOLDEN.write_text(as_text(golden()), encoding="utf-8")
    else:
        json.dump(hashes(), sys.stdout)
