# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The mean dissonance by pairs and pieces, beside the same sample by sample and note by note."""

from __future__ import annotations

import numpy as np
import pytest

from descant.dissonance.performance_dissonance import PerformanceDissonance
from descant.dissonance.sampled_notes import SampledNotes, sample_notes
from descant.dissonance.sethares import dissonance
from descant.dissonance.state_arrays import state_arrays
from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.piano.midifile import load
from descant.synth.paper_voice import partial_amplitudes
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency, stretch_of
from descant.types import Event, State
from support.notes import MS, off, on
from support.performances import performance
from support.states import state

RATE = 20.0
CHORDS = {
    "trigger": "held_chord", "family": "knot", "held_rate": 60.0, "learning_rate": 0.02,
}  # fmt: skip


def opening(name: str, seconds: float) -> list[Event]:
    events = load(performance(name)).events()
    return [event for event in events if event.time_ns <= seconds * 1e9]


def states_of(events: list[Event], settings: LearnerSettings) -> list[State]:
    return [h for h in perform(events, settings) if isinstance(h, State)]


def walked(
    notes: SampledNotes, states: list[State], settings: SynthSettings
) -> list[dict[int, float]]:
    """For each sample, note -> stretch: by going through strikes and states one after the other."""
    happened: list[tuple[int, int, int | State]] = [
        (int(at), 1, index) for index, at in enumerate(notes.strike_ns)
    ]
    happened += [(s.time_ns, 0, s) for s in states]
    happened.sort(key=lambda h: h[:2])  # a state of the same time is known to the note
    current: dict[int, float] = {}
    last, found = 0.0, []
    for time in notes.times_ns:
        while happened and happened[0][0] <= time:
            what = happened.pop(0)[2]
            if isinstance(what, int):
                current[what] = last
                named = [s for s in states if s.time_ns == notes.strike_ns[what]]
                for said_then in named:
                    if not said_then.notes or notes.ids[what] in said_then.notes:
                        current[what] = stretch_of(said_then, settings) or 0.0
                continue
            asked = stretch_of(what, settings)
            if asked is None:
                continue
            last = asked
            for index in current:
                if not what.notes or notes.ids[index] in what.notes:
                    current[index] = asked
        found.append(dict(current))
    return found


def brute_force(notes: SampledNotes, states: list[State], settings: SynthSettings) -> list[float]:
    """All partials that sound at a sample in one chord, all of its pairs; for every sample."""
    found = []
    for sample, tuning in enumerate(walked(notes, states, settings)):
        f, a = [], []
        for index, key in enumerate(notes.key.tolist()):
            place = sample - notes.first[index]
            if not 0 <= place < notes.length[index]:
                continue
            gain = notes.gain[notes.offset[index] + place]
            fundamental = key_frequency(key, settings.a4)
            top = 0.45 * settings.sample_rate / (1.0 + settings.max_detune)
            for k in range(1, settings.partials + 1):
                if k > 1 and k * fundamental >= top:
                    continue
                fade = abs(1.0 - tuning[index]) if settings.detune_fades and k > 1 else 1.0
                f.append(k * fundamental * (1.0 + tuning[index] if k > 1 else 1.0))
                a.append(gain * fade * partial_amplitudes(settings)[k - 1])
        found.append(float(dissonance(f, a)) if f else 0.0)
    return found


@pytest.mark.parametrize(
    ("learner", "synth"),
    [
        (LearnerSettings(), SynthSettings()),
        (LearnerSettings(**CHORDS), SynthSettings()),
        (
            LearnerSettings(held_rate=60.0, upper_from=48, learning_rate=0.01),
            SynthSettings(
                partials=5, partial_balance=(1.0,) * 5, detune_fades=True, detune="residual",
                detune_scale=0.5, use_velocity=False,
            ),
        ),
        (LearnerSettings(**CHORDS, tuned_notes=3), SynthSettings(max_detune=0.2)),
    ],
    ids=["part 1", "part 2", "as in 2021", "three notes"],
)  # fmt: skip
def test_it_is_the_dissonance_of_all_partials_at_every_sample(
    learner: LearnerSettings, synth: SynthSettings
) -> None:
    events = opening("liszt-etude-1", 8.0)
    states = states_of(events, learner)
    assert len(states) > 20
    notes = sample_notes(events, synth, RATE, events[-1].time_ns)
    expected = np.zeros(notes.grid.count)  # 0 at the samples at which nothing sounds
    expected[notes.index] = brute_force(notes, states, synth)
    measured = PerformanceDissonance(notes, synth)
    assert measured.mean(state_arrays(states)) == pytest.approx(np.mean(expected), rel=1e-3)
    times_ns, over_time = measured.over_time(state_arrays(states))
    assert list(times_ns[notes.index]) == list(notes.times_ns)
    assert over_time == pytest.approx(expected, rel=1e-2, abs=1e-3 * max(expected))
    assert over_time.mean() == pytest.approx(measured.mean(state_arrays(states)), rel=1e-9)


def test_a_pause_of_a_month_takes_no_samples_and_lowers_the_mean() -> None:
    month_ms = 30 * 24 * 3_600_000
    synth = SynthSettings()
    first: list[Event] = [on(0, 60, 1), on(0, 61, 2), off(900, 60, 1), off(900, 61, 2)]
    again: list[Event] = [on(month_ms, 60, 3), off(month_ms + 900, 60, 3)]
    short = sample_notes(first, synth, RATE, 2_000 * MS)
    notes = sample_notes([*first, *again], synth, RATE, (month_ms + 2_000) * MS)
    assert len(notes.times_ns) < 200
    assert notes.grid.count == pytest.approx(month_ms / 1_000 * RATE, abs=100)
    of_short = PerformanceDissonance(short, synth).mean(state_arrays([])) * short.grid.count
    alone = sample_notes([on(0, 60, 3), off(900, 60, 3)], synth, RATE, 2_000 * MS)
    of_alone = PerformanceDissonance(alone, synth).mean(state_arrays([])) * alone.grid.count
    measured = PerformanceDissonance(notes, synth).mean(state_arrays([])) * notes.grid.count
    assert measured == pytest.approx(of_short + of_alone, rel=1e-6)


def test_one_note_has_the_dissonance_of_its_own_partials() -> None:
    """In closed form: the partials' dissonance times the mean square of the note's gain."""
    synth = SynthSettings(use_velocity=False)
    events: list[Event] = [on(0, 57, 1), off(1_000, 57, 1)]
    notes = sample_notes(events, synth, RATE, 1_000 * MS)
    partials = np.arange(1, 5)
    tuned = 220.0 * partials * np.where(partials == 1, 1.0, 1.1)
    expected = float(dissonance(tuned, partial_amplitudes(synth))) * float(
        np.square(notes.gain).sum() / 21
    )
    measured = PerformanceDissonance(notes, synth).mean(state_arrays([state(0, 0.1, 1)]))
    assert measured == pytest.approx(expected, rel=1e-12)


def test_a_semitone_is_rougher_than_a_fifth_and_silence_is_not_rough() -> None:
    def of(keys: list[int]) -> float:
        events: list[Event] = [on(0, key, n) for n, key in enumerate(keys)]
        events += [off(900, key, n) for n, key in enumerate(keys)]
        notes = sample_notes(events, SynthSettings(), RATE, 1_000 * MS)
        return PerformanceDissonance(notes, SynthSettings()).mean(state_arrays([]))

    assert of([60, 61]) > 3 * of([60, 67]) > 0.0
    synth = SynthSettings()
    late = sample_notes([off(0, 60, 1), off(500, 60, 1)], synth, RATE, 1_000 * MS)
    assert PerformanceDissonance(late, synth).mean(state_arrays([])) == 0.0


def test_stretches_are_those_of_the_synthesiser() -> None:
    losses = [0.0, 0.3, 5.0, float("nan"), float("inf"), 0.004]
    states = [state(n, loss, residual=-loss) for n, loss in enumerate(losses)]
    for synth in (
        SynthSettings(),
        SynthSettings(detune="residual", detune_scale=-2.0, max_detune=4.0),
        SynthSettings(detune="residual", max_detune=2.0),
    ):
        expected = [stretch_of(s, synth) for s in states]
        found = state_arrays(states).stretches(synth).tolist()
        assert [None if np.isnan(value) else value for value in found] == expected


def test_twenty_samples_a_second_are_enough() -> None:
    events = opening("bach-prelude-866", 30.0)
    states = state_arrays(states_of(events, LearnerSettings()))
    synth = SynthSettings()
    few, many = (
        PerformanceDissonance(sample_notes(events, synth, rate, events[-1].time_ns), synth).mean(
            states
        )
        for rate in (20.0, 200.0)
    )
    assert few == pytest.approx(many, rel=0.02)
