"""The synthesiser as a whole: events go in at one end, blocks of samples come out of the other.

    notes, pedals, states -> Allocator -> Control, Limiter -> VoiceBank, Bus (pyo) -> samples

Whoever needs sound calls `render`: JACK's or PortAudio's thread, a paced thread that writes a
file, or a loop that is in no hurry. Events may come from another thread; they wait in a queue and
take effect at the start of the next block, all of them there, so that the same events at the same
blocks give the same samples. No clock is read: time is the number of blocks.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum

from descant.synth.allocator import Allocator
from descant.synth.bus import RING, Samples
from descant.synth.commands import Command, Damp, Fade, Retune, Start
from descant.synth.control import Control
from descant.synth.cutoff import Cutoff
from descant.synth.loudness import db_of_gain, gain_of_db
from descant.synth.master import RECOVERY, Limiter, seat_of
from descant.synth.settings import SynthSettings
from descant.synth.voices import VoiceBank
from descant.types import Note, Pedal, State

# The most events taken in one block; the rest wait for the next. A chord is ten. It bounds what
# an audio thread may be asked to do at once.
MOST_EVENTS = 64


class Order(Enum):
    """What can be asked of the engine besides playing."""

    PANIC = "silence everything quickly"
    RELEASE = "the piano is lost: release everything it held"


Input = Note | Pedal | State | SynthSettings | Order


@dataclass(frozen=True, slots=True)
class Report:
    """What SynthState.msg says of the voices."""

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
        self.inbox: deque[Input] = deque()
        self._settings = settings
        self._allocator = Allocator(settings)
        size = self._allocator.size
        self._bank = VoiceBank(settings, size, frames=frames, sample_rate=sample_rate)
        self._mean_square = self._bank.mean_square
        self._control = Control(
            settings,
            self._bank.lines,
            self._bank.drawn,
            frames / sample_rate,
            self._bank.blocks_per_grid,
        )
        grid = self._control.grid
        seconds = grid * frames / sample_rate
        bus = self._bank.bus
        recover = 1.0 - math.exp(-seconds / RECOVERY)
        self._limiter = Limiter(bus.set_gain_quickly, bus.set_gain, grid=grid, recover=recover)
        self._wander = Cutoff(settings, seconds, sample_rate)
        bus.filter(on=self._wander.on)
        self._unit = self._bank.unit * gain_of_db(settings.level)
        self._measured = 0

    def render(self) -> tuple[Samples, Samples]:
        """The next block, left and right, between -1 and 1; it holds for some blocks."""
        if self.blocks >= self._wake or self.inbox:
            self._prepare()
        self.blocks += 1
        return self._bank.render()

    def forget(self) -> None:
        """Take what waits, but let nothing sound: for when nobody renders or hears."""
        self._control.now = self._wake = self.blocks
        while self.inbox:
            self._take()
        self._allocator.panic()
        for voice in self._control.clear():
            self._bank.stop(voice)
            self._allocator.ended(voice)

    @property
    def silent(self) -> bool:
        """Whether nothing sounds and nothing waits to."""
        return not self.inbox and not self._control.active

    def report(self) -> Report:
        """How it is now; the peak is that since the last report."""
        return Report(
            voices=self._control.active,
            held=self._allocator.held,
            stolen=self._allocator.stolen,
            refused_states=self._allocator.refused_states,
            peak=min(0.0, db_of_gain(self._take_peak())),
            gain_reduction=max(0.0, -db_of_gain(self._limiter.gain)),
        )

    def close(self) -> None:
        """Give everything back; nobody may be rendering."""
        self._bank.close()

    def _take_peak(self) -> float:
        """The highest absolute sample since the last call, or in the last RING frames."""
        blocks = min(self.blocks - self._measured, RING // self.frames)
        self._measured = self.blocks
        return self._bank.peak(blocks) if blocks else 0.0

    def _prepare(self) -> None:
        """What there is to say before the next block; says when there will be something again."""
        control = self._control
        now = control.now = self.blocks
        if self.inbox:
            self._take()
        for voice in control.ended():
            self._bank.stop(voice)
            self._allocator.ended(voice)
        control.advance()
        self._limiter.follow(now, control.power * self._mean_square)
        if now % control.grid == 0 and self._wander.on:
            bus = self._bank.bus
            bus.set_cutoff(self._wander.cutoff or self._wander.step(), self._wander.step())
        self._wake = control.now if self._limiter.hurried else control.wake

    def _take(self) -> None:
        inbox = self.inbox
        for _ in range(min(len(inbox), MOST_EVENTS)):
            for command in self._commands(inbox.popleft()):
                self._obey(command)

    def _commands(self, given: Input) -> list[Command]:
        if isinstance(given, Note):
            return self._allocator.note(given, self._control.level)
        if isinstance(given, State):
            return self._allocator.state(given)
        if isinstance(given, Pedal):
            return self._allocator.pedal(given)
        if isinstance(given, SynthSettings):
            return self._change(given)
        return self._allocator.panic() if given is Order.PANIC else self._allocator.release_all()

    def _change(self, settings: SynthSettings) -> list[Command]:
        self._settings = settings
        self._unit = self._bank.unit * gain_of_db(settings.level)
        for part in (self._control, self._bank, self._wander):
            part.change(settings)
        self._bank.bus.filter(on=self._wander.on)
        return self._allocator.change(settings)

    def _obey(self, command: Command) -> None:
        if isinstance(command, Start):
            self._start(command)
        elif isinstance(command, Damp):
            self._control.damp(command)
        elif isinstance(command, Retune):
            self._control.retune(command)
        elif isinstance(command, Fade):
            self._control.fade(command)

    def _start(self, command: Start) -> None:
        if not command.again:
            self._bank.start(command.voice, command.key, seat_of(command.key))
        self._control.start(command._replace(gain=command.gain * self._unit))
