"""Levels and stretches of all voices, from block to block. Pure: what it says goes to `Lines`.

Everything moves on straight lines that begin and end at blocks and meet where they do, so nothing
ever jumps. A struck voice goes from the level it was found at to its peak in the attack time,
while its decay has begun; then it decays exponentially, faster while the damper is down, to
exactly nothing when it has fallen by the decay depth.

Lines are of two lengths, for the sake of cost. Attacks, fades and released notes get a new line
in every block. What moves slowly, a held note's decay and the glide of its overtones, gets one in
every `grid` blocks (20 ms), or when something happens to it in between. A chord that is held
therefore takes no Python at all in most blocks, and that is where the time would go: an audio
thread runs for a fraction of a millisecond out of five, and finds the interpreter's code gone
from the processor's caches every time.
"""

from __future__ import annotations

import math

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.master import seat_gains, seat_of
from descant.synth.motion import Lines, Voice
from descant.synth.settings import SynthSettings

# From any level to silence when a voice is stolen or silenced: short enough to free the voice at
# once, long enough not to click.
FADE = 0.005
# A note that falls by more than this between two points of the grid gets a line in every block.
STEEP = 6.0  # dB


class Control:
    """What every voice does next; a block is `block` seconds, `lines` are the voices' own."""

    def __init__(
        self, settings: SynthSettings, lines: list[Lines], block: float, grid: int
    ) -> None:
        self.block = block
        self.grid = grid
        self._steep = gain_of_db(-STEEP)
        self.now = 0  # blocks
        self.power = 0.0  # the louder channel's sum of squared levels, while this block sounds
        self._lines = lines
        self._voices = [Voice(number) for number in range(len(lines))]
        self._quick: dict[int, Voice] = {}
        self._slow: dict[int, Voice] = {}
        self._slow_power = (0.0, 0.0)
        self._gliding: dict[int, Voice] = {}
        self._calm: list[Voice] = []  # on quick lines still, but slow enough for the grid
        self._over: list[int] = []
        self.change(settings)

    @property
    def active(self) -> int:
        """Voices that are not silent."""
        return len(self._quick) + len(self._slow)

    def level(self, number: int) -> float:
        """A voice's amplitude at the start of the next block."""
        voice = self._voices[number]
        if number not in self._slow:
            return voice.level
        part = (self.now - voice.since) / (self._grid_after(voice.since) - voice.since)
        return voice.level_was + (voice.level - voice.level_was) * part

    def stretch(self, number: int) -> float:
        """A voice's stretch at the start of the next block."""
        voice = self._voices[number]
        if number not in self._gliding:
            return voice.stretch
        since = voice.stretch_since
        part = (self.now - since) / (self._grid_after(since) - since)
        return voice.stretch_was + (voice.stretch - voice.stretch_was) * part

    def change(self, settings: SynthSettings) -> None:
        """New parameters, for the notes struck from now on."""
        self.settings = settings
        self._end = gain_of_db(-settings.decay_depth)

    def start(self, command: Start) -> None:
        """Strike a voice; where it sounds already, level and stretch go on from where they are."""
        voice = self._quickened(command.voice)
        self._aim(voice, command.gain, self.settings.attack)
        voice.decay = 1.0
        voice.free_fall = self._fall(decay_time(command.key, self.settings))
        voice.factor = gain_of_db(-voice.free_fall)
        left, right = seat_gains(seat_of(command.key), self.settings.spread)
        voice.left, voice.right = left * left, right * right
        if command.again:
            self.retune(Retune((voice.number,), command.stretch))
        else:
            self._gliding.pop(voice.number, None)
            voice.stretch_was = voice.stretch = voice.target = command.stretch
            self._lines[voice.number].stretch(command.stretch, command.stretch)

    def damp(self, command: Damp) -> None:
        """The damper of a voice comes down, or off; the voice goes on from its level."""
        voice = self._quickened(command.voice)
        voice.factor = gain_of_db(-(voice.free_fall + self._fall(command.seconds)))

    def fade(self, command: Fade) -> None:
        """To silence in a straight line."""
        self._aim(self._quickened(command.voice), 0.0, FADE)

    def retune(self, command: Retune) -> None:
        """Glide to a new stretch, from wherever the last glide has come to.

        A glide ends on the grid: it takes its time, and up to one step of the grid more.
        """
        end = self.now + max(1, round(self.settings.glide / self.block))
        for number in command.voices:
            voice = self._voices[number]
            voice.stretch = self.stretch(number)
            voice.target = command.stretch
            voice.glide_end = end
            self._gliding[number] = voice
            self._glide_on(voice)

    def ended(self) -> list[int]:
        """Voices that have come to silence and were not struck since: inactive from now on."""
        if not self._over:
            return []
        over = [n for n in self._over if self._voices[n].attack >= 1.0]
        self._over = []
        for number in over:
            self._quick.pop(number, None)
            self._gliding.pop(number, None)
        return over

    def advance(self) -> None:
        """Tell every voice that needs one its next line, and go on by a block."""
        if self.now % self.grid == 0:
            self._go_on()
        if self._calm:
            self._slow_down()
        if self._quick:
            self._step()
        self.now += 1

    def clear(self) -> list[int]:
        """Nothing sounds any more, at once: only for when nobody hears. Returns what did."""
        over = [*self._quick, *self._slow]
        for number in over:
            voice = self._voices[number]
            voice.level = voice.level_was = voice.scale = voice.offset = 0.0
        for active in (self._quick, self._slow, self._gliding):
            active.clear()
        self._over, self._calm, self._slow_power = [], [], (0.0, 0.0)
        return over

    def _quickened(self, number: int) -> Voice:
        """The voice at the level it has reached, on lines of one block."""
        voice = self._voices[number]
        if number in self._slow:
            level = self.level(number)
            del self._slow[number]
            left, right = voice.power()
            self._slow_power = (self._slow_power[0] - left, self._slow_power[1] - right)
            voice.level = level
            voice.decay = (level + voice.offset) / voice.scale if voice.scale > 0.0 else 0.0
        self._quick[number] = voice
        return voice

    def _aim(self, voice: Voice, peak: float, seconds: float) -> None:
        voice.base = voice.level
        voice.attack = 0.0
        voice.attack_step = min(1.0, self.block / seconds)
        voice.scale = peak / (1.0 - self._end)
        voice.offset = voice.scale * self._end

    def _step(self) -> None:
        """One block of every voice on quick lines."""
        power_left, power_right = self._slow_power
        for number, voice in self._quick.items():
            voice.level_was = voice.level
            voice.decay *= voice.factor
            level = max(0.0, voice.scale * voice.decay - voice.offset)
            if voice.attack < 1.0:
                voice.attack = min(1.0, voice.attack + voice.attack_step)
                level = voice.base + (level - voice.base) * voice.attack
            voice.level = level
            self._lines[number].quick(voice.level_was, level)
            left, right = voice.power()
            power_left += left
            power_right += right
            if level <= 0.0 and voice.attack >= 1.0:
                self._over.append(number)
            elif self._is_calm(voice):
                self._calm.append(voice)
        self.power = max(power_left, power_right)

    def _is_calm(self, voice: Voice) -> bool:
        return voice.attack >= 1.0 and voice.factor**self.grid > self._steep and voice.level > 0.0

    def _slow_down(self) -> None:
        """Lines of the grid, from this block on, for who is calm and was not disturbed since."""
        left, right = self._slow_power
        for voice in self._calm:
            if self._is_calm(voice) and self._quick.pop(voice.number, None) is not None:
                self._slow[voice.number] = voice
                self._decay_on(voice)
                power = voice.power()
                left, right = left + power[0], right + power[1]
        self._calm = []
        self._slow_power = (left, right)
        self.power = max(left, right)

    def _go_on(self) -> None:
        """At a point of the grid: the next line of every voice on slow ones."""
        left = right = 0.0
        over: list[int] = []
        for number, voice in self._slow.items():
            if voice.level <= 0.0:
                over.append(number)
                continue
            self._decay_on(voice)
            power = voice.power()
            left, right = left + power[0], right + power[1]
        self._slow_power = (left, right)
        self.power = max(left, right)
        for number in over:
            self._quick[number] = self._slow.pop(number)
        for voice in list(self._gliding.values()):
            if voice.stretch_since < self.now:  # else it was just retuned
                self._glide_on(voice)

    def _decay_on(self, voice: Voice) -> None:
        """A line from now to the next point of the grid."""
        blocks = self._grid_after(self.now) - self.now
        voice.since = self.now
        voice.level_was = voice.level
        voice.decay *= voice.factor**blocks
        voice.level = max(0.0, voice.scale * voice.decay - voice.offset)
        self._lines[voice.number].slow(*self._through(voice.level_was, voice.level, blocks))

    def _glide_on(self, voice: Voice) -> None:
        """A line from now to the next point of the grid, or rest where there is no way left."""
        before = voice.stretch
        if before == voice.target:
            del self._gliding[voice.number]
            self._lines[voice.number].stretch(before, before)
            return
        blocks = self._grid_after(self.now) - self.now
        left = voice.glide_end - self.now
        part = 1.0 if left <= blocks else blocks / left
        after = voice.target if part == 1.0 else before + (voice.target - before) * part
        voice.stretch_since = self.now
        voice.stretch_was, voice.stretch = before, after
        self._lines[voice.number].stretch(*self._through(before, after, blocks))

    def _through(self, before: float, after: float, blocks: int) -> tuple[float, float]:
        """Ends of the grid's ramp on a line that is at `before` when `blocks` of it are left."""
        return after - (after - before) * self.grid / blocks, after

    def _grid_after(self, block: int) -> int:
        return (block // self.grid + 1) * self.grid

    def _fall(self, seconds: float) -> float:
        """Decibels a block, for the decay depth in `seconds`; infinity falls by nothing."""
        return 0.0 if math.isinf(seconds) else self.settings.decay_depth * self.block / seconds
