# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The dissonance of one recording over time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from descant.bags.recording import RecordedState, Recording
from descant.dissonance.over_time import dissonance_over_time
from descant.errors import UserError
from descant.programme.part_description import PartDescription
from descant.types import Part
from support.notes import MS, off, on
from support.states import state


def recording(*notes, states=()) -> Recording:
    return Recording(notes, (), tuple(RecordedState(1, s) for s in states), (), ())


def test_it_rises_with_a_semitone_and_falls_with_its_release():
    notes = (on(0, 60, 1), on(500, 61, 2), off(1_000, 61, 2), off(2_000, 60, 1))
    times_ns, rough = dissonance_over_time(recording(*notes))
    assert list(np.diff(times_ns)) == [50 * MS] * (len(times_ns) - 1)
    alone, together = rough[times_ns < 500 * MS], rough[(times_ns > 500 * MS) & (times_ns < 1e9)]
    assert together.min() > 3 * alone.max()
    assert rough[-1] < 0.1 * together.min()


def test_a_note_is_rougher_from_the_moment_its_loss_is_told():
    """At a loss of 0.05 the second partial lies at 2.1 instead of 2."""
    said = (state(0, 0.0, 1), state(500, 0.05, 1))
    times_ns, rough = dissonance_over_time(
        recording(on(0, 45, 1), off(1_000, 45, 1), states=said), end_ns=1_500 * MS
    )
    still, _ = dissonance_over_time(recording(on(0, 45, 1), off(1_000, 45, 1), states=said[:1]))
    assert len(times_ns) == len(still) + 10  # up to the end that was asked for
    before, after = rough[times_ns < 500 * MS][-1], rough[times_ns >= 500 * MS][0]
    assert abs(after - before) > 0.05 * before


def test_each_part_has_its_own_detuning():
    """The second part overrides `detune`: its state stretches by the residual, which is 0."""
    told = [state(0, 0.05, 1), state(500, 0.05, 1)]
    description = PartDescription("still", "", synth={"detune": "residual"}).to_json()
    played = recording(on(0, 45, 1), off(1_000, 45, 1), states=told)
    parts = (Part(0, 1, 0, "launch"), Part(400 * MS, 2, 1, "cue", description))
    times_ns, one = dissonance_over_time(dataclasses.replace(played, parts=parts[:1]))
    _, two = dissonance_over_time(dataclasses.replace(played, parts=parts))
    _, still = dissonance_over_time(dataclasses.replace(played, states=()))
    assert list(two[times_ns < 500 * MS]) == list(one[times_ns < 500 * MS])
    assert list(two[times_ns >= 500 * MS]) == list(still[times_ns >= 500 * MS])
    assert two[times_ns >= 500 * MS][0] != one[times_ns >= 500 * MS][0]


def test_without_notes_it_says_so():
    with pytest.raises(UserError, match="no dissonance: the recording has no notes"):
        dissonance_over_time(recording())
