# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's allocator of voices commands what Python's commands."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest

from descant.synth.allocator import Allocator
from descant.synth.commands import Command, Damp, Fade, Start
from descant.synth.settings import SynthSettings
from descant.types import SOFT, SOSTENUTO, SUSTAIN, Note, Pedal, State
from support.browser import Browser
from support.page_sound import event_json, settings_json, write_sound_page
from support.states import state

pytestmark = pytest.mark.slow


def test_voices_are_allocated_by_pythons_rules(browser: Browser, tmp_path: Path) -> None:
    browser.show(write_sound_page(tmp_path / "sound.html"))
    chance = random.Random(12)
    parameters: dict[str, Any] = {"voices": 4, "max_detune": 0.5}
    events: list[Note | Pedal | State] = []
    for i in range(1, 1_500):
        at, recent = i * 10_000_000, max(1, i - chance.randrange(12))
        events.append(
            chance.choice(
                [
                    Note(at, i, True, chance.randrange(60, 68), 0, chance.randrange(16_257)),
                    Note(at, recent, False, chance.randrange(60, 68), 0, 0),
                    Pedal(at, chance.choice([SUSTAIN, SOSTENUTO, SOFT]), chance.randrange(128)),
                    state(at / 1e6, chance.uniform(-2, 2), *chance.sample(range(i, i + 6), 2)),
                    state(at / 1e6, chance.choice([0.1, float("nan"), 0.3])),
                ]
            )
        )
    expected = python_commands(events, SynthSettings(**parameters))
    text = [{**event_json(e), **({"loss": None} if is_nan(e) else {})} for e in events]
    found = browser.driver.execute_script(_ALLOCATE, settings_json(**parameters), text)
    assert found == expected


_ALLOCATE = """
const [settings, events] = arguments;
const allocator = new VoiceAllocator(settings);
const level = (voice) => ((voice * 7) % 5) / 5;
return events.map((event) => {
  if (event.loss === null) event.loss = NaN;
  const commands = event.kind === "state" ? allocator.state(event)
    : event.kind === "pedal" ? allocator.pedal(event) : allocator.note(event, level);
  for (const { kind, voice } of commands) if (kind === "fade") allocator.ended(voice);
  return commands.map(({ kind, voice, key, gain, stretch, again, seconds, voices }) => [
    kind, voice ?? voices, ...(kind === "start" ? [key, gain.toFixed(9), stretch, again] : []),
    ...(kind === "damp" ? [Number.isFinite(seconds) ? seconds.toFixed(9) : "inf"] : []),
    ...(kind === "retune" ? [stretch] : []),
  ]);
});
"""


def is_nan(event: Note | Pedal | State) -> bool:
    return isinstance(event, State) and math.isnan(event.loss)


def python_commands(
    events: list[Note | Pedal | State], settings: SynthSettings
) -> list[list[list[Any]]]:
    allocator = Allocator(settings)
    taken: list[list[list[Any]]] = []
    for event in events:
        if isinstance(event, State):
            commands = allocator.state(event)
        elif isinstance(event, Pedal):
            commands = allocator.pedal(event)
        else:
            commands = allocator.note(event, lambda voice: (voice * 7) % 5 / 5)
        for command in commands:
            if isinstance(command, Fade):
                allocator.ended(command.voice)
        taken.append([command_list(command) for command in commands])
    return taken


def command_list(command: Command) -> list[Any]:
    if isinstance(command, Start):
        voice, key, gain, stretch, again = command
        return ["start", voice, key, f"{gain:.9f}", stretch, again]
    if isinstance(command, Damp):
        return ["damp", command.voice, f"{command.seconds:.9f}"]
    if isinstance(command, Fade):
        return ["fade", command.voice]
    return ["retune", list(command.voices), command.stretch]
