# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The sensory dissonance of a performance for any states of the learner: its mean, and over time.

As dissonance grows with the product of two amplitudes, that of two notes is their gains' product
times a number that depends on their keys and stretches alone. So the sum over a performance is one
over pairs of notes, each computed once for as long as neither is retuned, not at every sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Floats, Ints
from descant.dissonance.overtone_stretch import OvertoneStretch
from descant.dissonance.sampled_notes import SampledNotes
from descant.dissonance.sethares import dissonance, pair_dissonance
from descant.dissonance.state_arrays import StateArrays
from descant.synth.settings import SettingsChange, SynthSettings, settings_at
from descant.synth.tuning import key_frequency
from descant.synth.voice import make_voice

Flags = NDArray[np.bool_]

LOWEST_PAIR = 1e-5
"""The product of two notes' gains below which their dissonance is inaudible (-100 dB)."""
BATCH = 4_096  # pairs of notes computed together: their partials fit the processor's cache


class PerformanceDissonance:
    """The dissonance of `notes`; whatever does not depend on the states is computed once.

    `changes` are those of the settings from part to part, sorted by time.
    """

    def __init__(
        self,
        notes: SampledNotes,
        settings: SynthSettings,
        changes: Sequence[SettingsChange] = (),
    ) -> None:
        self._stretch = OvertoneStretch(notes, settings, changes)
        self._voice = make_voice(settings, settings.sample_rate)
        self._grid, self._index = notes.grid, notes.index
        note = self._stretch.note
        frequency = [
            key_frequency(key, settings_at(strike_ns, settings, changes).a4)
            for key, strike_ns in zip(notes.key.tolist(), notes.strike_ns.tolist(), strict=True)
        ]
        self._frequency = np.array(frequency, np.float64)[note]
        self._begins = _changes(note)
        every = np.arange(len(note))
        self._single = _Pieces(every, every, np.square(notes.gain), self._begins)
        one, other = _simultaneous(notes)
        weight = notes.gain[one] * notes.gain[other]
        audible = weight >= LOWEST_PAIR
        one, other = one[audible], other[audible]
        self._pairs = _Pieces(one, other, weight[audible], _changes(note[one], note[other]))

    def mean(self, states: StateArrays) -> float:
        """The dissonance with the tuning by `states`, averaged over all samples.

        In units of two sines of amplitude 1, the fundamental of a note at full velocity.
        """
        total = sum(float(cut.weight @ values) for _, cut, values in self._measure(states))
        return total / self._grid.count

    def over_time(self, states: StateArrays) -> tuple[Ints, Floats]:
        """The times of all samples in ns, and the dissonance at each, in the unit of `mean`."""
        sounding = np.zeros(len(self._index))
        for pieces, cut, values in self._measure(states):
            sample, weighted = pieces.spread(cut, values, self._stretch.sample)
            sounding += np.bincount(sample, weighted, minlength=len(sounding))
        result = np.zeros(self._grid.count)
        result[self._index] = sounding
        return self._grid.times_ns(), result

    def _measure(self, states: StateArrays) -> Iterator[tuple[_Pieces, _Cut, Floats]]:
        """Two notes at a time, then each by itself: pieces, and the dissonance of each piece."""
        stretch = self._stretch.at_samples(states)
        retuned = np.zeros(len(stretch), bool)
        retuned[1:] = (stretch[1:] != stretch[:-1]) & ~self._begins[1:]
        for pieces, measure in ((self._pairs, _between), (self._single, _within)):
            cut = pieces.cut(retuned)
            values = np.empty(len(cut.one))
            for low in range(0, len(values), BATCH):
                a, b = cut.one[low : low + BATCH], cut.other[low : low + BATCH]
                first = self._voice.partials(self._frequency[a], stretch[a])
                second = self._voice.partials(self._frequency[b], stretch[b])
                values[low : low + BATCH] = measure(*first, *second)
            yield pieces, cut, values


class _Cut(NamedTuple):
    """Pieces in which neither note is retuned: the rows where they begin, the notes' indices in
    `SampledNotes.gain` there, and their summed weights.
    """

    start: Ints
    one: Ints
    other: Ints
    weight: Floats


class _Pieces:
    """Two notes at all samples where both sound; the rows of a pair are together, by time.

    `one` and `other` are indices in `SampledNotes.gain`, `weight` the product of the gains there.
    """

    def __init__(self, one: Ints, other: Ints, weight: Floats, begins: Flags) -> None:
        self._one, self._other, self._weight, self._begins = one, other, weight, begins
        self._whole = self._cut(begins)

    def cut(self, retuned: Flags) -> _Cut:
        """The pieces, where notes are retuned at the rows `retuned`."""
        if not retuned.any():
            return self._whole
        return self._cut(self._begins | retuned[self._one] | retuned[self._other])

    def spread(self, cut: _Cut, values: Floats, sample: Ints) -> tuple[Ints, Floats]:
        """For every row its sample, and the weighted value of its piece."""
        length = np.diff(cut.start, append=len(self._one))
        return sample[self._one], np.repeat(values, length) * self._weight

    def _cut(self, begins: Flags) -> _Cut:
        starts = np.flatnonzero(begins)
        weights = np.add.reduceat(self._weight, starts) if len(starts) else self._weight
        return _Cut(starts, self._one[starts], self._other[starts], weights)


def _between(f: Floats, a: Floats, g: Floats, b: Floats) -> Floats:
    """The dissonance of each first note's partials with each second's, shape (notes,)."""
    pairs = pair_dissonance(f[:, :, None], g[:, None, :])
    return np.asarray(np.einsum("nij,ni,nj->n", pairs, a, b))


def _within(f: Floats, a: Floats, _g: Floats, _b: Floats) -> Floats:
    """The dissonance of each first note's own partials, shape (notes,)."""
    return dissonance(f, a)


def _simultaneous(notes: SampledNotes) -> tuple[Ints, Ints]:
    """Indices in `notes.gain` of every two notes at every sample where both sound."""
    begin, end = notes.first.tolist(), (notes.first + notes.length).tolist()
    rows: list[tuple[int, int, int, int]] = []
    active: list[int] = []
    for index in np.argsort(notes.first, kind="stable").tolist():
        active = [other for other in active if end[other] > begin[index]]
        for other in active:
            rows.append((other, index, begin[index], min(end[other], end[index]) - begin[index]))
        active.append(index)
    first, second, sample, count = np.array(rows, np.int64).reshape(-1, 4).T
    inner = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    origin = notes.offset - notes.first
    return (
        np.repeat(origin[first] + sample, count) + inner,
        np.repeat(origin[second] + sample, count) + inner,
    )


def _changes(*columns: Ints) -> Flags:
    """Rows in which any of the columns differs from the row before, and the first row."""
    result = np.zeros(len(columns[0]), bool)
    result[:1] = True
    for column in columns:
        result[1:] |= column[1:] != column[:-1]
    return result
