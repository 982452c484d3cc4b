# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's synthesiser in a real browser: what it plays is what Python's plays."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from descant.synth.loudness import damped_time, decay_time, release_time
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.types import SOFT, SOSTENUTO, SUSTAIN, Note, Pedal, State
from support.browser import Browser
from support.page_sound import (
    RATE,
    bend_bound,
    playing,
    render_page_sound,
    settings_json,
    taking,
    write_sound_page,
)
from support.sound import cents, jumps, partial_near, render_notes
from support.states import state

pytestmark = pytest.mark.slow

FULL = 127 * 128
CEILING = 0.985
BLOCK_NS = 256 * 10**9 / RATE


@pytest.fixture(scope="module")
def sound_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound_page(tmp_path_factory.mktemp("sound") / "sound.html")


@pytest.fixture
def page(browser: Browser, sound_page: Path) -> Browser:
    browser.show(sound_page)
    return browser


def render(
    page: Browser, body: str, seconds: float, rate: int = RATE, **changes: Any
) -> NDArray[np.float32]:
    return render_page_sound(page, body, settings_json(**changes), seconds, rate)


def block(seconds: float) -> int:
    """The time of the nearest block of Python's synthesiser, in ns: there it takes events."""
    return int(round(seconds * 1e9 / BLOCK_NS) * BLOCK_NS)


class Performance:
    """Events for both synthesisers."""

    def __init__(self) -> None:
        self._events: list[Note | Pedal | State] = []
        self._count = 0

    @property
    def events(self) -> list[Note | Pedal | State]:
        return sorted(self._events, key=lambda event: event.time_ns)

    def note(self, start: float, end: float, key: int, velocity: int = FULL) -> int:
        self._count += 1
        self._events += [
            Note(block(start), self._count, True, key, velocity >> 7, velocity),
            Note(block(end), self._count, False, key, 0, 0),
        ]
        return self._count

    def pedal(self, at: float, pedal: int, value: int) -> None:
        self._events.append(Pedal(block(at), pedal, value))

    def state(self, at: float, loss: float, *notes: int) -> None:
        self._events.append(state(block(at) / 1e6, loss, *notes))


def five_seconds() -> Performance:
    """Chords, restrikes, all pedals and glides; partials that meet would beat, so none do."""
    made = Performance()
    made.note(0.1, 0.6, 60)
    made.note(0.7, 1.5, 46, 9_000)
    made.note(0.9, 1.2, 63, 12_000)
    made.note(1.2, 1.5, 72, 5_000)
    made.pedal(1.55, SUSTAIN, 127)
    made.note(1.6, 1.8, 52, 14_000)
    made.note(1.9, 2.0, 52, 10_000)
    made.state(1.95, 0.3)
    made.pedal(2.3, SUSTAIN, 60)
    made.pedal(2.6, SUSTAIN, 0)
    made.pedal(2.65, SOFT, 127)
    tuned = made.note(2.7, 3.6, 62)
    made.state(2.9, 0.05, tuned)
    made.pedal(3.0, SOFT, 0)
    made.state(3.2, -0.2, tuned)
    made.note(3.7, 3.75, 76, 8_000)
    made.pedal(3.72, SOSTENUTO, 127)
    made.pedal(4.3, SOSTENUTO, 0)
    made.state(4.35, 0.02)
    for key in (57, 86, 89):
        made.note(4.4, 4.8, key)
    return made


def both(
    page: Browser, made: Performance, seconds: float, **changes: Any
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The same performance by Python and in the browser."""
    settings = SynthSettings(**changes)
    python = render_notes(made.events, (), settings, tail=seconds)[:, : int(seconds * RATE)]
    return python, render(page, playing(made.events), seconds, **changes)


def levels(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level in dB of both channels, every 21 ms under a window of 85 ms."""
    window = np.hanning(4_096)
    starts = range(0, sound.shape[1] - 4_096, 1_024)
    power = [(window * sound[:, i : i + 4_096] ** 2).sum(axis=1) for i in starts]
    return 10 * np.log10(np.array(power) / window.sum() + 1e-12)


def partials_near(
    sounds: tuple[NDArray[np.float32], ...], piece: slice, frequency: float
) -> list[tuple[float, float]]:
    """Frequency and amplitude of a partial in each of the sounds."""
    return [partial_near(sound[0, piece].astype(float), frequency) for sound in sounds]


def assert_same_levels(
    one: NDArray[np.float32], other: NDArray[np.float32], *, above: float = -66.0
) -> None:
    """Within 1 dB wherever the level is above so many dBFS."""
    a, b = levels(one), levels(other)
    heard = np.maximum(a, b) > above
    assert heard.sum() > 20
    assert np.abs(a - b)[heard].max() < 1.0


def test_a_performance_has_pythons_levels_and_partials(page: Browser) -> None:
    python, browser = both(page, five_seconds(), 5.0)
    assert_same_levels(python, browser)
    stretch = {1.65: 0.0, 3.0: 0.05, 3.3: -0.2, 4.5: 0.02}
    sounding = {1.65: (52,), 3.0: (62,), 3.3: (62,), 4.5: (57, 86, 89)}
    for at, keys in sounding.items():
        piece = slice(int(at * RATE), int((at + 0.22) * RATE))
        for key in keys:
            for k in range(1, 5):
                expected = key_frequency(key, 440.0) * k * (1 + stretch[at] if k > 1 else 1)
                found = [
                    partial_near(s[0, piece].astype(float), expected) for s in (python, browser)
                ]
                assert abs(cents(found[0][0], found[1][0])) < 2, (at, key, k)
                assert found[0][1] == pytest.approx(found[1][1], rel=0.06), (at, key, k)


def test_overtones_fade_and_the_low_pass_filters_as_in_python(page: Browser) -> None:
    made = Performance()
    made.state(0.05, 0.4)
    made.note(0.1, 0.9, 57)
    made.note(1.0, 1.4, 57)
    changes = {"detune_fades": True, "partials": 5, "partial_balance": (1.0,) * 5, "cutoff": 900.0}
    python, browser = both(page, made, 1.6, **changes)
    assert_same_levels(python, browser)
    piece = slice(int(0.3 * RATE), int(0.8 * RATE))
    for k in range(1, 6):
        expected = 220.0 * k * (1.4 if k > 1 else 1)
        found = partials_near((python, browser), piece, expected)
        assert found[0][1] == pytest.approx(found[1][1], rel=0.06)


def test_the_limiter_holds_a_loud_chord_as_python_does(page: Browser) -> None:
    made = Performance()
    for key in (54, 83, 86, 89):
        made.note(0.1, 0.9, key)
    made.note(1.0, 1.2, 54)
    python, browser = both(page, made, 2.0, level=0.0, detune_scale=0.0)
    assert_same_levels(python, browser, above=-40.0)


def test_one_note_at_full_velocity_peaks_at_the_level(page: Browser) -> None:
    """The partials of a detuned note come together twice a second, nearly."""
    made = Performance()
    made.state(0.05, 0.037)
    made.note(0.1, 1.3, 33)
    slow = {"decay_bass": 60.0, "decay_treble": 60.0}
    python, browser = both(page, made, 1.2, spread=0.0, **slow)
    peaks = [20 * np.log10(np.abs(sound[0]).max() * np.sqrt(2)) for sound in (python, browser)]
    assert peaks[1] == pytest.approx(peaks[0], abs=0.3)
    assert -1.0 < peaks[1] - SynthSettings().level <= 0.0


@pytest.mark.parametrize("stretch", [0.0, 0.013, 0.4, -0.25, 1.0])
def test_partials_are_at_k_f_1_plus_l(page: Browser, stretch: float) -> None:
    keys = (21, 40, 60, 69, 84, 96)
    body = "".join(
        f"sound.at({i * 2.0});sound.panic();sound.at({i * 2.0 + 0.01});"
        f"sound.strike({{id: {i}, key: {key}, stretch: {stretch}}});"
        for i, key in enumerate(keys)
    )
    sound = render(page, body, 12.0)
    for i, key in enumerate(keys):
        piece = sound[0, int((i * 2 + 0.1) * RATE) : int((i * 2 + 1.9) * RATE)].astype(float)
        for k in range(1, 5):
            expected = key_frequency(key, 440.0) * k * (1 + stretch if k > 1 else 1)
            frequency, amplitude = partial_near(piece, expected)
            if k > 1 and key_frequency(key, 440.0) * k * 2 >= 0.45 * RATE:
                assert amplitude < 1e-4, "left out: too near half the sample rate"
            else:
                assert abs(cents(frequency, expected)) < 2, (key, k)


def test_a_note_ends_when_its_decay_or_release_is_over(page: Browser) -> None:
    settings = SynthSettings(decay_bass=3.0, decay_treble=1.0)
    changes = {"decay_bass": 3.0, "decay_treble": 1.0}
    for key in (30, 60, 100):
        held = render(page, f"sound.at(0.1);sound.strike({{id:1,key:{key}}});", 3.5, **changes)
        assert last_sample(held) == pytest.approx(0.1 + decay_time(key, settings), rel=0.03)
        body = f"sound.at(0.1);sound.strike({{id:1,key:{key}}});sound.at(0.3);sound.release(1);"
        released = render(page, body, 2.0)
        # What it fell before counts, and its own decay goes on.
        left = 1 - 0.2 / decay_time(key, SynthSettings())
        both_rates = 1 / decay_time(key, SynthSettings()) + 1 / release_time(key, SynthSettings())
        assert last_sample(released) == pytest.approx(0.3 + left / both_rates, rel=0.03)


def last_sample(sound: NDArray[np.float32]) -> float:
    """When it falls silent, in seconds."""
    return float(np.nonzero(np.abs(sound).max(axis=0) > 3e-6)[0][-1]) / RATE


def test_half_pedalled_notes_die_in_the_time_of_the_pedal(page: Browser) -> None:
    body = taking(Pedal(0, SUSTAIN, 60)) + playing(
        [Note(10**8, 1, True, 60, 127, FULL), Note(10**8 + 1, 1, False, 60, 0, 0)]
    )
    seconds = damped_time(60, 60, SynthSettings())
    both_rates = 1 / decay_time(60, SynthSettings()) + 1 / seconds
    assert last_sample(render(page, body, 3.0)) == pytest.approx(0.1 + 1 / both_rates, rel=0.03)


def random_play(seed: int, keys: range, count: int = 200) -> str:
    """Attacks, releases, restrikes, pedals, glides and panics at any time, or at the same."""
    chance = random.Random(seed)
    at, body = 0.05, ""
    for i in range(1, count):
        at += chance.choice([0.0, 0.0, 0.0003, 0.001, 0.003, 0.007, 0.02])
        ns, key = int(at * 1e9), chance.choice(keys)
        events: list[Note | Pedal | State] = [
            Note(ns, i, True, key, 0, chance.randrange(FULL + 1)),
            Note(ns, i, True, key, 127, FULL),
            Note(ns, max(1, i - chance.randrange(4)), False, key, 0, 0),
            Pedal(ns, SUSTAIN, chance.randrange(128)),
            state(ns / 1e6, chance.random()),
        ]
        choice = chance.randrange(len(events) * 8 + 1)
        body += f"sound.at({at!r});"
        body += "sound.panic();" if choice == 40 else taking(events[choice % len(events)])
    return body


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_nothing_jumps_on_one_string(page: Browser, rate: int) -> None:
    bound = bend_bound([33], 1.0, rate)
    assert bound < 0.006, "a jump of -44 dBFS would be found"
    for seed in range(3):
        sound = render(page, random_play(seed, range(33, 34)), 2.0, rate)
        assert np.abs(sound).max() > 0.2
        assert max(jumps(sound[0])[1], jumps(sound[1])[1]) < bound


def test_nothing_jumps_when_notes_are_stolen(page: Browser) -> None:
    sound = render(page, random_play(4, range(24, 40)), 2.0, voices=2)
    assert max(jumps(sound[0])[1], jumps(sound[1])[1]) < bend_bound([38, 39, 38, 39], 1.0)


def test_nothing_jumps_in_a_long_attack_a_change_of_settings_or_a_wandering_low_pass(
    page: Browser,
) -> None:
    body = """
    sound.at(0.1); sound.strike({ id: 1, key: 30, velocity14bit: 16256 });
    sound.at(0.2); sound.release(1);
    sound.at(0.25); sound.strike({ id: 1, key: 30, velocity14bit: 16256, stretch: 0.3 });
    sound.at(0.4); sound.change({ ...settings, spread: 0.1, cutoff_wanders: true, level: -10 });
    sound.at(0.8); sound.change({ ...settings, cutoff_wanders: true, detune_fades: true });
    sound.strike({ id: 2, key: 33 });
    for (let i = 0; i < 30; i++) { sound.at(0.9 + i / 60); sound.retune((i % 10) / 10); }
    sound.at(1.5); sound.change({ ...settings, cutoff: 500 });
    sound.at(1.6); sound.change({ ...settings, voices: 3 });
    """
    sound = render(page, body, 2.0, attack=0.3)
    assert np.abs(sound).max() > 0.1
    assert max(jumps(sound[0])[1], jumps(sound[1])[1]) < bend_bound([30, 33], 1.0)


@pytest.mark.parametrize("keys", [range(21, 41), range(30, 90, 3), range(69, 89), range(21, 109)])
def test_loud_chords_do_not_clip(page: Browser, keys: range) -> None:
    chord = [Note(10**8, key, True, key, 127, FULL) for key in keys]
    sound = render(page, playing(chord), 1.5)
    assert np.abs(sound).max() <= CEILING
    if len(keys) == 20:
        assert (np.abs(sound) > 0.8).mean() < 1e-3, "the limiter leaves little to the ceiling"
