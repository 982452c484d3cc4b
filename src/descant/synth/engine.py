# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synthesiser as a whole: events go in at one end, blocks of samples come out of the other.

    notes, pedals, states -> Allocator -> Control, Limiter -> VoiceBank, Bus (pyo) -> samples

Whatever needs sound calls `render`: JACK's or PortAudio's thread, a paced thread that writes a
file, or a loop without a clock. Events may come from another thread; they wait in a queue and take
effect at the start of the next block, all of them there, so that the same events at the same blocks
give the same samples. No clock is read: time is the number of blocks.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum

from descant.arrays import Samples
from descant.synth.allocator import Allocator
from descant.synth.bus import RING
from descant.synth.commands import Command, Damp, Fade, Retune, Start
from descant.synth.control import Control
from descant.synth.cutoff import Cutoff
from descant.synth.loudness import db_of_gain, gain_of_db
from descant.synth.master import RECOVERY, Limiter, pan_position
from descant.synth.settings import SynthSettings
from descant.synth.voice_bank import VoiceBank
from descant.types import Note, Pedal, State

# The most inputs processed in one block; the rest wait for the next. A chord is ten. It bounds the
# work of an audio thread in one call.
MOST_INPUTS = 64


class SynthCommand(Enum):
    """What the engine does besides playing."""

    PANIC = "silence everything quickly"
    RELEASE_ALL = "the piano is lost: release every key and pedal"


EngineInput = Note | Pedal | State | SynthSettings | SynthCommand


@dataclass(frozen=True, slots=True)
class SynthReport:
    """The voices, as SynthState.msg describes them."""

    voices: int
    held: int
    stolen: int
    refused_states: int
    peak: float  # dBFS, since the last report
    gain_reduction: float  # dB


class Engine:
    """The voices with everything that drives them. Blocks of `frames` at `sample_rate`."""

    def __init__(self, settings: SynthSettings, *, frames: int, sample_rate: int) -> None:
        self.frames = frames
        self.sample_rate = sample_rate
        self.blocks = 0
        self._wake = 0  # the block before which Python is needed again
        self.inbox: deque[EngineInput] = deque()
        self._allocator = Allocator(settings)
        bank = VoiceBank(settings, self._allocator.size, frames=frames, sample_rate=sample_rate)
        self._bank, self._bus = bank, bank.bus
        grid = bank.blocks_per_grid
        self._control = Control(settings, bank.lines, bank.glides, frames / sample_rate, grid)
        step = grid * frames / sample_rate  # seconds
        self._limiter = Limiter(
            self._bus.set_gain_on_block,
            self._bus.set_gain_on_grid,
            grid=grid,
            recover=1.0 - math.exp(-step / RECOVERY),
        )
        self._cutoff = Cutoff(settings, step, sample_rate)
        self._bus.filter(on=self._cutoff.on)
        self._set_level(settings)
        self._measured = 0

    def render(self) -> tuple[Samples, Samples]:
        """The next block, left and right, between -1 and 1; it holds for some blocks."""
        if self.blocks >= self._wake or self.inbox:
            self._prepare()
        self.blocks += 1
        return self._bank.render()

    def silence(self) -> None:
        """Process what waits, but let nothing sound: for when no sink asks for blocks."""
        self._control.now = self._wake = self.blocks
        while self.inbox:
            self._process_inbox()
        self._allocator.panic()
        for voice in self._control.clear():
            self._stop(voice)

    @property
    def silent(self) -> bool:
        """Whether nothing sounds and no input waits."""
        return not self.inbox and not self._control.active

    @property
    def voices(self) -> int:
        """The voices that sound now, releasing ones included."""
        return self._control.active

    def report(self) -> SynthReport:
        """The voices now; the peak is that since the last report."""
        return SynthReport(
            voices=self.voices,
            held=self._allocator.held,
            stolen=self._allocator.stolen,
            refused_states=self._allocator.refused_states,
            peak=min(0.0, db_of_gain(self._measure_peak())),
            gain_reduction=max(0.0, -db_of_gain(self._limiter.gain)),
        )

    def close(self) -> None:
        """Free pyo's server; nothing may be rendering."""
        self._bank.close()

    def _measure_peak(self) -> float:
        """The highest absolute sample since the last call, or in the last RING frames."""
        blocks = min(self.blocks - self._measured, RING // self.frames)
        self._measured = self.blocks
        return self._bank.peak(blocks) if blocks else 0.0

    def _prepare(self) -> None:
        """Set every line that the next block needs, and the next block in which there are any."""
        control = self._control
        now = control.now = self.blocks
        if self.inbox:
            self._process_inbox()
        for voice in control.ended():
            self._stop(voice)
        control.advance()
        self._limiter.follow(now, control.power * self._bank.mean_square)
        if now % control.grid == 0 and self._cutoff.on:
            self._bus.set_cutoff(self._cutoff.value or self._cutoff.step(), self._cutoff.step())
        self._wake = control.now if self._limiter.on_block else control.wake

    def _process_inbox(self) -> None:
        inbox = self.inbox
        for _ in range(min(len(inbox), MOST_INPUTS)):
            for command in self._commands(inbox.popleft()):
                self._apply(command)

    def _commands(self, given: EngineInput) -> list[Command]:
        if isinstance(given, Note):
            return self._allocator.note(given, self._control.level)
        if isinstance(given, State):
            return self._allocator.state(given)
        if isinstance(given, Pedal):
            return self._allocator.pedal(given)
        if isinstance(given, SynthSettings):
            return self._change(given)
        if given is SynthCommand.PANIC:
            return self._allocator.panic()
        return self._allocator.release_all()

    def _change(self, settings: SynthSettings) -> list[Command]:
        self._set_level(settings)
        self._control.change(settings)
        self._bank.change(settings)
        self._cutoff.change(settings)
        self._bus.filter(on=self._cutoff.on)
        return self._allocator.change(settings)

    def _set_level(self, settings: SynthSettings) -> None:
        self._full_level = 1.0 / self._bank.peak_at_level_1 * gain_of_db(settings.level)

    def _apply(self, command: Command) -> None:
        if isinstance(command, Start):
            if not command.again:
                self._bank.start(command.voice, command.key, pan_position(command.key))
            self._control.start(command._replace(gain=command.gain * self._full_level))
        elif isinstance(command, Damp):
            self._control.damp(command)
        elif isinstance(command, Retune):
            self._control.retune(command)
        elif isinstance(command, Fade):
            self._control.fade(command)

    def _stop(self, voice: int) -> None:
        self._bank.stop(voice)
        self._allocator.ended(voice)
