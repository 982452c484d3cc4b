# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""From the voices to two channels, on pyo: panning, low-pass, gain, ceiling, a ring of samples.

No Python runs here while it plays. The voices of a pan position are a chain: each adds its sound to
the output of the one before it that sounds (pyo's `add`), so a sum costs nothing, and silent
voices are not in it; a `Mix` would cost a tenth of a voice for each of its inputs, sounding or
not. The chain is linked again when a voice starts or stops. pyo computes objects in the order in
which they were made, so a chain always runs from lower to higher numbers.

The two channels end in two tables of RING frames, from which sinks copy: the place of a block in
them is known by counting.
"""

from __future__ import annotations

import bisect
import math
from typing import Any

from descant.arrays import Samples
from descant.synth.master import PAN_POSITIONS, ceiling_table, pan_gains
from descant.synth.pyo_calls import core, memory

RING = 16_384  # frames
CEILING_SIZE = 4_096
# The ceiling's table goes this far; the limiter leaves nothing that would be louder.
REACH = 4.0
# pyo's filters cost six times as much on silence (denormal numbers) as on this, at -480 dBFS.
FAINT = 1e-24


class Chain:
    """The sounding voices of one pan position; `links` are (input, output) of every voice."""

    def __init__(self, links: list[tuple[Any, Any]], end: Any) -> None:
        self._links = links
        self._end = end
        self._numbers: list[int] = []

    def insert(self, number: int) -> None:
        """A voice starts to sound here."""
        place = bisect.bisect_left(self._numbers, number)
        self._numbers.insert(place, number)
        self._link(place)
        self._link(place + 1)

    def remove(self, number: int) -> None:
        """A voice has fallen silent."""
        place = self._numbers.index(number)
        del self._numbers[place]
        self._link(place)

    def _link(self, place: int) -> None:
        """Connect the voice at `place`, or the end behind the last one, to the voice before it."""
        before = self._links[self._numbers[place - 1]][1] if place else 0.0
        if place < len(self._numbers):
            self._links[self._numbers[place]][0].setAdd(before)
        else:
            self._end.setValue(before)


class Bus:
    """Everything behind the voices; make it after them."""

    def __init__(self, pyo: Any, ramps: Any, links: list[tuple[Any, Any]], spread: float) -> None:
        ends = [pyo.Sig(0.0) for _ in range(PAN_POSITIONS)]
        self._keep: list[Any] = [*ends, ramps]
        self.chains = [Chain(links, core(end)) for end in ends]
        self._pans = self._sums(pyo, ends)
        self.spread(spread)
        self._channels = [sums[-1] for sums in self._pans]
        cutoff = pyo.Sig(ramps.grid, mul=0.0, add=20_000.0)
        self._filters = [pyo.ButLP(channel, cutoff) for channel in self._channels]
        gain = pyo.Sig(ramps.grid, mul=0.0, add=1.0 / REACH)
        self._scaled = [pyo.Sig(channel, mul=gain) for channel in self._channels]
        table = pyo.DataTable(CEILING_SIZE, init=ceiling_table(CEILING_SIZE, REACH).tolist())
        bounded = [pyo.Lookup(table, scaled) for scaled in self._scaled]
        rings = [pyo.DataTable(RING) for _ in range(2)]
        self._keep += [cutoff, gain, table, bounded, rings]
        self._keep += [
            pyo.TableFill(channel, ring) for channel, ring in zip(bounded, rings, strict=True)
        ]
        self.rings: list[Samples] = [memory(ring) for ring in rings]
        self._block_ramp, self._grid_ramp = core(ramps.block), core(ramps.grid)
        self._gain, self._cutoff = core(gain), core(cutoff)
        self._filtering = True
        self.filter(on=False)

    def spread(self, spread: float) -> None:
        """Set the stereo width, 0..1."""
        for position in range(PAN_POSITIONS):
            for sums, gain in zip(self._pans, pan_gains(position, spread), strict=True):
                core(sums[position]).setMul(gain)

    def filter(self, *, on: bool) -> None:
        """Insert the low-pass, or take it out."""
        if on == self._filtering:
            return
        self._filtering = on
        for filtered, channel, scaled in zip(
            self._filters, self._channels, self._scaled, strict=True
        ):
            (core(filtered).play if on else core(filtered).stop)()
            core(scaled).setValue(core(filtered if on else channel))

    def set_cutoff(self, before: float, after: float) -> None:
        """Move the cutoff of the low-pass, in Hz, over the next step of the grid."""
        self._cutoff.setAdd(before)
        self._cutoff.setMul(after - before)

    def set_gain_on_block(self, before: float, after: float) -> None:
        """Move the gain of the whole sound over the next block."""
        self._set_gain(self._block_ramp, before, after)

    def set_gain_on_grid(self, before: float, after: float) -> None:
        """Move the gain of the whole sound over the next step of the grid."""
        self._set_gain(self._grid_ramp, before, after)

    def _set_gain(self, ramp: Any, before: float, after: float) -> None:
        self._gain.setValue(ramp)
        self._gain.setAdd(before / REACH)
        self._gain.setMul((after - before) / REACH)

    @staticmethod
    def _sums(pyo: Any, ends: list[Any]) -> list[list[Any]]:
        """For left and right: each pan position times its gain, added to those before it."""
        channels = []
        for _ in range(2):
            sums = [pyo.Sig(ends[0], mul=math.sqrt(0.5), add=FAINT)]
            for end in ends[1:]:
                sums.append(pyo.Sig(end, mul=math.sqrt(0.5), add=sums[-1]))
            channels.append(sums)
        return channels
