# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What holds for every voice, that of the package and one that is installed from outside."""

from __future__ import annotations

import math
import runpy
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.dissonance.performance_dissonance import PerformanceDissonance
from descant.dissonance.sampled_notes import sample_notes
from descant.dissonance.sethares import dissonance
from descant.dissonance.state_arrays import state_arrays
from descant.parameters import ParameterError
from descant.synth.engine import SynthReport
from descant.synth.live import LiveSynth
from descant.synth.loudness import db_of_gain
from descant.synth.master import CEILING
from descant.synth.settings import SynthSettings
from descant.synth.sinks.wav_recording import hidden
from descant.synth.tuning import key_frequency
from descant.synth.voice import make_voice
from support.notes import MS, off, on
from support.plugins import EXAMPLES, installed_example, outside_package
from support.sound import RATE, cents, jumps, level_db, partial_near, render_notes
from support.states import state

PAGE = EXAMPLES.parent / "voices.md"
VOICES = ("paper", "fm")
LASTING = {"decay_bass": 60.0, "decay_treble": 60.0}


@pytest.fixture(scope="module", autouse=True)
def fm_voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The worked example of docs/voices.md, installed by pip."""
    with installed_example("fm_voice", tmp_path_factory.mktemp("fm_voice")):
        yield


@pytest.fixture(params=VOICES)
def voice(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def seconds(samples: np.ndarray, start: float, end: float) -> np.ndarray:
    """Left and right together, from `start` to `end`."""
    return samples[:, round(start * RATE) : round(end * RATE)].astype(float).sum(axis=0)


def partials(settings: SynthSettings, key: int, stretch: float) -> tuple[np.ndarray, np.ndarray]:
    frequency = np.array([key_frequency(key, settings.a4)])
    frequencies, amplitudes = make_voice(settings, RATE).partials(frequency, np.array([stretch]))
    return frequencies[0], amplitudes[0]


@pytest.mark.slow
@pytest.mark.parametrize(("key", "loss"), [(33, 0.27), (57, 0.1), (57, 0.45), (96, 0.3)])
def test_the_sound_has_the_partials_that_the_voice_lists(voice: str, key: int, loss: float) -> None:
    settings = SynthSettings(**LASTING, voice=voice, spread=0.0)
    sound = render_notes([on(0, key, 1, 127)], [state(1, loss, 1)], settings, tail=2.2)
    part = seconds(sound, 0.3, 2.2)
    fundamental = partial_near(part, key_frequency(key, 440.0))[1]
    frequencies, amplitudes = partials(settings, key, loss)
    one = amplitudes[frequencies == key_frequency(key, 440.0)][0]
    for frequency, amplitude in zip(frequencies, amplitudes, strict=True):
        apart = np.sort(np.abs(frequencies - frequency))[1]
        if amplitude > 0.02 * amplitudes.max() and apart > 0.05 * frequency:
            found, size = partial_near(part, frequency)
            assert abs(cents(found, frequency)) < 1.0
            assert size / fundamental == pytest.approx(amplitude / one, rel=0.02)


@pytest.mark.parametrize("key", [30, 60, 90])
def test_peak_and_mean_square_are_those_of_a_note_at_level_1(voice: str, key: int) -> None:
    settings = SynthSettings(**LASTING, voice=voice, spread=0.0, level=-12.0)
    sound = render_notes([on(0, key, 1, 127)], [state(1, 0.13)], settings, tail=3.0)
    made = make_voice(settings, RATE)
    gain = made.peak / 10 ** (-12.0 / 20.0) / math.sqrt(0.5)
    part = sound[0, RATE // 10 : RATE].astype(float) * gain
    assert 0.7 * made.peak < np.abs(part).max() <= made.peak
    assert np.mean(part**2) == pytest.approx(made.mean_square, rel=0.2)


def test_it_sounds_live(voice: str, tmp_path: Path) -> None:
    settings = SynthSettings(**LASTING, voice=voice, sink=f"wav:{tmp_path}/live.wav")
    synth = LiveSynth(settings, time.monotonic())
    synth.add(on(0, 57, 1, 100))
    synth.add(state(0, 0.1, 1))
    deadline = time.monotonic() + 20.0
    while soundfile.info(hidden(tmp_path / "live.wav")).frames < 1.5 * RATE:
        assert time.monotonic() < deadline
        synth.maintain(time.monotonic())
        time.sleep(0.05)
    synth.close()
    heard = soundfile.read(tmp_path / "live.wav")[0].sum(axis=1)[RATE // 2 : 3 * RATE // 2]
    frequencies, amplitudes = partials(settings, 57, 0.1)
    for frequency in frequencies[amplitudes > 0.3 * amplitudes.max()]:
        assert abs(cents(partial_near(heard, frequency)[0], frequency)) < 2.0


def test_the_dissonance_is_that_of_its_partials(voice: str) -> None:
    """In closed form: one note's own partials times the mean square of its gain."""
    settings = SynthSettings(voice=voice, use_velocity=False)
    notes = sample_notes([on(0, 57, 1), off(1_000, 57, 1)], settings, 20.0, 1_000 * MS)
    measured = PerformanceDissonance(notes, settings).mean(state_arrays([state(0, 0.1, 1)]))
    own = float(dissonance(*partials(settings, 57, 0.1)))
    assert measured == pytest.approx(own * np.square(notes.gain).sum() / 21, rel=1e-12)


class Steady:
    """What the sound itself does from sample to sample, to which an event is compared."""

    def __init__(self, sound: np.ndarray, start: float, end: float) -> None:
        self.first, self.second = jumps(seconds(sound, start, end))


# An event may move the signal from sample to sample by no more than the sound itself does at its
# loudest, and bend it by no more than one and a half times as much. A click of 1 % of the peak
# would be ten times that: the second difference of a 262 Hz sine is a thousandth of its peak.
JUMP, BEND = 1.05, 1.5


def test_onset_release_and_restrike_do_not_click(voice: str) -> None:
    notes = [
        on(100, 60, 1, 127), off(900, 60, 1), on(1_000, 60, 2, 127),
        on(1_500, 60, 3, 20), off(1_900, 60, 3), on(1_905, 60, 4, 127), off(1_907, 60, 4),
    ]  # fmt: skip
    sound = render_notes(notes, [], SynthSettings(voice=voice, spread=0.0), tail=1.0)
    steady = Steady(sound, 0.15, 0.85)
    for at in (0.1, 0.9, 1.0, 1.5, 1.9, 1.907):
        first, second = jumps(seconds(sound, at - 0.002, at + 0.04))
        assert first <= JUMP * steady.first, f"at {at} s"
        assert second <= BEND * steady.second, f"at {at} s"


def test_a_stolen_note_does_not_click(voice: str) -> None:
    settings = SynthSettings(voice=voice, voices=2, spread=0.0, attack=0.01)
    notes = [on(0, 57, 1, 127), on(0, 60, 2, 127), on(700, 59, 3, 127), on(900, 55, 4, 127)]
    reports: list[SynthReport] = []
    sound = render_notes(notes, [], settings, tail=0.5, reports=reports)
    assert reports[-1].stolen == 2
    steady = Steady(sound, 0.05, 0.68)
    for at in (0.7, 0.9):
        first, second = jumps(seconds(sound, at - 0.002, at + 0.03))
        assert first <= JUMP * steady.first
        assert second <= 2.0 * BEND * steady.second  # a fade of 5 ms bends more than a release


def test_retuning_60_times_a_second_does_not_click(voice: str) -> None:
    states = [state(300 + n * 1_000 / 60, 0.3 * (n % 2), 1) for n in range(60)]
    settings = SynthSettings(voice=voice, spread=0.0)
    sound = render_notes([on(0, 60, 1, 127)], states, settings, tail=0.3)
    high = render_notes([on(0, 60, 1, 127)], [state(0, 0.3)], settings, tail=0.3)
    first, second = jumps(seconds(sound, 0.29, 1.3))
    steady = Steady(high, 0.05, 0.3)
    assert first <= JUMP * steady.first
    assert second <= BEND * steady.second


def test_one_note_at_full_velocity_peaks_at_the_level_of_the_settings(voice: str) -> None:
    settings = SynthSettings(**LASTING, voice=voice, level=-10.0, spread=0.0)
    sound = render_notes([on(0, 60, 1, 127)], [], settings, tail=1.0)
    left = sound[0, 4_800:].astype(float) / math.sqrt(0.5)
    assert db_of_gain(np.abs(left).max()) == pytest.approx(-10.0, abs=2.5)
    assert db_of_gain(np.abs(left).max()) <= -10.0


def test_88_keys_at_full_velocity_stay_below_full_scale_undistorted(voice: str) -> None:
    """Held for two seconds; what the ceiling rounds off is measured against no ceiling at all."""
    notes = [on(0, key, key, 127) for key in range(21, 109)]
    settings = SynthSettings(**LASTING, voice=voice, level=-10.0)
    reports: list[SynthReport] = []
    sound = render_notes(notes, [state(1, 0.2, *range(21, 109))], settings, tail=2.0,
                         reports=reports)  # fmt: skip
    assert np.abs(sound).max() <= CEILING < 1.0
    assert max(r.gain_reduction for r in reports) > 6.0
    assert level_db(sound[0, RATE:]) > -20.0, "loud all the same"
    rounded = np.abs(sound[:, 4_800:]) > 0.8
    assert rounded.mean() < 0.001


def test_a_voice_that_fails_is_one_line(tmp_path: Path) -> None:
    with outside_package(tmp_path, "descant.voices", "broken = nowhere:Voice\nwrong = math:sqrt"):
        with pytest.raises(
            ParameterError, match=r"voice 'broken' \(nowhere:Voice\) cannot be load"
        ):
            render_notes([], [], SynthSettings(voice="broken"))
        with pytest.raises(ParameterError, match="voice 'wrong' cannot be made"):
            render_notes([], [], SynthSettings(voice="wrong"))
        with pytest.raises(ParameterError, match="'voice' must be one of paper, bright, broken"):
            SynthSettings(voice="organ")


def test_the_test_of_the_example_passes() -> None:
    test = runpy.run_path(str(EXAMPLES / "fm_voice" / "test_fm_voice.py"))
    test["test_the_sound_has_the_partials_that_the_voice_lists"]()


@pytest.mark.parametrize("file", ["descant_fm_voice.py", "pyproject.toml", "test_fm_voice.py"])
def test_the_docs_quote_the_example_as_it_is(file: str) -> None:
    _licence, _, text = (EXAMPLES / "fm_voice" / file).read_text().partition("\n\n")
    assert text.rstrip() in PAGE.read_text()
