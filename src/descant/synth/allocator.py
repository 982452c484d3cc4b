# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Assigns voices to notes, and keeps which notes the fingers and pedals hold. Pure.

Notes, pedals and states go in, commands to the voices come out. A voice is free, or sounds one
note, or fades (it was stolen from its note, or silenced). There is at most one sounding voice for a
key, like a string: striking a key again strikes the same voice again. The caller reports with
`ended` that a voice has fallen silent.

A key's damper is off its string while the key is down, while the sostenuto pedal holds it (the
key was down when that pedal went down), and as far as the sustain pedal lifts it. Every undamped
note still decays, so no sequence of events can make a voice sound for ever.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from descant.synth.commands import Command, Damp, Fade, Retune, Start
from descant.synth.loudness import damped_time, soft_pedal_gain, velocity_gain
from descant.synth.settings import SynthSettings
from descant.synth.tuning import stretch_of
from descant.types import SOFT, SOSTENUTO, SUSTAIN, Note, Pedal, State

# The sostenuto pedal is a switch even on the piano; two thresholds keep it from chattering.
SOSTENUTO_DOWN, SOSTENUTO_UP = 64, 48
# A state may arrive before its note, on another topic: its stretch is kept for notes whose time
# differs by no more than this.
PATIENCE_NS = 1_000_000_000
MOST_WAITING = 1_024
# Voices beyond `voices` that sound new notes while stolen ones fade.
RESERVE = 16

Level = Callable[[int], float]


@dataclass(slots=True)
class _Sounding:
    note: int
    key: int
    order: int
    key_down: bool = True
    damping: float = math.inf  # seconds


class Allocator:
    """The notes that sound, and what holds them."""

    def __init__(self, settings: SynthSettings) -> None:
        self.settings = settings
        self.size = settings.voices + min(settings.voices, RESERVE)
        self.stolen = 0
        self.refused_states = 0
        self._free = list(range(self.size))[::-1]
        self._sounding: dict[int, _Sounding] = {}
        self._voice_of_key: dict[int, int] = {}
        self._voice_of_note: dict[int, int] = {}
        self._down: dict[int, int] = {}
        self._sustained: set[int] = set()
        self._pedals = {SUSTAIN: 0, SOSTENUTO: 0, SOFT: 0}
        self._sostenuto = False
        self._stretch = 0.0
        self._waiting: dict[int, tuple[int, float]] = {}
        self._count = 0

    @property
    def sounding(self) -> int:
        """Number of voices that sound a note now, released ones included."""
        return len(self._sounding)

    @property
    def held(self) -> int:
        """Number of notes held by a finger or a pedal now (half-pedalled ones are not).

        May be called from another thread than the one that plays: the list is made in one step.
        """
        return sum(1 for s in list(self._sounding.values()) if s.damping == math.inf)

    def note(self, note: Note, level: Level) -> list[Command]:
        """A key goes down or up; `level` gives a voice's present amplitude."""
        return self._on(note, level) if note.on else self._off(note)

    def pedal(self, pedal: Pedal) -> list[Command]:
        """A pedal moves."""
        if pedal.pedal not in self._pedals or not self.settings.use_pedals:
            return []
        self._pedals[pedal.pedal] = pedal.value
        if pedal.pedal == SOSTENUTO:
            self._turn_sostenuto(pedal.value)
        return [] if pedal.pedal == SOFT else self._dampers()

    def state(self, state: State) -> list[Command]:
        """Retune the notes that a state of the learner names; new notes get its stretch too.

        A state that names none tunes every voice that sounds.
        """
        stretch = stretch_of(state, self.settings)
        if stretch is None:
            self.refused_states += 1
            return []
        self._stretch = stretch
        voices = [] if state.notes else list(self._sounding)
        for note in state.notes:
            voice = self._voice_of_note.get(note)
            if voice is None:
                self._wait(note, state.time_ns, stretch)
            else:
                voices.append(voice)
        return [Retune(tuple(voices), stretch)] if voices else []

    def ended(self, voice: int) -> None:
        """Free a voice that has fallen silent."""
        self._forget(voice)
        self._free.append(voice)

    def panic(self) -> list[Command]:
        """Silence everything at once. The pedals stay where they are."""
        voices = list(self._sounding)
        for voice in voices:
            self._forget(voice)
        self._sustained.clear()
        return [Fade(voice) for voice in voices]

    def release_all(self) -> list[Command]:
        """The piano is lost: release every key and every pedal."""
        for sounding in self._sounding.values():
            sounding.key_down = False
        self._down.clear()
        self._pedals = dict.fromkeys(self._pedals, 0)
        self._turn_sostenuto(0)
        return self._dampers()

    def change(self, settings: SynthSettings) -> list[Command]:
        """New parameters from now on; the size of the pool is not among them."""
        self.settings = settings
        if not settings.use_pedals:
            self._pedals = dict.fromkeys(self._pedals, 0)
            self._turn_sostenuto(0)
        return self._dampers()

    def _on(self, note: Note, level: Level) -> list[Command]:
        commands: list[Command] = []
        self._down[note.key] = note.id
        voice = self._voice_of_key.get(note.key)
        again = voice is not None
        if voice is None:
            voice = self._allocate(level, commands)
            if voice is None:
                return commands
        else:
            self._voice_of_note.pop(self._sounding[voice].note, None)
        self._count += 1
        self._sounding[voice] = _Sounding(note.id, note.key, self._count)
        self._voice_of_key[note.key] = self._voice_of_note[note.id] = voice
        gain = velocity_gain(note.velocity_14bit, self.settings)
        gain *= soft_pedal_gain(self._pedals[SOFT], self.settings)
        commands.append(Start(voice, note.key, gain, self._first_stretch(note), again))
        return commands

    def _off(self, note: Note) -> list[Command]:
        if self._down.get(note.key) == note.id:
            del self._down[note.key]
        voice = self._voice_of_note.get(note.id)
        if voice is None:
            return []
        self._sounding[voice].key_down = False
        return self._damper(voice)

    def _dampers(self) -> list[Command]:
        return [command for voice in self._sounding for command in self._damper(voice)]

    def _damper(self, voice: int) -> list[Command]:
        sounding = self._sounding[voice]
        if sounding.key_down or sounding.key in self._sustained:
            seconds = math.inf
        else:
            seconds = damped_time(sounding.key, self._pedals[SUSTAIN], self.settings)
        if seconds == sounding.damping:
            return []
        sounding.damping = seconds
        return [Damp(voice, seconds)]

    def _turn_sostenuto(self, value: int) -> None:
        if not self._sostenuto and value >= SOSTENUTO_DOWN:
            self._sostenuto = True
            self._sustained = set(self._down)
        elif self._sostenuto and value < SOSTENUTO_UP:
            self._sostenuto = False
            self._sustained = set()

    def _allocate(self, level: Level, commands: list[Command]) -> int | None:
        """A voice for a new note: a free one, or a stolen one when as many as may sound do.

        None while all of the reserve is fading: more than RESERVE notes too many within a few ms.
        """
        if len(self._sounding) < self.settings.voices and self._free:
            return self._free.pop()
        self.stolen += 1
        victim = min(self._sounding, key=lambda v: self._priority(v, level(v)), default=None)
        if victim is None or (level(victim) > 0.0 and not self._free):
            return None
        self._forget(victim)
        if level(victim) <= 0.0:
            return victim
        commands.append(Fade(victim))
        return self._free.pop()

    def _priority(self, voice: int, level: float) -> tuple[int, float, int]:
        """The lowest is stolen: damped first, then pedalled, held; the quietest, the oldest."""
        sounding = self._sounding[voice]
        held = 2 if sounding.key_down else 1 if sounding.damping == math.inf else 0
        return held, level, sounding.order

    def _forget(self, voice: int) -> None:
        sounding = self._sounding.pop(voice, None)
        if sounding is not None:
            del self._voice_of_key[sounding.key]
            self._voice_of_note.pop(sounding.note, None)

    def _first_stretch(self, note: Note) -> float:
        waiting = self._waiting.pop(note.id, None)
        if waiting is not None and abs(note.time_ns - waiting[0]) <= PATIENCE_NS:
            return waiting[1]
        return self._stretch

    def _wait(self, note: int, time_ns: int, stretch: float) -> None:
        self._waiting.pop(note, None)
        self._waiting[note] = (time_ns, stretch)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
