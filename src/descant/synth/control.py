"""Levels and stretches of all voices, from block to block. Pure: what it says goes to `Lines`.

Within a block everything moves on a straight line from its value at the start to its value at the
end, so nothing ever jumps. A struck voice goes from the level it was found at to its peak in the
attack time, while its decay has begun; then it decays exponentially, faster while the damper is
down, to exactly nothing when it has fallen by the decay depth.

Plain Python on purpose: at eight voices it costs a quarter of what the same arithmetic costs as
NumPy arrays, and at 176 no more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.master import seat_of, seat_power
from descant.synth.settings import SynthSettings

# From any level to silence when a voice is stolen or silenced: short enough to free the voice at
# once, long enough not to click.
FADE = 0.005


class Lines(NamedTuple):
    """How a voice is told its next block: a value at the start, and by how much it grows."""

    level_from: Callable[[float], None]
    level_by: Callable[[float], None]
    stretch: Callable[[float, float], None]  # at the start, at the end
    overtones: Callable[[float, float], None] | None = None  # where they fade with the stretch


class Voice:
    """Where one voice stands. Levels are amplitudes, 0..1."""

    __slots__ = (
        "attack", "attack_step", "base", "decay", "factor", "free_fall", "glide_left", "left",
        "level", "number", "offset", "right", "scale", "stretch", "target",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.level = 0.0  # at the end of the last block
        self.stretch = 0.0
        self.target = 0.0
        self.glide_left = -1  # blocks; 0 in the one after, which stands still; then -1
        self.base = 0.0
        self.attack = 1.0  # 0..1
        self.attack_step = 1.0  # a block
        self.decay = 0.0  # 1 .. the end of the decay
        self.factor = 1.0  # of the decay, a block
        self.free_fall = 0.0  # of the undamped voice, dB a block
        self.scale = 0.0  # level = scale * decay - offset
        self.offset = 0.0
        self.left = self.right = 0.5  # parts of its power


class Control:
    """What every voice does next; a block is `block` seconds, `lines` are the voices' own."""

    def __init__(self, settings: SynthSettings, lines: list[Lines], block: float) -> None:
        self.block = block
        self.power = (0.0, 0.0)  # sums of squared levels, left and right, at the block's end
        self.levels = [0.0] * len(lines)  # at the end of the last block
        self._lines = lines
        self._voices = [Voice(number) for number in range(len(lines))]
        self._active: dict[int, Voice] = {}
        self._gliding: dict[int, Voice] = {}
        self._over: list[int] = []
        self.change(settings)

    @property
    def active(self) -> int:
        """Voices that are not silent."""
        return len(self._active)

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self.settings = settings
        self._end = gain_of_db(-settings.decay_depth)

    def start(self, command: Start) -> None:
        """Strike a voice; where it sounds already, level and stretch go on from where they are."""
        voice = self._voices[command.voice]
        self._active[voice.number] = voice
        self._aim(voice, command.gain, self.settings.attack)
        voice.decay = 1.0
        voice.free_fall = self._fall(decay_time(command.key, self.settings))
        voice.factor = gain_of_db(-voice.free_fall)
        voice.left, voice.right = seat_power(seat_of(command.key), self.settings.spread)
        if command.again:
            self.retune(Retune((voice.number,), command.stretch))
        else:
            voice.stretch = voice.target = command.stretch
            voice.glide_left = 0
            self._gliding[voice.number] = voice

    def damp(self, command: Damp) -> None:
        """The damper of a voice comes down, or off; the voice goes on from its level."""
        voice = self._voices[command.voice]
        voice.factor = gain_of_db(-(voice.free_fall + self._fall(command.seconds)))

    def fade(self, command: Fade) -> None:
        """To silence in a straight line."""
        self._aim(self._voices[command.voice], 0.0, FADE)

    def retune(self, command: Retune) -> None:
        """Glide to a new stretch, from wherever the last glide has come to."""
        blocks = max(1, round(self.settings.glide / self.block))
        for number in command.voices:
            voice = self._voices[number]
            voice.target = command.stretch
            voice.glide_left = blocks
            self._gliding[number] = voice

    def ended(self) -> list[int]:
        """Voices that have come to silence and were not struck since: inactive from now on."""
        if not self._over:
            return []
        over = [n for n in self._over if self._voices[n].attack >= 1.0]
        self._over = []
        for number in over:
            self._active.pop(number, None)
            self._gliding.pop(number, None)
        return over

    def advance(self) -> None:
        """Tell every voice its line through the next block."""
        self._glide()
        levels, lines = self.levels, self._lines
        power_left = power_right = 0.0
        for number, voice in self._active.items():
            before = voice.level
            voice.decay = decay = voice.decay * voice.factor
            level = max(0.0, voice.scale * decay - voice.offset)
            if voice.attack < 1.0:
                level = self._attacked(voice, level)
            if level == 0.0 and voice.attack >= 1.0:
                self._over.append(number)
            voice.level = levels[number] = level
            line = lines[number]
            line.level_from(before)
            line.level_by(level - before)
            square = level * level
            power_left += square * voice.left
            power_right += square * voice.right
            if line.overtones is not None:
                line.overtones(before, level)
        self.power = (power_left, power_right)

    def clear(self) -> list[int]:
        """Nothing sounds any more, at once: only for when nobody hears. Returns what did."""
        over = list(self._active)
        for voice in self._active.values():
            voice.level = voice.scale = voice.offset = self.levels[voice.number] = 0.0
        self._active.clear()
        self._gliding.clear()
        self._over = []
        return over

    def _aim(self, voice: Voice, peak: float, seconds: float) -> None:
        voice.base = voice.level
        voice.attack = 0.0
        voice.attack_step = min(1.0, self.block / seconds)
        voice.scale = peak / (1.0 - self._end)
        voice.offset = voice.scale * self._end

    @staticmethod
    def _attacked(voice: Voice, level: float) -> float:
        voice.attack = min(1.0, voice.attack + voice.attack_step)
        return voice.base + (level - voice.base) * voice.attack

    def _glide(self) -> None:
        if not self._gliding:
            return
        rested = []
        for number, voice in self._gliding.items():
            before = voice.stretch
            if voice.glide_left > 0:
                voice.stretch = before + (voice.target - before) / voice.glide_left
            else:
                rested.append(number)
            voice.glide_left -= 1
            self._lines[number].stretch(before, voice.stretch)
        for number in rested:
            del self._gliding[number]

    def _fall(self, seconds: float) -> float:
        """Decibels a block, for the decay depth in `seconds`; infinity falls by nothing."""
        return 0.0 if math.isinf(seconds) else self.settings.decay_depth * self.block / seconds
