# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stretch of each note's overtones at each sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from descant.arrays import Floats, Ints
from descant.dissonance.sampled_notes import SampledNotes
from descant.dissonance.state_arrays import StateArrays
from descant.synth.settings import SettingsChange, SynthSettings


class OvertoneStretch:
    """The synthesiser's rules: a note begins with the stretch of the last state; from then on it
    has that of the last state that names it, or that names no note and so tunes all.

    `note` and `sample` are the indices of note and sample for each element of `SampledNotes.gain`.
    """

    def __init__(
        self, notes: SampledNotes, settings: SynthSettings, changes: Sequence[SettingsChange]
    ) -> None:
        self._notes = notes
        self._settings, self._changes = settings, changes
        self.note = np.repeat(np.arange(len(notes.ids)), notes.length)
        within_note = np.arange(len(self.note)) - np.repeat(notes.offset, notes.length)
        self.sample = np.repeat(notes.first, notes.length) + within_note
        self._strike_ns = notes.strike_ns[self.note]
        self._index = {note: index for index, note in enumerate(notes.ids)}

    def at_samples(self, states: StateArrays) -> Floats:
        """The stretch of every note at every sample, in the order of `SampledNotes.gain`."""
        stretches = states.stretches(self._settings, self._changes)
        usable = np.flatnonzero(np.isfinite(stretches))
        time, stretches = states.time_ns[usable], stretches[usable]
        named = [states.states[index].notes for index in usable]
        result = self._at_strike(time, stretches)
        for_all = np.array([not notes for notes in named], bool)
        self._tune_all(result, time[for_all], stretches[for_all])
        self._tune_named(result, time, stretches, named, time[for_all])
        return result

    def _at_strike(self, time: Ints, stretches: Floats) -> Floats:
        last = np.searchsorted(time, self._notes.strike_ns, side="right")
        return np.asarray(np.concatenate([[0.0], stretches])[last][self.note])

    def _tune_all(self, result: Floats, time: Ints, stretches: Floats) -> None:
        if not len(time):
            return
        last = np.searchsorted(time, self._notes.times_ns, side="right") - 1
        tuned = np.where(last >= 0, time[last], -1)[self.sample] >= self._strike_ns
        result[tuned] = stretches[last][self.sample[tuned]]

    def _tune_named(
        self,
        result: Floats,
        time: Ints,
        stretches: Floats,
        named: list[tuple[int, ...]],
        all_tuned: Ints,
    ) -> None:
        """Each state holds from its own sample up to the next at which all notes are tuned."""
        notes = self._notes
        ends = np.append(np.searchsorted(notes.times_ns, all_tuned), len(notes.times_ns))
        ends = ends[np.searchsorted(all_tuned, time, side="right")]
        starts = np.searchsorted(notes.times_ns, time)
        firsts, lengths, offsets = (a.tolist() for a in (notes.first, notes.length, notes.offset))
        for start, end, stretch, ids in zip(
            starts.tolist(), ends.tolist(), stretches.tolist(), named, strict=True
        ):
            for note in ids:
                index = self._index.get(note)
                if index is None:
                    continue
                first, offset = firsts[index], offsets[index]
                low, high = max(start - first, 0), min(end - first, lengths[index])
                if high > low:
                    result[offset + low : offset + high] = stretch
