"""How far each note's overtones are stretched at each sample, by what the learner said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.synth.settings import SynthSettings
from descant.whatif.sounding import Sounding
from descant.whatif.state_arrays import Said, stretches

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Tuned:
    """The rules of the synthesiser: a note begins with the last stretch that was asked for; then
    it has that of the last state that names it, or that names none and so tunes all."""

    def __init__(self, sounding: Sounding, settings: SynthSettings) -> None:
        self._sounding = sounding
        self._settings = settings
        self.note = np.repeat(np.arange(len(sounding.ids)), sounding.length)
        inner = np.arange(len(self.note)) - np.repeat(sounding.offset, sounding.length)
        self.sample = np.repeat(sounding.first, sounding.length) + inner
        self._struck_ns = sounding.strike_ns[self.note]
        self._place = {note: index for index, note in enumerate(sounding.ids)}

    def stretch(self, what: Said) -> Floats:
        """The stretch of every note at every sample, in the order of `Sounding.gain`."""
        asked = stretches(what, self._settings)
        usable = np.flatnonzero(np.isfinite(asked))
        time, asked = what.time_ns[usable], asked[usable]
        notes = [what.notes[index] for index in usable]
        found = self._at_strike(time, asked)
        for_all = np.array([not named for named in notes], bool)
        self._tune_all(found, time[for_all], asked[for_all])
        self._tune_named(found, time, asked, notes, time[for_all])
        return found

    def _at_strike(self, time: Ints, asked: Floats) -> Floats:
        last = np.searchsorted(time, self._sounding.strike_ns, side="right")
        return np.asarray(np.concatenate([[0.0], asked])[last][self.note])

    def _tune_all(self, found: Floats, time: Ints, asked: Floats) -> None:
        if not len(time):
            return
        last = np.searchsorted(time, self._sounding.times_ns, side="right") - 1
        tuned = np.where(last >= 0, time[last], -1)[self.sample] >= self._struck_ns
        found[tuned] = asked[last][self.sample[tuned]]

    def _tune_named(
        self,
        found: Floats,
        time: Ints,
        asked: Floats,
        notes: list[tuple[int, ...]],
        all_tuned: Ints,
    ) -> None:
        """Each state holds from its own sample up to the next at which all are tuned."""
        sounding = self._sounding
        highs = np.append(np.searchsorted(sounding.times_ns, all_tuned), len(sounding.times_ns))
        until = highs[np.searchsorted(all_tuned, time, side="right")].tolist()
        lows = np.searchsorted(sounding.times_ns, time).tolist()
        firsts, lengths = sounding.first.tolist(), sounding.length.tolist()
        offsets = sounding.offset.tolist()
        for low, high, stretch, named in zip(lows, until, asked.tolist(), notes, strict=True):
            for note in named:
                index = self._place.get(note)
                if index is None:
                    continue
                first, offset = firsts[index], offsets[index]
                begin, over = max(low - first, 0), min(high - first, lengths[index])
                if over > begin:
                    found[offset + begin : offset + over] = stretch
