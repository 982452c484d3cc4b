# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Whatever is played and learned: no voice is stuck, no frequency or level is out of bounds."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from descant.parameters import ParameterError
from descant.synth.engine import Engine, EngineInput, SynthCommand
from descant.synth.loudness import damped_time, decay_time, velocity_gain
from descant.synth.paper_voice import partial_amplitudes
from descant.synth.settings import SynthSettings
from descant.synth.tuning import bounded_stretch, key_frequency
from descant.types import NANOSECONDS, Event, Note, Pedal, State
from support.properties import examples
from support.silent_synth import silent_engine
from support.states import state
from support.strategies import edges, heard, played, settings_of

pytestmark = pytest.mark.slow

LIVE = tuple(name for name, one in SynthSettings.descriptors().items() if one.live)
FRAMES, RATE = 1_024, 48_000
BLOCK_NS = FRAMES * NANOSECONDS // RATE
Setting = tuple[str, Any]
Told = Event | State | SynthCommand | Setting
STATES: SearchStrategy[State] = st.builds(
    lambda loss, residual, notes: state(0, loss, *notes, residual=residual),
    st.one_of(st.floats(), st.floats(0.0, 2.0)),
    st.one_of(st.floats(), st.floats(-2.0, 2.0)),
    st.lists(st.integers(0, 20), max_size=3),
)


def synths() -> SearchStrategy[SynthSettings]:
    """With few voices, so that they are stolen."""
    return settings_of(SynthSettings, "synth", most=6, voices=st.sampled_from([1, 2, 5, 20]))


@st.composite
def told(draw: DrawFn, events: SearchStrategy[list[Event]]) -> list[Told]:
    """Music, with states, orders and parameters between."""
    found: list[Told] = []
    for event in draw(events):
        found.append(event)
        other = draw(st.integers(0, 9))
        if other < 4:
            found.append(draw(STATES))
        elif other == 8:
            found.append(draw(st.sampled_from(SynthCommand)))
        elif other == 9:
            name = draw(st.sampled_from(LIVE))
            found.append((name, draw(edges(SynthSettings, name))))
    return found


def play(engine: Engine, settings: SynthSettings, all_told: list[Told]) -> SynthSettings:
    """Everything at its time; returns the settings at the end."""
    for what in all_told:
        given: EngineInput
        if isinstance(what, tuple) and not isinstance(what, State):
            try:
                settings = settings.replace(**dict([what]))
            except ParameterError:
                continue
            given = settings
        else:
            given = what  # type: ignore[assignment]  # a State is a tuple too
        engine.inbox.append(given)
        if isinstance(what, Note | Pedal):
            while engine.blocks * BLOCK_NS < what.time_ns:
                engine.render()
                check(engine, settings)
    while engine.inbox:
        engine.render()
    return settings


def check(engine: Engine, settings: SynthSettings) -> None:
    """What holds at any moment."""
    report = engine.report()
    reserve = min(settings.voices, 16)
    assert 0 <= report.held <= settings.voices
    assert 0 <= report.voices <= settings.voices + reserve
    assert report.gain_reduction >= 0.0


def longest(settings: SynthSettings) -> int:
    """Blocks in which any note decays by itself, whatever was set before, and a little more."""
    return int((60.0 + 10.0 + settings.attack + 1.0) * RATE / FRAMES)


def come_free(engine: Engine, settings: SynthSettings) -> None:
    """Every voice is silent in the end, and then all of them can be struck."""
    for _ in range(longest(settings)):
        if engine.silent:
            break
        engine.render()
    assert engine.silent
    assert engine.report().voices == 0
    stolen = engine.report().stolen
    chord = range(settings.voices)
    engine.inbox.extend(Note(0, 10_000 + n, True, 20 + n, 64, 64 << 7) for n in chord)
    engine.render()
    assert engine.report().voices == settings.voices
    assert engine.report().stolen == stolen


@given(synths(), told(played(up_at_the_end=True)))
@examples(60)
def test_when_all_keys_and_pedals_are_up_every_voice_comes_free(
    settings: SynthSettings, all_told: list[Told]
) -> None:
    with silent_engine(settings, frames=FRAMES, rate=RATE) as engine:
        settings = play(engine, settings, all_told)
        assert engine.report().held == 0
        come_free(engine, settings)


@given(synths(), told(played()))
@examples(40)
def test_even_of_what_is_held_for_ever_every_voice_comes_free(
    settings: SynthSettings, all_told: list[Told]
) -> None:
    with silent_engine(settings, frames=FRAMES, rate=RATE) as engine:
        come_free(engine, play(engine, settings, all_told))


@given(synths(), told(heard()))
@examples(40)
def test_nothing_that_can_be_heard_leaves_a_voice_stuck(
    settings: SynthSettings, all_told: list[Told]
) -> None:
    """Ids that come twice, keys and velocities beyond MIDI, stamps that go back."""
    with silent_engine(settings, frames=FRAMES, rate=RATE) as engine:
        come_free(engine, play(engine, settings, all_told))


@given(synths(), told(played(most=20)), st.integers(0, 20))
@examples(30)
def test_a_sink_that_dies_leaves_no_voice_stuck(
    settings: SynthSettings, all_told: list[Told], place: int
) -> None:
    with silent_engine(settings, frames=FRAMES, rate=RATE) as engine:
        settings = play(engine, settings, all_told[:place])
        engine.silence()
        assert engine.silent
        come_free(engine, play(engine, settings, all_told[place:]))


@given(synths(), told(played(most=20)), st.sampled_from([16, 64, 256]))
@examples(20)
def test_levels_never_jump_whatever_the_length_of_a_block(
    settings: SynthSettings, all_told: list[Told], frames: int
) -> None:
    """The bank behind the engine compares each line with the one before it."""
    with silent_engine(settings, frames=frames, rate=RATE) as engine:
        for what in all_told:
            if isinstance(what, Note | Pedal | State | SynthCommand):
                engine.inbox.append(what)
                for _ in range(7):
                    engine.render()
        for _ in range(40 * 1_024 // frames):
            engine.render()


@given(synths(), st.integers(0, 255), st.integers(0, 255), st.integers(0, 65_535), st.floats())
@examples(150)
def test_every_number_of_a_note_is_within_its_bounds(
    settings: SynthSettings, key: int, pedal: int, velocity: int, loss: float
) -> None:
    assert 0.0 < key_frequency(key, settings.a4) < math.inf
    assert 0.0 < velocity_gain(velocity, settings) <= 1.0
    assert 0.0 < decay_time(key, settings) <= 60.0
    assert damped_time(key, pedal, settings) > 0.0
    assert damped_time(key, max(pedal - 1, 0), settings) <= damped_time(key, pedal, settings)
    assert all(0.0 <= a < math.inf for a in partial_amplitudes(settings))
    stretch = bounded_stretch(loss, settings)
    assert (stretch is None) == (not math.isfinite(loss))
    if stretch is not None:
        assert -0.9 <= stretch <= settings.max_detune
