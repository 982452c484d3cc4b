# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Golden vectors of the cores that take events: triggers, learner, conductor, layers, MIDI.

Part of `support.golden_vectors`. The events are random, and written out in the vectors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.core import Learner, Output
from descant.learner.settings import LOSSES, OPTIMISERS, LearnerSettings
from descant.learner.trigger import make_trigger
from descant.piano.decoder import MidiDecoder
from descant.programme.layers import PartLayers
from descant.programme.reading import load_programme
from descant.types import Event, Note, Part, Pedal, State
from support.notes import MS
from support.state_hash import sha256

FAMILIES = ("cubic", "knot", "harmonograph")


def random_events(chance: random.Random, count: int) -> list[Event]:
    """Notes and pedals of a clumsy pianist, a few of them at one time or far apart."""
    events: list[Event] = []
    held: dict[int, int] = {}
    now, fresh = 0, 0
    for _ in range(count):
        now += chance.choice((0, 0, 1, 7, 30, 79, 80, 81, 300, 2_000)) * MS + chance.randrange(1000)
        kind = chance.random()
        if kind < 0.15:
            events.append(
                Pedal(now, chance.choice((64, 66, 67)), chance.choice((0, 30, 63, 64, 127)))
            )
        elif kind < 0.5 and held:
            key = chance.choice(list(held))
            events.append(Note(now, held.pop(key), False, key, 64, 64 << 7))
        else:
            key = chance.choice((21, 36, 40, 43, 47, 48, 55, 59, 60, 64, 72, 108))
            if key in held:
                events.append(Note(now, held.pop(key), False, key, 64, 64 << 7))
            fresh += 1
            held[key] = fresh
            events.append(Note(now, fresh, True, key, 70, 70 << 7 | chance.randrange(128)))
    return events


def packed_event(event: Event) -> list[int]:
    """[time, id, on, key, 14-bit velocity] of a note, [time, pedal, value] of a pedal."""
    if isinstance(event, Note):
        return [event.time_ns, event.id, int(event.on), event.key, event.velocity_14bit]
    return [event.time_ns, event.pedal, event.value]


def triggers() -> Iterator[dict[str, Any]]:
    """Every decision of each trigger over random events."""
    for number, changes in enumerate(
        (
            {"trigger": "bass_and_upper", "held_rate": 60.0},
            {"trigger": "bass_and_upper", "upper_from": 48, "first_note_starts": False},
            {"trigger": "held_chord", "held_rate": 60.0},
            {"trigger": "held_chord", "held_rate": 20.0, "chord_keys": 2, "chord_gap": 0.5,
             "tuned_notes": 2, "chord_always": True},
            {"trigger": "held_chord", "chord_keys": 1, "chord_window": 0.3, "chord_split": 72},
        )
    ):  # fmt: skip
        settings = LearnerSettings.of(changes)
        trigger, running = make_trigger(settings.trigger), False
        events = random_events(random.Random(number), 60)
        decisions: list[Any] = []
        for event in events:
            if isinstance(event, Pedal):
                trigger.pedal(down=event.value >= 64)
            elif event.on:
                starts = trigger.strike(event, settings, running=running)
                running = running or starts
                steps = trigger.steps(event, settings)
                opening = trigger.opening_notes(event, settings)
                decisions.append([int(starts), int(steps), list(opening)])
            else:
                trigger.release(event)
            decisions.append([trigger.rate(settings), list(trigger.step_notes(settings))])
        yield {"settings": changes, "events": [packed_event(e) for e in events],
               "decisions": decisions}  # fmt: skip


def session(seed: int) -> dict[str, Any]:
    """A learner over random events, with its settings changed on the way: a hash of its states."""
    chance = random.Random(1000 + seed)
    script: list[list[Any]] = []
    learner = Learner(LearnerSettings(seed=seed))
    states: list[State] = []
    for event in random_events(chance, 70):
        outputs: list[Output] = []
        if chance.random() < 0.1:
            changes = _changes(chance)
            at = event.time_ns - chance.choice((0, 5 * MS))
            script.append(["change", at, changes])
            outputs += learner.change(learner.settings.replace(**changes), time_ns=at)
        script.append(["event", packed_event(event)])
        taken = learner.take(event) if isinstance(event, Note) else learner.take_pedal(event)
        states += [output for output in (*outputs, *taken) if isinstance(output, State)]
    return {"seed": seed, "script": script, "states": len(states), "hash": sha256(states)}


def _changes(chance: random.Random) -> dict[str, Any]:
    choices: dict[str, tuple[Any, ...]] = {
        "part": (1, 2), "start": (0, 1), "trigger": ("bass_and_upper", "held_chord"),
        "family": FAMILIES, "loss": LOSSES, "optimiser": OPTIMISERS,
        "learning_rate": (0.05, 0.4, 3.0), "held_rate": (0.0, 60.0, 97.3),
        "threshold": (0.004, 0.1),
        "loss_bound": (1.0, 100.0), "sustain_holds": (False, True), "knot_points": (50, 64),
        "knot_batch": (0, 8), "knot_preset": (0, 3), "points": (9, 100),
    }  # fmt: skip
    names = chance.sample(sorted(choices), chance.randrange(1, 4))
    return {name: chance.choice(choices[name]) for name in names}


def conductor(seed: int) -> dict[str, Any]:
    """Parts that soft pedals, a key and cues begin: [index of the event, number, start, cause]."""
    chance = random.Random(seed)
    settings = {"presses": seed % 4, "key": 21, "round": bool(seed % 2)}
    conductor = Conductor(ConductorSettings().replace(**settings), load_programme("paper"), 0)
    events: list[Event] = []
    parts: list[list[Any]] = []
    now = 0
    for index in range(90):
        now += chance.choice((0, 40, 90, 150, 420)) * MS
        value = chance.choice((0, 0, 30, 31, 99, 100, 127))
        key = 21 if index % 30 == 29 else 60
        pedal = Pedal(now, chance.choice((67, 67, 67, 64)), value)
        event = pedal if chance.random() < 0.9 else Note(now, index + 1, True, key, 64, 8192)
        events.append(event)
        part = conductor.take(event)
        if part is None and index in (40, 80):
            part = conductor.begin(now, 2, "cue")
        if part is not None:
            parts.append([index, part.number, part.start, part.cause])
    return {"settings": settings, "events": [packed_event(e) for e in events], "parts": parts}


def layers() -> dict[str, Any]:
    """The learner's settings while parts begin and parameters are set by hand."""
    programme = load_programme("paper")
    layers = PartLayers(LearnerSettings(seed=9), "learner", {"points": 50})
    before = dict(LearnerSettings().values())
    script: list[list[Any]] = [
        ["begin", 1, 0], ["set", "learning_rate", 0.7], ["set", "threshold", 0.01], ["begin", 2, 1],
        ["set", "learning_rate", 0.3], ["set", "upper_from", 50], ["begin", 2, 2], ["begin", 3, 3],
        ["set", "x_low", -2.0], ["begin", 4, 4], ["set", "points", 60], ["begin", 1, 5],
    ]  # fmt: skip
    found = []
    for action, first, second in script:
        if action == "begin":
            description = programme.part(first).to_json()
            layers.begin(Part(0, first, second, "cue", description))
        else:
            layers.set(layers.current.replace(**{first: second}))
        found.append({n: v for n, v in layers.current.values().items() if v != before[n]})
    return {"base": {"seed": 9}, "fixed": {"points": 50}, "script": script, "found": found}


def messages(seed: int) -> dict[str, Any]:
    """Events of MIDI messages: channels, prefixes, notes struck twice, bytes that are not MIDI."""
    chance = random.Random(seed)
    decoder = MidiDecoder(run_ns=0)
    messages, events = [], []
    for at in range(100):
        kind = chance.choice((0x90, 0x90, 0x90, 0x80, 0x80, 0xB0, 0xC0))
        first = (
            chance.choice((60, 61, 62, 72))
            if kind < 0xB0
            else chance.choice((64, 66, 67, 88, 88, 123, 7))
        )
        data = [kind | chance.choice((0, 0, 0, 5)), first, chance.choice((0, 1, 64, 127, 128))]
        data = data[: chance.choice((3, 3, 3, 3, 3, 3, 3, 2, 0))]
        messages.append(data)
        events += decoder.feed(data, at)
    events += decoder.release_all(100)
    return {"messages": messages, "events": [packed_event(e) for e in events]}
