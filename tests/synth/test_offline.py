# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The sound itself, rendered by the voices that play live."""

import math
import time

import numpy as np
import pytest

from descant.synth.engine import SynthReport
from descant.synth.loudness import damped_time, db_of_gain, velocity_gain
from descant.synth.settings import SettingsChange, SynthSettings
from descant.synth.tuning import key_frequency
from descant.types import SOSTENUTO, SUSTAIN, Note, Pedal
from support.notes import MS, off, on
from support.sound import RATE, cents, level_db, partial_near, render_notes
from support.states import state

# Long decays: a partial that does not fade can be measured to a hundredth of a cent.
STILL = SynthSettings(decay_bass=60.0, decay_treble=60.0, spread=0.0)


def seconds(samples: np.ndarray, start: float, end: float) -> np.ndarray:
    """Left and right together, from `start` to `end`."""
    return samples[:, round(start * RATE) : round(end * RATE)].astype(float).sum(axis=0)


def pedal(at_ms: float, number: int, value: int) -> Pedal:
    return Pedal(int(at_ms * MS), number, value)


@pytest.mark.parametrize("key", [28, 45, 60, 69, 84, 96])
@pytest.mark.parametrize("loss", [0.0, 0.031, 0.25, 0.8])
def test_partials_lie_where_the_formula_puts_them(key: int, loss: float) -> None:
    sound = render_notes([on(0, key, 1, 100)], [state(50, loss, 1)], STILL, tail=2.2)
    part = seconds(sound, 0.3, 2.2)
    frequency = key_frequency(key, 440.0)
    found, _ = partial_near(part, frequency)
    assert abs(cents(found, frequency)) < 0.5, "the fundamental is never touched"
    for k in (2, 3, 4) if key < 90 else (2, 3):
        expected = k * frequency * (1.0 + loss)
        assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0


def test_a_residual_makes_it_flat() -> None:
    settings = STILL.replace(detune="residual", detune_scale=0.05)
    sound = render_notes([on(0, 60, 1)], [state(1, 9.0, 1, residual=-1.0)], settings, tail=2.2)
    expected = 2 * key_frequency(60, 440.0) * 0.95
    assert abs(cents(partial_near(seconds(sound, 0.3, 2.2), expected)[0], expected)) < 2.0


def test_partials_have_the_amplitudes_of_the_settings() -> None:
    settings = STILL.replace(partials=4, partial_balance=(1.0, 0.6, 0.4, 0.1))
    part = seconds(render_notes([on(0, 57, 1)], [state(1, 0.1, 1)], settings, tail=2.2), 0.3, 2.2)
    sizes = [partial_near(part, 220.0 * k * (1.0 if k == 1 else 1.1))[1] for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(np.array(sizes) / sizes[0], [1.0, 0.6, 0.4, 0.1], rtol=0.01)


def test_overtones_fade_with_their_stretch_where_the_settings_say_so() -> None:
    settings = STILL.replace(detune_fades=True)
    sound = render_notes([on(0, 57, 1)], [state(1_000, 0.4, 1)], settings, tail=2.0)
    before, after = seconds(sound, 0.2, 1.0), seconds(sound, 1.2, 2.9)
    in_tune = partial_near(before, 440.0)[1] / partial_near(before, 220.0)[1]
    detuned = partial_near(after, 440.0 * 1.4)[1] / partial_near(after, 220.0)[1]
    assert detuned / in_tune == pytest.approx(0.6, rel=0.01)


def test_no_top_key_sounds_above_the_limit() -> None:
    settings = STILL.replace(partials=16, partial_balance=tuple([1.0] * 16))
    notes = [on(0, key, key, 127) for key in range(100, 128)]
    sound = render_notes(notes, [state(1, 1.0, *range(100, 128))], settings, tail=1.5)
    part = seconds(sound, 0.3, 1.5)
    size = np.abs(np.fft.rfft(part * np.hanning(len(part)))) / len(part) * 4
    above = size[round(0.46 * len(part)) :]
    assert db_of_gain(above.max() / size.max()) < -80.0


def test_a_glide_passes_through_every_pitch_between() -> None:
    """The pitch of the second partial, from the phase of its analytic signal."""
    settings = STILL.replace(glide=0.2, partials=2, partial_balance=(0.01, 1.0))
    sound = render_notes([on(0, 69, 1)], [state(1_000, 0.3, 1)], settings, tail=1.0)
    part = seconds(sound, 0.9, 1.4)
    size = np.fft.fft(part)
    size[len(size) // 2 :] = 0.0
    size[: round(700 * len(part) / RATE)] = 0.0
    pitch = np.diff(np.unwrap(np.angle(np.fft.ifft(size)))) * RATE / (2 * np.pi)
    smooth = np.convolve(pitch, np.ones(96) / 96, "valid")[3_000:-3_000]
    assert smooth[0] == pytest.approx(880.0, rel=0.002)
    assert smooth[-1] == pytest.approx(1_144.0, rel=0.002)
    assert np.abs(np.diff(smooth[::48])).max() < 264.0 / 0.2 * 0.001 * 2.5
    middle = np.count_nonzero((smooth > 890.0) & (smooth < 1_134.0)) / RATE
    assert middle == pytest.approx(0.2 * 244 / 264, abs=0.02)


@pytest.mark.parametrize("velocity", [1, 20, 64, 100, 127])
def test_velocity_sounds_as_its_curve(velocity: int) -> None:
    loud, soft = (
        level_db(seconds(render_notes([on(0, 60, 1, v)], [], STILL, tail=0.5), 0.1, 0.5))
        for v in (127, velocity)
    )
    expected = db_of_gain(velocity_gain(velocity * 128, STILL))
    assert soft - loud == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("value", [0, 45, 60, 75])
def test_half_pedal_shortens_the_release_as_documented(value: int) -> None:
    settings = SynthSettings(spread=0.0, decay_bass=8.0, decay_treble=8.0)
    notes = [pedal(0, SUSTAIN, value), on(10, 60, 1, 127), off(500, 60, 1)]
    sound = render_notes(notes, [], settings, tail=1.0)
    damped = damped_time(60, value, settings)
    rate = 60.0 / 8.0 + 60.0 / damped
    span = min(0.4, 20.0 / rate)
    levels = [level_db(seconds(sound, at - 0.015, at + 0.015)) for at in (0.52, 0.52 + span)]
    # The last decibels fall faster, since the fall ends in silence.
    assert levels[0] - levels[1] == pytest.approx(rate * span, rel=0.12)


def test_sostenuto_holds_what_was_down() -> None:
    notes = [
        on(0, 48, 1, 100), pedal(200, SOSTENUTO, 127), on(300, 64, 2, 100),
        off(400, 48, 1), off(400, 64, 2), pedal(1_500, SOSTENUTO, 0),
    ]  # fmt: skip
    sound = render_notes(notes, [], SynthSettings(spread=0.0), tail=1.0)
    ringing = seconds(sound, 1.0, 1.5)
    assert partial_near(ringing, key_frequency(48, 440.0))[1] > 0.01
    assert partial_near(ringing, key_frequency(64, 440.0))[1] < 1e-4
    assert level_db(seconds(sound, 2.2, 2.5)) < -100.0


def test_nothing_sounds_for_ever_and_idle_voices_stop() -> None:
    notes = [on(0, 60, 1), pedal(10, SUSTAIN, 127), off(20, 60, 1)]
    reports: list[SynthReport] = []
    settings = SynthSettings(decay_bass=1.0, decay_treble=1.0)
    sound = render_notes(notes, [], settings, tail=1.2, reports=reports)
    assert (reports[-1].voices, reports[-1].held) == (0, 0)
    assert not sound[:, -4_800:].any()


def test_settings_change_in_the_middle() -> None:
    """From 1 s on the residual stretches, as in a part that overrides `detune`."""
    change = SettingsChange(1_000 * MS, STILL.replace(detune="residual"))
    states = [state(ms, 0.1, residual=-0.1) for ms in (1, 1_001)]
    sound = render_notes([on(0, 57, 1), change], states, STILL, tail=2.0)
    for start, stretch in ((0.2, 1.1), (1.2, 0.9)):
        found, _ = partial_near(seconds(sound, start, start + 0.7), 440.0 * stretch)
        assert abs(cents(found, 440.0 * stretch)) < 2.0


def test_the_same_events_give_the_same_samples() -> None:
    notes = [on(10 * n, 40 + n % 50, n, 30 + n) for n in range(1, 90)]
    states = [state(17 * n, 0.01 * n, n) for n in range(40)]
    settings = SynthSettings(voices=32)
    first, second = (render_notes(notes, states, settings, tail=0.5) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_states_that_make_no_sense_leave_sense_to_the_sound() -> None:
    losses = [math.nan, math.inf, 1e300, -1e300, -math.inf]
    states = [state(100 * (n + 1), loss, 1) for n, loss in enumerate(losses)]
    reports: list[SynthReport] = []
    sound = render_notes([on(0, 69, 1)], states, STILL, tail=1.0, reports=reports)
    assert np.isfinite(sound).all()
    assert reports[-1].refused_states == 3
    found, _ = partial_near(seconds(sound, 0.6, 1.4), 880.0 * 0.1)
    assert abs(cents(found, 88.0)) < 2.0


def test_it_renders_faster_than_it_sounds() -> None:
    notes: list[Note] = []
    for n in range(200):
        notes += [on(50 * n, 36 + n % 48, n, 80), off(50 * n + 400, 36 + n % 48, n)]
    start = time.process_time()
    sound = render_notes(notes, [], SynthSettings(), tail=0.5)
    assert time.process_time() - start < 5.0
    assert sound.shape[1] == pytest.approx(10.45 * RATE, rel=0.05)
