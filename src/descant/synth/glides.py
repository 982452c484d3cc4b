"""Stretches on their way to a target, shared by the voices that are on the same way. Pure.

A state retunes whole chords, sixty times a second: notes that have the same stretch and are given
the same one follow one line from then on, and what is said to all of them is said once. A note
that joins a chord, or leaves it, goes its own way for as long as its stretch differs; lines with
one target come nearer with every retuning, and are one again when they have met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from descant.synth.motion import Line, grid_after, through

# Stretches that differ by less are the same: a millionth of a cent.
SAME = 5e-10


class Drawn(NamedTuple):
    """What sounds a glide: its line from one point of the grid to the next, and its end."""

    line: Line
    stop: Callable[[], None]


class _Glide:
    __slots__ = ("end", "members", "number", "since", "target", "value", "was")

    def __init__(self, number: int) -> None:
        self.number = number
        self.members: set[int] = set()
        self.was = self.value = 0.0  # at the start and the end of the line that is being drawn
        self.since = 0  # the block in which it started
        self.target = 0.0
        self.end = 0  # the block in which the target is to be reached


class Glides:
    """As many glides as voices: one is free whenever a voice must leave its chord.

    `drawn` draws the glides; `follow` tells a voice which of them is its own. Times are numbers
    of blocks.
    """

    def __init__(self, drawn: list[Drawn], follow: list[Callable[[int], None]], grid: int) -> None:
        self._drawn, self._follow, self._grid = drawn, follow, grid
        self._free = [_Glide(number) for number in range(len(drawn))][::-1]
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
        asked = {voice for voice in voices if voice in self._of}
        glides = {self._of[voice].number: self._of[voice] for voice in asked}.values()
        parts = sorted(
            ((self._at(glide, now), glide) for glide in glides),
            key=lambda part: (part[0], part[1].number),
        )
        last: _Glide | None = None
        for value, whole in parts:
            if last is not None and value - last.value < SAME:
                for voice in sorted(whole.members & asked):
                    self.leave(voice)
                    self._join(voice, last)
                continue
            last = whole if whole.members <= asked else self._split(whole, asked)
            last.value = value
            last.target, last.end = target, end
            self._moving[last.number] = last
        for glide in {self._of[voice].number: self._of[voice] for voice in asked}.values():
            self._draw(glide, now)

    def go_on(self, now: int) -> None:
        """At a point of the grid: the next line of all that have not arrived."""
        for glide in list(self._moving.values()):
            if glide.since < now:  # else it was just retuned
                self._draw(glide, now)

    def clear(self) -> None:
        """All voices are silent."""
        for voice in list(self._of):
            self.leave(voice)

    def _at(self, glide: _Glide, now: int) -> float:
        if glide.number not in self._moving:
            return glide.value
        part = (now - glide.since) / (grid_after(glide.since, self._grid) - glide.since)
        return glide.was + (glide.value - glide.was) * part

    def _draw(self, glide: _Glide, now: int) -> None:
        """A line from now to the next point of the grid, or rest where there is no way left."""
        before = glide.value
        line = self._drawn[glide.number].line
        if before == glide.target:
            del self._moving[glide.number]
            line(before, before)
            return
        blocks = grid_after(now, self._grid) - now
        left = glide.end - now
        part = 1.0 if left <= blocks else blocks / left
        after = glide.target if part == 1.0 else before + (glide.target - before) * part
        glide.since, glide.was, glide.value = now, before, after
        line(*through(before, after, blocks, self._grid))

    def _split(self, whole: _Glide, asked: set[int]) -> _Glide:
        """A glide of their own for those of `whole` who were asked."""
        part = self._open(whole.value)
        for voice in sorted(whole.members & asked):
            self.leave(voice)
            self._join(voice, part)
        return part

    def _join(self, voice: int, glide: _Glide) -> None:
        glide.members.add(voice)
        self._of[voice] = glide
        self._follow[voice](glide.number)

    def _open(self, value: float) -> _Glide:
        glide = self._free.pop()
        glide.value = glide.target = value
        self._used[glide.number] = glide
        self._drawn[glide.number].line(value, value)
        return glide

    def _close(self, glide: _Glide) -> None:
        self._moving.pop(glide.number, None)
        del self._used[glide.number]
        self._drawn[glide.number].stop()
        self._free.append(glide)
