# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Glides of the overtones' stretch to a target; voices with equal stretch and target share one.

A state retunes whole chords, sixty times a second. Notes that have the same stretch and get the
same target follow one glide from then on, so that each new line is computed and set once. A note
that joins or leaves the chord has a glide of its own for as long as its stretch differs; glides
with one target come nearer with every retuning, and become one when they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from descant.synth.envelope import Line, grid_after, ramp_ends

# Stretches that differ by less are equal: a millionth of a cent.
SAME = 5e-10


class GlideOutput(NamedTuple):
    """The signal of a glide: its line from one point of the grid to the next, and its end."""

    line: Line
    stop: Callable[[], None]


class _Glide:
    __slots__ = ("before", "end", "members", "number", "since", "target", "value")

    def __init__(self, number: int) -> None:
        self.number = number
        self.members: set[int] = set()
        self.before = self.value = 0.0  # at the start and the end of the present line
        self.since = 0  # the block in which it started
        self.target = 0.0
        self.end = 0  # the block in which the target is to be reached


class Glides:
    """As many glides as voices: one is free whenever a voice must leave its chord.

    `outputs` are those of the glides; `follow[voice]` connects a voice to the glide of a number.
    Times are numbers of blocks.
    """

    def __init__(
        self, outputs: list[GlideOutput], follow: list[Callable[[int], None]], grid: int
    ) -> None:
        self._outputs, self._follow, self._grid = outputs, follow, grid
        self._free = [_Glide(number) for number in range(len(outputs))][::-1]
        self._used: dict[int, _Glide] = {}
        self._moving: dict[int, _Glide] = {}
        self._of: dict[int, _Glide] = {}

    def begin(self, voice: int, stretch: float) -> None:
        """A silent voice is struck, at this stretch."""
        self.leave(voice)
        for glide in self._used.values():
            if glide.value == stretch and glide.number not in self._moving:
                return self._join(voice, glide)
        return self._join(voice, self._open(stretch))

    def leave(self, voice: int) -> None:
        """A voice has fallen silent."""
        glide = self._of.pop(voice, None)
        if glide is not None:
            glide.members.remove(voice)
            if not glide.members:
                self._close(glide)

    def retune(self, voices: Iterable[int], target: float, now: int, end: int) -> None:
        """Glide to `target` until block `end`, from wherever each of these voices is now."""
        retuned = {voice for voice in voices if voice in self._of}
        by_value = sorted(
            ((self._at(glide, now), glide) for glide in self._glides_of(retuned)),
            key=lambda pair: (pair[0], pair[1].number),
        )
        last: _Glide | None = None
        for value, glide in by_value:
            if last is not None and value - last.value < SAME:
                self._move(glide.members & retuned, last)
                continue
            last = glide if glide.members <= retuned else self._split(glide, retuned)
            last.value = value
            last.target, last.end = target, end
            self._moving[last.number] = last
        for glide in self._glides_of(retuned):
            self._draw(glide, now)

    def go_on(self, now: int) -> None:
        """At a point of the grid: the next line of all that have not reached their target."""
        for glide in list(self._moving.values()):
            if glide.since < now:  # else it was just retuned
                self._draw(glide, now)

    def clear(self) -> None:
        """All voices are silent."""
        for voice in list(self._of):
            self.leave(voice)

    def _glides_of(self, voices: set[int]) -> Iterable[_Glide]:
        return {self._of[voice].number: self._of[voice] for voice in voices}.values()

    def _at(self, glide: _Glide, now: int) -> float:
        if glide.number not in self._moving:
            return glide.value
        part = (now - glide.since) / (grid_after(glide.since, self._grid) - glide.since)
        return glide.before + (glide.value - glide.before) * part

    def _draw(self, glide: _Glide, now: int) -> None:
        """A line from now to the next point of the grid; a constant where the target is reached."""
        before = glide.value
        line = self._outputs[glide.number].line
        if before == glide.target:
            del self._moving[glide.number]
            line(before, before)
            return
        blocks = grid_after(now, self._grid) - now
        left = glide.end - now
        part = 1.0 if left <= blocks else blocks / left
        after = glide.target if part == 1.0 else before + (glide.target - before) * part
        glide.since, glide.before, glide.value = now, before, after
        line(*ramp_ends(before, after, blocks, self._grid))

    def _split(self, glide: _Glide, retuned: set[int]) -> _Glide:
        """A glide of their own for those of its voices that are retuned."""
        part = self._open(glide.value)
        self._move(glide.members & retuned, part)
        return part

    def _move(self, voices: set[int], glide: _Glide) -> None:
        for voice in sorted(voices):
            self.leave(voice)
            self._join(voice, glide)

    def _join(self, voice: int, glide: _Glide) -> None:
        glide.members.add(voice)
        self._of[voice] = glide
        self._follow[voice](glide.number)

    def _open(self, value: float) -> _Glide:
        glide = self._free.pop()
        glide.value = glide.target = value
        self._used[glide.number] = glide
        self._outputs[glide.number].line(value, value)
        return glide

    def _close(self, glide: _Glide) -> None:
        self._moving.pop(glide.number, None)
        del self._used[glide.number]
        self._outputs[glide.number].stop()
        self._free.append(glide)
