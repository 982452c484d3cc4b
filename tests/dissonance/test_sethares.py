# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The measure of dissonance against what Plomp, Levelt and Sethares found with it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descant.dissonance.sethares import dissonance, pair_dissonance

HARMONICS = np.arange(1, 7)
AMPLITUDES = 0.88 ** np.arange(6)


def dyad(fundamental: float, interval: float) -> float:
    """Two harmonic tones of six partials, as in Sethares' figure."""
    f = np.concatenate([fundamental * HARMONICS, fundamental * interval * HARMONICS])
    return float(dissonance(f, np.tile(AMPLITUDES, 2)))


def by_loops(frequencies: list[float], amplitudes: list[float]) -> float:
    """The formula as it is printed, pair by pair."""
    total = 0.0
    for i, f in enumerate(frequencies):
        for j in range(i):
            low, high = sorted((f, frequencies[j]))
            s = 0.24 / (0.021 * low + 19)
            x = s * (high - low)
            total += amplitudes[i] * amplitudes[j] * (math.exp(-3.5 * x) - math.exp(-5.75 * x))
    return total


tones = st.lists(st.tuples(st.floats(20.0, 8000.0), st.floats(0.0, 1.0)), min_size=1, max_size=12)


@given(tones)
@settings(deadline=None, max_examples=60)
def test_it_is_the_printed_formula_over_all_pairs(tone: list[tuple[float, float]]) -> None:
    frequencies, amplitudes = map(list, zip(*tone, strict=True))
    expected = by_loops(frequencies, amplitudes)
    assert float(dissonance(frequencies, amplitudes)) == pytest.approx(expected, abs=1e-12)


def test_the_minima_of_a_harmonic_tone_lie_at_the_just_intervals() -> None:
    """Sethares 1993, figure 3: unison, minor and major third, fourth, fifth, sixth, octave.

    Within 3 cents: where a minimum lies on a slope, as the thirds do, it is not quite at its root.
    """
    cents = np.arange(-50.0, 1250.0, 0.5)
    curve = np.array([dyad(500.0, 2.0 ** (c / 1200)) for c in cents])
    inner = (curve[1:-1] < curve[:-2]) & (curve[1:-1] < curve[2:])
    minima = cents[1:-1][inner]
    for ratio in (1, 6 / 5, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2):
        assert np.abs(minima - 1200 * math.log2(ratio)).min() < 3.0, ratio


def test_the_deepest_minima_are_unison_octave_and_fifth() -> None:
    just = {r: dyad(500.0, r) for r in (1.0, 6 / 5, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2.0)}
    assert set(sorted(just, key=lambda r: just[r])[:3]) == {1.0, 2.0, 3 / 2}


@pytest.mark.parametrize("low", [100.0, 440.0, 2000.0])
def test_two_sines_are_roughest_at_about_a_quarter_of_a_critical_band(low: float) -> None:
    """Glasberg and Moore's critical band: 24.7 (4.37 f + 1) Hz with f in kHz."""
    apart = np.linspace(0.1, 600.0, 60_000)
    roughest = apart[np.argmax(pair_dissonance(np.full_like(apart, low), low + apart))]
    band = 24.7 * (4.37 * (low + roughest / 2) / 1000 + 1)
    assert 0.15 < roughest / band < 0.6


def test_nothing_is_rough_alone_in_unison_or_far_apart() -> None:
    assert float(dissonance([440.0], [1.0])) == 0.0
    assert float(dissonance([440.0, 440.0], [1.0, 1.0])) == 0.0
    assert float(dissonance([100.0, 8000.0], [1.0, 1.0])) < 1e-6


@pytest.mark.parametrize(("loss", "semitones"), [(0.059463, 1), (0.122462, 2)])
def test_a_note_whose_overtones_a_loss_has_stretched_is_rougher_beside_its_octave(
    loss: float, semitones: int
) -> None:
    """Partial 2 of A3 at (1 + L) lies a semitone (a tone) above the A4 it should meet."""
    partials = np.arange(1, 5)
    amplitudes = np.tile([1.0, 0.5, 0.3, 0.18], 2)
    stretch = np.where(partials == 1, 1.0, 1.0 + loss)
    assert 12 * math.log2(stretch[1]) == pytest.approx(semitones, abs=1e-4)
    in_tune = np.concatenate([220.0 * partials, 440.0 * partials])
    detuned = np.concatenate([220.0 * partials * stretch, 440.0 * partials])
    assert float(dissonance(detuned, amplitudes)) > 1.4 * float(dissonance(in_tune, amplitudes))
    assert float(dissonance(detuned, amplitudes)) == pytest.approx(
        by_loops(detuned.tolist(), amplitudes.tolist()), rel=1e-12
    )


def test_many_sounds_at_once_are_those_sounds_one_by_one() -> None:
    rng = np.random.default_rng(3)
    f, a = rng.uniform(50, 5000, (7, 5, 9)), rng.uniform(0, 1, 9)
    together = dissonance(f, a)
    assert together.shape == (7, 5)
    assert together[3, 2] == float(dissonance(f[3, 2], a))
