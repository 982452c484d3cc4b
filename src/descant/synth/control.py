"""Levels and stretches of all voices, from block to block. Pure: what it says goes to `Lines`.

Everything moves on straight lines that begin and end at blocks and meet where they do, so nothing
ever jumps. A struck voice goes from the level it was found at to its peak in the attack time,
while its decay has begun; then it decays exponentially, faster while the damper is down, to
exactly nothing when it has fallen by the decay depth.

Lines are of three lengths, for the sake of cost. Attacks, fades and released notes get a new line
in every block. A held note's decay gets one in every `grid` blocks (20 ms), or in LONG times as
many where it is slow enough, or when something happens to it in between; the glides of overtones
are on the grid, and shared (`Glides`). A chord that is held therefore takes no Python at all in
most blocks, and that is where the time would go: an audio thread runs for a fraction of a
millisecond out of five, and finds the interpreter's code gone from the processor's caches every
time.
"""

from __future__ import annotations

import math

from descant.synth.commands import Damp, Fade, Retune, Start
from descant.synth.glides import Drawn, Glides
from descant.synth.loudness import decay_time, gain_of_db
from descant.synth.master import seat_gains, seat_of
from descant.synth.motion import LONG, Lines, Voice, grid_after, through
from descant.synth.settings import SynthSettings

# From any level to silence when a voice is stolen or silenced: short enough to free the voice at
# once, long enough not to click.
FADE = 0.005
# A line is not as long as a fall by this takes: where it is straight, the fall is not.
STEEP = 6.0  # dB


class Control:
    """What every voice does next; a block is `block` seconds, `lines` are the voices' own,
    `drawn` as many glides for their stretches."""

    def __init__(
        self,
        settings: SynthSettings,
        lines: list[Lines],
        drawn: list[Drawn],
        block: float,
        grid: int,
    ) -> None:
        self.block = block
        self.grid = grid
        self._long = grid * LONG
        self._steep = gain_of_db(-STEEP)
        self.now = 0  # blocks
        self.power = 0.0  # the louder channel's sum of squared levels, while this block sounds
        self._lines = lines
        self._voices = [Voice(number) for number in range(len(lines))]
        self._quick: dict[int, Voice] = {}
        self._slow: dict[int, Voice] = {}
        self._short: dict[int, Voice] = {}  # those of the slow ones that are not on long lines
        self._slow_power = (0.0, 0.0)
        self._glides = Glides(drawn, [line.follow for line in lines], grid)
        self._calm: list[Voice] = []  # on quick lines still, but slow enough for the grid
        self._over: list[int] = []
        self.change(settings)

    @property
    def active(self) -> int:
        """Voices that are not silent."""
        return len(self._quick) + len(self._slow)

    @property
    def wake(self) -> int:
        """The next block in which there is something to say, if nothing happens until then."""
        busy = self._quick or self._calm or self._over
        return self.now if busy else grid_after(self.now - 1, self.grid)

    def level(self, number: int) -> float:
        """A voice's amplitude at the start of the next block."""
        voice = self._voices[number]
        if number not in self._slow:
            return voice.level
        part = (self.now - voice.since) / (grid_after(voice.since, voice.grid) - voice.since)
        return voice.level_was + (voice.level - voice.level_was) * part

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
            self._glides.begin(voice.number, command.stretch)

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
        self._glides.retune(command.voices, command.stretch, self.now, end)

    def ended(self) -> list[int]:
        """Voices that have come to silence and were not struck since: inactive from now on."""
        if not self._over:
            return []
        over = [n for n in self._over if self._voices[n].attack >= 1.0]
        self._over = []
        for number in over:
            self._quick.pop(number, None)
            self._glides.leave(number)
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
        for active in (self._quick, self._slow, self._short, self._glides):
            active.clear()
        self._over, self._calm, self._slow_power = [], [], (0.0, 0.0)
        return over

    def _quickened(self, number: int) -> Voice:
        """The voice at the level it has reached, on lines of one block."""
        voice = self._voices[number]
        if number in self._slow:
            level = self.level(number)
            del self._slow[number]
            self._short.pop(number, None)
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
        self.power = max(left, right, 0.0)

    def _go_on(self) -> None:
        """At a point of the grid: the next line of every voice whose line ends here."""
        self._glides.go_on(self.now)
        if self.now % self._long == 0:
            due = list(self._slow.values())
            left = right = 0.0
        else:
            due = list(self._short.values())
            left, right = self._slow_power
            for voice in due:
                power = voice.power()
                left, right = left - power[0], right - power[1]
        for voice in due:
            if voice.level <= 0.0:
                self._short.pop(voice.number, None)
                self._quick[voice.number] = self._slow.pop(voice.number)
                continue
            self._decay_on(voice)
            power = voice.power()
            left, right = left + power[0], right + power[1]
        self._slow_power = (left, right)
        self.power = max(left, right, 0.0)

    def _decay_on(self, voice: Voice) -> None:
        """A line from now to the next point of the grid, or of the long one if it is not steep."""
        now, before = self.now, voice.level
        lines = self._lines[voice.number]
        draw, grid = lines.long, self._long
        blocks = grid_after(now, grid) - now
        decay = voice.decay * voice.factor**blocks
        if voice.scale * decay - voice.offset < before * self._steep:
            draw, grid = lines.slow, self.grid
            blocks = grid_after(now, grid) - now
            decay = voice.decay * voice.factor**blocks
            self._short[voice.number] = voice
        else:
            self._short.pop(voice.number, None)
        voice.since, voice.grid, voice.decay = now, grid, decay
        voice.level_was = before
        voice.level = max(0.0, voice.scale * decay - voice.offset)
        draw(*through(before, voice.level, blocks, grid))

    def _fall(self, seconds: float) -> float:
        """Decibels a block, for the decay depth in `seconds`; infinity falls by nothing."""
        return 0.0 if math.isinf(seconds) else self.settings.decay_depth * self.block / seconds
