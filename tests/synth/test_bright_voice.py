# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bright voice: its partials, and its waves."""

import numpy as np
import pytest

from descant.synth.bright_voice import MOST_PARTIALS, BrightVoice, spread_wave
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.types import Note
from support.sound import RATE, render_notes

KEYS = np.array([key_frequency(key, 440.0) for key in range(128)])


def count(key: int, rate: float = 48_000) -> int:
    amplitudes = BrightVoice(SynthSettings(), rate).partials(KEYS[[key]], np.zeros(1))[1]
    return int(np.count_nonzero(amplitudes))


def test_the_lower_the_key_the_more_partials() -> None:
    counts = [count(key) for key in range(21, 109)]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[69 - 21], counts[-1]) == (MOST_PARTIALS, 16, 1)


@pytest.mark.parametrize("sample_rate", [22_050, 44_100, 48_000])
def test_no_partial_can_come_near_half_the_sample_rate(sample_rate: int) -> None:
    voice = BrightVoice(SynthSettings(max_detune=1.0), sample_rate)
    frequencies, amplitudes = voice.partials(KEYS, np.ones(128))
    is_overtone = np.arange(MOST_PARTIALS) > 0
    assert np.all((frequencies < 0.45 * sample_rate) | (amplitudes == 0.0) | ~is_overtone)


def test_a_wave_has_its_overtones_and_peaks_little() -> None:
    amplitudes = 1.0 / np.arange(1.0, 41.0)
    wave = spread_wave(amplitudes)
    size = np.abs(np.fft.rfft(wave)) / len(wave) * 2
    np.testing.assert_allclose(size[1:41], [0.0, *amplitudes[1:]], atol=1e-6)
    together = np.abs(amplitudes[1:].sum())
    assert np.abs(wave).max() < 0.6 * together
    assert not spread_wave(np.array([1.0, 0.0, 0.0])).any()


def test_it_sounds_at_its_partials_and_below_full_scale() -> None:
    notes = [Note(0, 1, True, 45, 127, 127 << 7)]
    sound = render_notes(notes, [], SynthSettings(voice="bright"), tail=2.0)
    assert 0.2 < np.abs(sound).max() < 0.55  # -6 dBFS at most
    part = sound.sum(axis=0)[RATE // 4 : RATE // 4 + RATE].astype(float)
    size = np.abs(np.fft.rfft(part * np.hanning(RATE)))
    around = {f: size[f - 20 : f + 20] for f in (110, 220, 770, 3_300)}
    assert [int(np.argmax(near)) for near in around.values()] == [20] * 4
