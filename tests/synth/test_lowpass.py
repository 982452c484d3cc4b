"""The low-pass over everything."""

import numpy as np
import pytest
from scipy.signal import butter, freqz

from descant.synth.lowpass import Lowpass
from descant.synth.settings import SynthSettings

RATE, FRAMES = 48_000, 256


def through(lowpass: Lowpass, frequency: float, blocks: int = 60) -> np.ndarray:
    t = np.arange(blocks * FRAMES) / RATE
    sine = np.sin(2 * np.pi * frequency * t).astype(np.float32)
    both = np.stack([sine, sine])
    parts = [lowpass.filter(both[:, i : i + FRAMES]) for i in range(0, both.shape[1], FRAMES)]
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("frequency", [200.0, 2_000.0, 8_000.0])
def test_it_is_a_second_order_butterworth(frequency: float) -> None:
    out = through(Lowpass(SynthSettings(cutoff=2_000.0), FRAMES, RATE), frequency)
    _, response = freqz(*butter(2, 2_000.0, fs=RATE), worN=[frequency], fs=RATE)
    assert np.abs(out[0, 4_000:]).max() == pytest.approx(abs(response[0]), rel=0.02)


def test_by_default_there_is_none() -> None:
    assert not Lowpass(SynthSettings(), FRAMES, RATE).on


def test_the_wander_stays_in_its_range_and_is_the_same_for_the_same_seed() -> None:
    def walk(seed: int) -> list[float]:
        settings = SynthSettings(cutoff_wanders=True, cutoff_rate=5.0, cutoff_seed=seed)
        lowpass = Lowpass(settings, FRAMES, RATE)
        places = []
        for _ in range(2_000):
            lowpass.filter(np.zeros((2, FRAMES), np.float32))
            places.append(lowpass.cutoff)
        return places

    places = walk(1)
    assert places == walk(1)
    assert places != walk(2)
    assert 1_000.0 <= min(places) < 1_300.0
    assert 2_700.0 < max(places) <= 3_000.0
    assert np.abs(np.diff(places)).max() < 2_000.0 * 5.0 * FRAMES / RATE * 1.1


def test_silence_leaves_no_denormal_numbers_behind() -> None:
    lowpass = Lowpass(SynthSettings(cutoff=1_000.0), FRAMES, RATE)
    through(lowpass, 500.0, blocks=4)
    for _ in range(400):
        out = lowpass.filter(np.zeros((2, FRAMES), np.float32))
    assert not out.any()
