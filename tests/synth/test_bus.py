# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The voices' sum on pyo: chains that are mended while they play, and the way behind them."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from descant.synth.bus import RING
from descant.synth.engine import Engine
from descant.synth.master import CEILING
from descant.synth.settings import SynthSettings
from descant.synth.voice_bank import VoiceBank
from support.notes import on

FRAMES = 256


@pytest.fixture
def bank() -> Iterator[VoiceBank]:
    made = VoiceBank(SynthSettings(partials=1), 6, frames=FRAMES, sample_rate=48_000)
    yield made
    made.close()


def sound(bank: VoiceBank, voice: int, level: float, *, position: int = 0, key: int = 60) -> None:
    bank.start(voice, key, position)
    bank.lines[voice].block(level, level)


def test_the_sum_holds_the_sounding_voices_and_no_others(bank: VoiceBank) -> None:
    """Random starts and stops in two positions, against the sum of each voice alone."""
    rng = random.Random(1)
    sounding: dict[int, int] = {}
    for _ in range(120):
        voice = rng.randrange(6)
        if voice in sounding:
            bank.stop(voice)
            del sounding[voice]
        else:
            sounding[voice] = rng.choice([0, 7])
            sound(bank, voice, 0.001 * 2**voice, position=sounding[voice])
        left, right = bank.render()
        for position, channel in ((0, left), (7, right)):
            most = sum(0.001 * 2**v for v, s in sounding.items() if s == position)
            least = 0.2 * max(
                [0.001 * 2**v for v, s in sounding.items() if s == position], default=0
            )
            other = sum(0.001 * 2**v for v, s in sounding.items() if s != position)
            peak = float(np.abs(channel).max())
            assert peak <= most + other
            assert peak >= least - other or not least
        if not sounding:
            assert not left.any()


def test_a_voice_alone_is_as_loud_as_its_level(bank: VoiceBank) -> None:
    bank.bus.spread(0.0)
    sound(bank, 2, 0.1)
    blocks = [np.stack(bank.render()) for _ in range(8)]
    assert np.abs(np.concatenate(blocks, axis=1)).max() == pytest.approx(0.1 * 0.5**0.5, rel=1e-3)


def test_what_is_below_the_knee_comes_out_as_it_went_in(bank: VoiceBank) -> None:
    bank.bus.spread(0.0)
    sound(bank, 0, 1.0, key=69)
    heard = np.concatenate([bank.render()[0].copy() for _ in range(40)])
    size = np.abs(np.fft.rfft(heard * np.blackman(len(heard))))
    fundamental = round(440.0 * len(heard) / 48_000)
    rest = np.delete(size, range(fundamental - 40, fundamental + 41))
    assert rest.max() / size.max() < 10 ** (-85 / 20)


def test_nothing_gets_past_the_ceiling(bank: VoiceBank) -> None:
    bank.bus.spread(0.0)
    for voice in range(6):
        sound(bank, voice, 50.0, key=50 + voice)
    for _ in range(20):
        assert np.abs(np.stack(bank.render())).max() <= CEILING


def test_the_low_pass_takes_the_highs_and_leaves_the_rest(bank: VoiceBank) -> None:
    bank.bus.spread(0.0)
    gains = []
    for key in (36, 108):
        sound(bank, 0, 0.1, key=key)
        levels = []
        for on_ in (False, True):
            bank.bus.filter(on=on_)
            bank.bus.set_cutoff(1_000.0, 1_000.0)
            blocks = [np.stack(bank.render()) for _ in range(40)]
            levels.append(float(np.abs(np.concatenate(blocks[20:], axis=1)).max()))
        gains.append(levels[1] / levels[0])
        bank.stop(0)
    assert gains[0] == pytest.approx(1.0, abs=0.02)
    assert gains[1] == pytest.approx((1_000.0 / 4_186.0) ** 2, rel=0.1)


def test_the_ring_goes_round_without_a_seam(bank: VoiceBank) -> None:
    bank.bus.spread(0.0)
    sound(bank, 0, 0.1)
    count = RING // FRAMES * 2 + 3
    heard = np.concatenate([bank.render()[0].copy() for _ in range(count)])
    assert np.abs(np.diff(heard, n=2)).max() < 0.1 * (2 * np.pi * 262 / 48_000) ** 2 * 1.2


def test_engines_can_be_made_and_closed_again_and_again() -> None:
    for turn in range(12):
        settings = SynthSettings(voices=8, detune_fades=turn % 2 == 1)
        engine = Engine(settings, frames=FRAMES, sample_rate=48_000)
        for note in range(1, 9):
            engine.inbox.append(on(0, 50 + note, note))
        for _ in range(5):
            engine.render()
        assert -40.0 < engine.report().peak < 0.0
        engine.close()


def test_a_voice_that_is_used_again_at_once_changes_its_position() -> None:
    bank = VoiceBank(SynthSettings(spread=1.0), 2, frames=FRAMES, sample_rate=48_000)
    sound(bank, 0, 0.1, position=0)
    sound(bank, 0, 0.1, position=7)
    bank.render()
    left, right = bank.render()
    assert np.abs(left).max() < 1e-6
    assert np.abs(right).max() > 0.05
    bank.close()
