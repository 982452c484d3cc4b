# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How loud every note is at every sample, beside what the synthesiser does and sounds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from descant.dissonance.sampled_notes import SampledNotes, sample_notes
from descant.piano.midifile import load
from descant.synth.loudness import decay_time, gain_of_db, release_time, velocity_gain
from descant.synth.settings import SynthSettings
from descant.types import SOFT, SUSTAIN, Event, Pedal
from support.notes import MS, off, on
from support.performances import performance
from support.sound import render_notes

RATE = 100.0
LOUD = SynthSettings(use_velocity=False)


def of(events: list[Event], settings: SynthSettings = LOUD, end_ms: float = 3_000) -> SampledNotes:
    return sample_notes(events, settings, RATE, int(end_ms * MS))


def gains(sounding: SampledNotes, index: int = 0) -> NDArray[np.float64]:
    start = sounding.offset[index]
    return sounding.gain[start : start + sounding.length[index]]


def test_a_held_note_falls_by_60_db_in_its_decay_time() -> None:
    found = gains(of([on(0, 108, 1)]))
    assert decay_time(108, LOUD) == pytest.approx(2.0)
    assert found[0] == pytest.approx(1.0)
    assert 20 * np.log10(found[100]) == pytest.approx(-30.0, abs=0.3)
    assert len(found) == pytest.approx(190, abs=10)  # -60 dB, which it reaches as the offset bites


def test_a_released_note_falls_in_its_release_time_too() -> None:
    found = gains(of([on(0, 60, 1), off(500, 60, 1)]))
    fall = 60.0 / decay_time(60, LOUD) + 60.0 / release_time(60, LOUD)
    at_500 = 20 * np.log10(found[50])
    assert 20 * np.log10(found[52]) - at_500 == pytest.approx(-0.02 * fall, rel=0.02)
    assert len(found) < 50 + 100 * release_time(60, LOUD)


def test_the_sustain_pedal_holds_a_released_note_until_it_is_up() -> None:
    events = [on(0, 60, 1), Pedal(100 * MS, SUSTAIN, 127), off(200, 60, 1)]
    held = gains(of(events))
    let_go = gains(of([*events, Pedal(1_000 * MS, SUSTAIN, 0)]))
    assert len(held) == 301
    assert 100 < len(let_go) < 150
    np.testing.assert_array_equal(held[:100], let_go[:100])


def test_velocity_and_soft_pedal_make_it_softer() -> None:
    settings = SynthSettings()
    plain = of([on(0, 60, 1, velocity=40)], settings)
    soft = of([Pedal(0, SOFT, 127), on(0, 60, 1, velocity=40)], settings)
    assert gains(plain)[0] == pytest.approx(velocity_gain(40 << 7, settings))
    assert gains(soft)[0] / gains(plain)[0] == pytest.approx(gain_of_db(-settings.soft_pedal))


def test_a_key_struck_again_ends_the_note_before() -> None:
    twice = of([on(0, 60, 1), off(400, 60, 1), on(450, 60, 2), off(900, 60, 2)])
    assert twice.ids == (1, 2)
    assert twice.first.tolist() == [0, 45]
    assert twice.length[0] == 45


def test_a_stolen_voice_is_over() -> None:
    events: list[Event] = [on(n * 100, 50 + n, n) for n in range(6)]
    few = of(events, LOUD.replace(voices=3), end_ms=1_000)
    assert few.length.tolist()[:3] == [30, 30, 30]
    assert few.length.tolist()[3:] == [71, 61, 51]


def test_the_gains_are_the_levels_of_the_sound() -> None:
    """One sine in the middle: the peaks of what pyo renders, in decibels.

    Its levels are straight lines through the exponential's points, up to half a decibel above it,
    and a damper comes down with the next block of 5 ms.
    """
    pytest.importorskip("pyo", reason="pyo is not installed")
    settings = SynthSettings(partials=1, spread=0.0, use_velocity=False)
    events = [on(0, 69, 1), off(700, 69, 1)]
    samples = render_notes(events, [], settings, tail=0.5)[0]
    found = gains(of(events, settings))
    window = settings.sample_rate // 100

    def heard(place: int) -> float:
        return float(20 * np.log10(np.abs(samples[place * window :][: 2 * window]).max()))

    for place, tolerance in ((5, 0.9), (40, 0.9), (60, 0.9), (74, 2.5)):
        said = 20 * np.log10(found[place] / found[20])
        assert heard(place) - heard(20) == pytest.approx(said, abs=tolerance)


@pytest.mark.slow
def test_a_real_performance_has_every_note_once_and_few_at_a_time() -> None:
    events = load(performance("schubert-impromptu-90-3")).events()
    struck = [e for e in events if not isinstance(e, Pedal) and e.on]
    found = sample_notes(events, SynthSettings(), 10.0, events[-1].time_ns)
    assert found.ids == tuple(note.id for note in struck)
    assert found.length.sum() == len(found.gain)
    assert 0.0 <= found.gain.min() <= found.gain.max() <= 1.0
