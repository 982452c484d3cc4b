# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Levels and stretches of all voices, block by block. Pure: its outputs are `VoiceLines`.

Everything moves on straight lines that begin and end at blocks and meet there, so nothing ever
jumps. A struck voice goes from its present level to its peak in the attack time, during which its
decay has begun; then it decays exponentially, faster while the damper is down, to exactly nothing
when it has fallen by the decay depth.

Lines have three lengths, to save time. Attacks, fades and released notes get a new line in every
block. A held note's decay gets one in every `grid` blocks (20 ms), or in LONG times as many where
it is slow enough, or when something happens to it in between; the glides of overtones are on the
grid, and shared (`Glides`). So a held chord runs no Python at all in most blocks. That is where the
time would go: an audio thread runs for a fraction of a millisecond out of five, and finds the
interpreter's code gone from the processor's caches every time.
"""

from __future__ import annotations

import math

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.envelope import LONG, Envelope, VoiceLines, grid_after, ramp_ends
from descant.synth.glides import GlideOutput, Glides
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.master import pan_gains, pan_position
from descant.synth.settings import SynthSettings

# Seconds to silence when a voice is stolen: short enough to free it at once, but without a click.
FADE = 0.005
STEEP = 6.0  # dB by which the level may fall on one line: the line is straight, the fall is not


class Control:
    """The next line of every voice; a block is `block` seconds."""

    def __init__(
        self,
        settings: SynthSettings,
        lines: list[VoiceLines],
        glides: list[GlideOutput],
        block: float,
        grid: int,
    ) -> None:
        self.block = block
        self.grid = grid
        self._long = grid * LONG
        self._steep = gain_of_db(-STEEP)
        self.now = 0  # blocks
        self.power = 0.0  # the louder channel's sum of squared levels during this block
        self._lines = lines
        self._envelopes = [Envelope(number) for number in range(len(lines))]
        self._on_blocks: dict[int, Envelope] = {}
        self._on_grid: dict[int, Envelope] = {}
        self._short: dict[int, Envelope] = {}  # those on the grid whose lines are not long
        self._grid_power = (0.0, 0.0)
        self._glides = Glides(glides, [line.follow for line in lines], grid)
        self._slow: list[Envelope] = []  # still on lines of a block, but slow enough for the grid
        self._ended: list[int] = []
        self.change(settings)

    @property
    def active(self) -> int:
        """Number of voices that are not silent."""
        return len(self._on_blocks) + len(self._on_grid)

    @property
    def wake(self) -> int:
        """The next block in which a line must be set, if nothing happens until then."""
        busy = self._on_blocks or self._slow or self._ended
        return self.now if busy else grid_after(self.now - 1, self.grid)

    def level(self, number: int) -> float:
        """A voice's amplitude at the start of the next block."""
        voice = self._envelopes[number]
        if number not in self._on_grid:
            return voice.level
        part = (self.now - voice.since) / (grid_after(voice.since, voice.grid) - voice.since)
        return voice.level_before + (voice.level - voice.level_before) * part

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self.settings = settings
        self._end = gain_of_db(-settings.decay_depth)

    def start(self, command: Start) -> None:
        """Strike a voice; where it sounds already, level and stretch go on from where they are."""
        voice = self._put_on_blocks(command.voice)
        self._aim(voice, command.gain, self.settings.attack)
        voice.decay = 1.0
        voice.undamped = self._fall(decay_time(command.key, self.settings))
        voice.factor = gain_of_db(-voice.undamped)
        left, right = pan_gains(pan_position(command.key), self.settings.spread)
        voice.left, voice.right = left * left, right * right
        if command.again:
            self.retune(Retune((voice.number,), command.stretch))
        else:
            self._glides.begin(voice.number, command.stretch)

    def damp(self, command: Damp) -> None:
        """Lower or lift the damper of a voice, which goes on from its level."""
        voice = self._put_on_blocks(command.voice)
        voice.factor = gain_of_db(-(voice.undamped + self._fall(command.seconds)))

    def fade(self, command: Fade) -> None:
        """Bring a voice to silence on a straight line."""
        self._aim(self._put_on_blocks(command.voice), 0.0, FADE)

    def retune(self, command: Retune) -> None:
        """Glide to a new stretch, from wherever the last glide has come to.

        A glide ends on the grid: it takes its time, and up to one step of the grid more.
        """
        end = self.now + max(1, round(self.settings.glide / self.block))
        self._glides.retune(command.voices, command.stretch, self.now, end)

    def ended(self) -> list[int]:
        """Voices that have become silent and were not struck since: inactive from now on."""
        ended = [n for n in self._ended if self._envelopes[n].attack >= 1.0]
        self._ended = []
        for number in ended:
            self._on_blocks.pop(number, None)
            self._glides.leave(number)
        return ended

    def advance(self) -> None:
        """Set the next line of every voice that needs one, and go on by a block."""
        if self.now % self.grid == 0:
            self._step_on_grid()
        if self._slow:
            self._move_to_grid()
        if self._on_blocks:
            self._step_on_blocks()
        self.now += 1

    def clear(self) -> list[int]:
        """Silence every voice at once, with a click; return those that sounded."""
        active = [*self._on_blocks, *self._on_grid]
        for number in active:
            voice = self._envelopes[number]
            voice.level = voice.level_before = voice.scale = voice.offset = 0.0
        for group in (self._on_blocks, self._on_grid, self._short, self._glides):
            group.clear()
        self._ended, self._slow, self._grid_power = [], [], (0.0, 0.0)
        return active

    def _put_on_blocks(self, number: int) -> Envelope:
        """The voice at its present level, on lines of one block."""
        voice = self._envelopes[number]
        if number in self._on_grid:
            level = self.level(number)
            del self._on_grid[number]
            self._short.pop(number, None)
            left, right = voice.power()
            self._grid_power = (self._grid_power[0] - left, self._grid_power[1] - right)
            voice.level = level
            voice.decay = (level + voice.offset) / voice.scale if voice.scale > 0.0 else 0.0
        self._on_blocks[number] = voice
        return voice

    def _aim(self, voice: Envelope, peak: float, seconds: float) -> None:
        voice.base = voice.level
        voice.attack = 0.0
        voice.attack_step = min(1.0, self.block / seconds)
        voice.scale = peak / (1.0 - self._end)
        voice.offset = voice.scale * self._end

    def _step_on_blocks(self) -> None:
        """The next line of every voice on lines of a block."""
        power_left, power_right = self._grid_power
        for number, voice in self._on_blocks.items():
            voice.level_before = voice.level
            voice.decay *= voice.factor
            level = max(0.0, voice.scale * voice.decay - voice.offset)
            if voice.attack < 1.0:
                voice.attack = min(1.0, voice.attack + voice.attack_step)
                level = voice.base + (level - voice.base) * voice.attack
            voice.level = level
            self._lines[number].block(voice.level_before, level)
            left, right = voice.power()
            power_left += left
            power_right += right
            if level <= 0.0 and voice.attack >= 1.0:
                self._ended.append(number)
            elif self._is_slow(voice):
                self._slow.append(voice)
        self.power = max(power_left, power_right)

    def _is_slow(self, voice: Envelope) -> bool:
        return voice.attack >= 1.0 and voice.factor**self.grid > self._steep and voice.level > 0.0

    def _move_to_grid(self) -> None:
        """From this block on, lines of the grid for the slow voices to which nothing happened."""
        left, right = self._grid_power
        for voice in self._slow:
            if self._is_slow(voice) and self._on_blocks.pop(voice.number, None) is not None:
                self._on_grid[voice.number] = voice
                self._draw_decay(voice)
                power = voice.power()
                left, right = left + power[0], right + power[1]
        self._slow = []
        self._set_grid_power(left, right)

    def _step_on_grid(self) -> None:
        """At a point of the grid: the next line of every voice whose line ends here."""
        self._glides.go_on(self.now)
        if self.now % self._long == 0:
            due = list(self._on_grid.values())
            left = right = 0.0
        else:
            due = list(self._short.values())
            left, right = self._grid_power
            for voice in due:
                power = voice.power()
                left, right = left - power[0], right - power[1]
        for voice in due:
            if voice.level <= 0.0:
                self._short.pop(voice.number, None)
                self._on_blocks[voice.number] = self._on_grid.pop(voice.number)
                continue
            self._draw_decay(voice)
            power = voice.power()
            left, right = left + power[0], right + power[1]
        self._set_grid_power(left, right)

    def _set_grid_power(self, left: float, right: float) -> None:
        self._grid_power = (left, right)
        self.power = max(left, right, 0.0)

    def _draw_decay(self, voice: Envelope) -> None:
        """A line from now to the next point of the grid, or of the long one if it is not steep."""
        now, before = self.now, voice.level
        lines = self._lines[voice.number]
        draw, grid = lines.long, self._long
        blocks = grid_after(now, grid) - now
        decay = voice.decay * voice.factor**blocks
        if voice.scale * decay - voice.offset < before * self._steep:
            draw, grid = lines.grid, self.grid
            blocks = grid_after(now, grid) - now
            decay = voice.decay * voice.factor**blocks
            self._short[voice.number] = voice
        else:
            self._short.pop(voice.number, None)
        voice.since, voice.grid, voice.decay = now, grid, decay
        voice.level_before = before
        voice.level = max(0.0, voice.scale * decay - voice.offset)
        draw(*ramp_ends(before, voice.level, blocks, grid))

    def _fall(self, seconds: float) -> float:
        """Decibels a block, for the decay depth in `seconds`; 0 for infinity."""
        return 0.0 if math.isinf(seconds) else self.settings.decay_depth * self.block / seconds
