"""The sensory dissonance of a performance, however it was tuned: its mean, and its course.

As dissonance grows with the product of two amplitudes, that of two notes is their gains' product
times a number that depends on their keys and stretches alone. So the sum over a performance is one
over pairs of notes, each taken once for as long as neither is retuned, not over every moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from descant.research.dissonance import pair_dissonance
from descant.synth.settings import SynthSettings
from descant.synth.tuning import audible_partials, key_frequency, partial_amplitudes
from descant.whatif.overtone_stretch import Tuned
from descant.whatif.sounding import Sounding
from descant.whatif.state_arrays import Said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FAINTEST_PAIR = 1e-5
"""Two notes whose gains' product is below this (-100 dB) are not heard to beat."""
AT_ONCE = 4_096  # pairs of notes computed together: their partials fit the processor's cache
KEYS = 128


class Roughness:
    """Measures how dissonant `sounding` is for any tuning; what can be known before, is."""

    def __init__(self, sounding: Sounding, settings: SynthSettings) -> None:
        self._tuned = Tuned(sounding, settings)
        self._partials = _Partials(settings)
        self._times_ns = sounding.times_ns
        note = self._tuned.note
        self._key = sounding.key[note]
        self._begins = _edges(note)
        every = np.arange(len(note))
        self._own = _Pieces(every, every, np.square(sounding.gain), self._begins)
        one, other = _pairs(sounding)
        weight = sounding.gain[one] * sounding.gain[other]
        heard = weight >= FAINTEST_PAIR
        one, other = one[heard], other[heard]
        self._pairs = _Pieces(one, other, weight[heard], _edges(note[one], note[other]))

    def mean(self, what: Said) -> float:
        """The dissonance with the tuning that `what` asks for, meant over all samples.

        In units of two sines of amplitude 1, the fundamental of a note at full velocity.
        """
        total = sum(float(cut.weight @ values) for _, cut, values in self._measured(what))
        return total / len(self._times_ns)

    def course(self, what: Said) -> tuple[Ints, Floats]:
        """The times of all samples in ns, and the dissonance at each, in the unit of `mean`."""
        found = np.zeros(len(self._times_ns))
        for pieces, cut, values in self._measured(what):
            sample, rough = pieces.spread(cut, values, self._tuned.sample)
            found += np.bincount(sample, rough, minlength=len(found))
        return self._times_ns, found

    def _measured(self, what: Said) -> Iterator[tuple[_Pieces, _Cut, Floats]]:
        """Two notes at a time, then each by itself: pieces, and the dissonance of each piece."""
        stretch = self._tuned.stretch(what)
        retuned = np.zeros(len(stretch), bool)
        retuned[1:] = (stretch[1:] != stretch[:-1]) & ~self._begins[1:]
        for pieces, measure in ((self._pairs, _between), (self._own, _within)):
            cut = pieces.cut(retuned)
            values = np.empty(len(cut.one))
            for low in range(0, len(values), AT_ONCE):
                a, b = cut.one[low : low + AT_ONCE], cut.other[low : low + AT_ONCE]
                first = self._partials.of(self._key[a], stretch[a])
                second = self._partials.of(self._key[b], stretch[b])
                values[low : low + AT_ONCE] = measure(*first, *second)
            yield pieces, cut, values


class _Cut(NamedTuple):
    """Pieces in which neither note is retuned: the rows where they begin, the notes' places in
    `Sounding.gain` there, and their summed weights."""

    start: Ints
    one: Ints
    other: Ints
    weight: Floats


class _Pieces:
    """Two notes at all samples where both sound; rows of one pair are together, by time.

    `one` and `other` are places in `Sounding.gain`, `weight` the product of the gains there.
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
        """The pieces' `values`, weighted, at every row: its sample and what it adds there."""
        length = np.diff(cut.start, append=len(self._one))
        return sample[self._one], np.repeat(values, length) * self._weight

    def _cut(self, new: Flags) -> _Cut:
        starts = np.flatnonzero(new)
        weights = np.add.reduceat(self._weight, starts) if len(starts) else self._weight
        return _Cut(starts, self._one[starts], self._other[starts], weights)


class _Partials:
    """Frequencies and amplitudes of every key's partials."""

    def __init__(self, settings: SynthSettings) -> None:
        self._fades = settings.detune_fades
        self._harmonics = np.arange(1.0, settings.partials + 1)
        self._frequency = np.array([key_frequency(key, settings.a4) for key in range(KEYS)])
        self._amplitude: Floats = np.tile(np.array(partial_amplitudes(settings)), (KEYS, 1))
        for key in range(KEYS):  # those that are too high are not sounded
            count = audible_partials(key, settings, settings.sample_rate)
            self._amplitude[key, count:] = 0.0

    def of(self, keys: Ints, stretch: Floats) -> tuple[Floats, Floats]:
        """Of keys so stretched, each of shape (keys, partials)."""
        frequencies: Floats = self._frequency[keys][:, None] * self._harmonics
        frequencies[:, 1:] *= 1.0 + stretch[:, None]
        amplitudes = self._amplitude[keys]
        if self._fades:
            amplitudes[:, 1:] *= np.abs(1.0 - stretch[:, None])
        return frequencies, amplitudes


def _between(f: Floats, a: Floats, g: Floats, b: Floats) -> Floats:
    """The dissonance of each first sound's partials with each second's, shape (sounds,)."""
    pairs = pair_dissonance(f[:, :, None], g[:, None, :])
    return np.asarray(np.einsum("nij,ni,nj->n", pairs, a, b))


def _within(f: Floats, a: Floats, _g: Floats, _b: Floats) -> Floats:
    """The dissonance of each first sound's own partials, shape (sounds,)."""
    one, other = np.triu_indices(f.shape[1], k=1)
    pairs = pair_dissonance(f[:, one], f[:, other])
    return np.asarray(np.einsum("np,np,np->n", pairs, a[:, one], a[:, other]))


def _pairs(sounding: Sounding) -> tuple[Ints, Ints]:
    """Places in `sounding.gain` of every two notes at every sample where both sound."""
    begin, end = sounding.first.tolist(), (sounding.first + sounding.length).tolist()
    rows: list[tuple[int, int, int, int]] = []
    active: list[int] = []
    for index in np.argsort(sounding.first, kind="stable").tolist():
        active = [other for other in active if end[other] > begin[index]]
        for other in active:
            rows.append((other, index, begin[index], min(end[other], end[index]) - begin[index]))
        active.append(index)
    first, second, sample, count = np.array(rows, np.int64).reshape(-1, 4).T
    inner = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    origin = sounding.offset - sounding.first
    return (
        np.repeat(origin[first] + sample, count) + inner,
        np.repeat(origin[second] + sample, count) + inner,
    )


def _edges(*columns: Ints) -> Flags:
    """Where any of the columns differs from the row before; the first row does."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new
