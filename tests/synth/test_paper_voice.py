# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The paper's voice: its partials, and its table of overtones."""

import numpy as np
import pytest

from descant.synth.paper_voice import PaperVoice, overtone_wave, partial_amplitudes
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency


def test_the_papers_example_in_tune_and_detuned() -> None:
    voice = PaperVoice(SynthSettings(), 48_000)
    frequencies, amplitudes = voice.partials(np.array([440.0, 440.0]), np.array([0.0, 0.25]))
    assert frequencies.tolist() == [[440, 880, 1320, 1760], [440, 1100, 1650, 2200]]
    assert amplitudes.tolist() == [[1.0, 0.5, 0.3, 0.18]] * 2


def test_amplitudes_are_given_and_then_fall_with_the_square() -> None:
    settings = SynthSettings(partials=4, partial_balance=(0.5, 0.25))
    assert partial_amplitudes(settings) == (1.0, 0.5, 0.5 * 4 / 9, 0.5 * 4 / 16)


@pytest.mark.parametrize("sample_rate", [44_100, 48_000, 96_000])
def test_no_partial_of_any_key_can_come_near_half_the_sample_rate(sample_rate: int) -> None:
    voice = PaperVoice(SynthSettings(partials=8, max_detune=1.0), sample_rate)
    fundamentals = np.array([key_frequency(key, 440.0) for key in range(128)])
    frequencies, amplitudes = voice.partials(fundamentals, np.full(128, 1.0))
    counts = np.count_nonzero(amplitudes, axis=1).tolist()
    assert np.all((frequencies < 0.45 * sample_rate) | (amplitudes == 0.0) | (np.arange(8) == 0))
    assert counts[21] == 8
    assert counts[60] == 8
    assert counts == sorted(counts, reverse=True)


def test_the_table_holds_the_overtones_and_no_fundamental() -> None:
    table = overtone_wave((1.0, 0.5, 0.25, 0.125), 4)
    size = np.abs(np.fft.rfft(table)) / len(table) * 2
    np.testing.assert_allclose(size[:6], [0, 0, 0.5, 0.25, 0.125, 0], atol=1e-7)
