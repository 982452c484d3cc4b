"""From the voices to two channels, on pyo: seats, low-pass, gain, ceiling, and a ring of samples.

Nothing here takes Python while it plays. The voices of a seat are a chain: each adds what it
hears to the one before it that sounds (pyo's `add`), so that a sum costs nothing, and silent
voices are not in it; a `Mix` would cost a tenth of a voice for each of its inputs, sounding or
not. The chain is mended when a voice starts or stops. pyo computes objects in the order in which
they were made, so a chain always runs from lower to higher numbers.

The two channels end in two tables of RING frames, from which sinks copy: the place of a block in
them is known by counting.
"""

from __future__ import annotations

import bisect
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.synth.master import SEATS, ceiling_table, seat_gains
from descant.synth.pyo_calls import core, memory

Samples = NDArray[np.float32]

RING = 16_384  # frames
CEILING_SIZE = 4_096
# The ceiling's table goes this far; the limiter leaves nothing that would be louder.
REACH = 4.0
# pyo's filters cost six times as much on silence (denormal numbers) as on this, at -480 dBFS.
FAINT = 1e-24


class Chain:
    """The sounding voices of one seat, by number; `links` are all voices' (sine, end of voice)."""

    def __init__(self, links: list[tuple[Any, Any]], seat: Any) -> None:
        self._links = links
        self._seat = seat
        self._numbers: list[int] = []

    def insert(self, number: int) -> None:
        """A voice starts to sound here."""
        place = bisect.bisect_left(self._numbers, number)
        self._numbers.insert(place, number)
        self._mend(place)
        self._mend(place + 1)

    def remove(self, number: int) -> None:
        """A voice has fallen silent."""
        place = self._numbers.index(number)
        del self._numbers[place]
        self._mend(place)

    def _mend(self, place: int) -> None:
        """Let the voice at `place`, or behind the last one the seat, hear the one before it."""
        before = self._links[self._numbers[place - 1]][1] if place else 0.0
        if place < len(self._numbers):
            self._links[self._numbers[place]][0].setAdd(before)
        else:
            self._seat.setValue(before)


class Bus:
    """Everything behind the voices; make it after them."""

    def __init__(self, pyo: Any, ramps: Any, links: list[tuple[Any, Any]], spread: float) -> None:
        self._links = links
        seats = [pyo.Sig(0.0) for _ in range(SEATS)]
        self._keep: list[Any] = [*seats, ramps]
        self.chains = [Chain(links, core(seat)) for seat in seats]
        self._pans = self._sums(pyo, seats)
        self.spread(spread)
        ends = [sums[-1] for sums in self._pans]
        cutoff = pyo.Sig(ramps.slow, mul=0.0, add=20_000.0)
        self._filters = [pyo.ButLP(end, cutoff) for end in ends]
        gain = pyo.Sig(ramps.slow, mul=0.0, add=1.0 / REACH)
        self._scaled = [pyo.Sig(end, mul=gain) for end in ends]
        table = pyo.DataTable(CEILING_SIZE, init=ceiling_table(CEILING_SIZE, REACH).tolist())
        bounded = [pyo.Lookup(table, scaled) for scaled in self._scaled]
        rings = [pyo.DataTable(RING) for _ in range(2)]
        self._keep += [cutoff, gain, table, bounded, rings]
        self._keep += [
            pyo.TableFill(channel, ring) for channel, ring in zip(bounded, rings, strict=True)
        ]
        self.rings: list[Samples] = [memory(ring) for ring in rings]
        self._quick, self._slow = core(ramps.quick), core(ramps.slow)
        self._gain, self._cutoff = core(gain), core(cutoff)
        self._ends = ends
        self._filtering = True
        self.filter(on=False)

    def spread(self, spread: float) -> None:
        """Width of the stereo picture, 0..1."""
        for seat in range(SEATS):
            for sums, gain in zip(self._pans, seat_gains(seat, spread), strict=True):
                core(sums[seat]).setMul(gain)

    def filter(self, *, on: bool) -> None:
        """Put the low-pass in, or take it out."""
        if on == self._filtering:
            return
        self._filtering = on
        for filtered, end, scaled in zip(self._filters, self._ends, self._scaled, strict=True):
            (core(filtered).play if on else core(filtered).stop)()
            core(scaled).setValue(core(filtered if on else end))

    def set_cutoff(self, before: float, after: float) -> None:
        """Of the low-pass, in Hz, over the next step of the grid."""
        self._cutoff.setAdd(before)
        self._cutoff.setMul(after - before)

    def set_gain_quickly(self, before: float, after: float) -> None:
        """Of everything, over the next block."""
        self._set_gain(self._quick, before, after)

    def set_gain(self, before: float, after: float) -> None:
        """Of everything, over the next step of the grid."""
        self._set_gain(self._slow, before, after)

    def _set_gain(self, ramp: Any, before: float, after: float) -> None:
        self._gain.setValue(ramp)
        self._gain.setAdd(before / REACH)
        self._gain.setMul((after - before) / REACH)

    @staticmethod
    def _sums(pyo: Any, seats: list[Any]) -> list[list[Any]]:
        """For left and right: each seat with its gain, added to the sum of those before it."""
        channels = []
        for _ in range(2):
            sums = [pyo.Sig(seats[0], mul=math.sqrt(0.5), add=FAINT)]
            for seat in seats[1:]:
                sums.append(pyo.Sig(seat, mul=math.sqrt(0.5), add=sums[-1]))
            channels.append(sums)
        return channels
