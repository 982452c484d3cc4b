# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parameters of one node from part to part: base, part, set by hand, fixed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError
from descant.programme.layers import PartLayers, described, with_description, with_known_description
from descant.programme.part_description import NONE, PartDescription
from descant.programme.programme import Programme
from descant.programme.reading import load_programme
from descant.synth.settings import SynthSettings
from descant.types import Part
from support.properties import examples

FIRST = PartDescription("first", "First", synth={"a4": 432.0})
SECOND = PartDescription("second", "Second", learner={"learning_rate": 0.05, "threshold": 0.0})
THIRD = PartDescription("third", "Third", learner={"learning_rate": 0.1})


def part(number: int, description: PartDescription = NONE, start: int = 0) -> Part:
    return Part(0, number, start, "cue", description.to_json() if description is not NONE else "")


def layers(**base: Any) -> PartLayers[LearnerSettings]:
    return PartLayers(LearnerSettings(**base), "learner")


def set_by_hand(of: PartLayers[LearnerSettings], **values: Any) -> None:
    of.set(of.current.replace(**values))


def test_a_part_has_its_overrides_and_everything_else_of_the_base() -> None:
    of = layers(learning_rate=0.3, loss="mae")
    assert of.current == LearnerSettings(learning_rate=0.3, loss="mae")
    begun = of.begin(part(2, SECOND, start=7))
    assert begun is of.current
    assert begun == LearnerSettings(part=2, start=7, learning_rate=0.05, threshold=0.0, loss="mae")
    assert of.begin(part(1, FIRST)) == LearnerSettings(learning_rate=0.3, loss="mae")


def test_each_node_has_its_own_overrides() -> None:
    synth = PartLayers(SynthSettings(), "synth")
    assert synth.begin(part(1, FIRST)).a4 == 432.0
    assert synth.begin(part(2, SECOND)).a4 == 440.0


def test_a_part_without_a_description_overrides_nothing() -> None:
    of = layers()
    of.begin(part(2, SECOND))
    assert of.begin(part(3)) == LearnerSettings(part=3)
    assert described(part(3)) == NONE


def test_what_is_set_by_hand_lasts_until_the_performance_ends() -> None:
    of = layers()
    of.begin(part(1, FIRST))
    set_by_hand(of, learning_rate=0.7, loss="mae")
    assert of.current.learning_rate == 0.7
    assert of.begin(part(2, SECOND)).learning_rate == 0.05  # the part has its own
    assert of.current.loss == "mae"
    assert of.begin(part(1, FIRST, start=2)).learning_rate == 0.7


def test_what_the_part_overrides_is_set_by_hand_until_the_part_ends() -> None:
    of = layers(learning_rate=0.3)
    of.begin(part(2, SECOND))
    set_by_hand(of, learning_rate=0.7)
    assert of.current.learning_rate == 0.7
    assert of.begin(part(3, THIRD)).learning_rate == 0.1
    assert of.begin(part(1, FIRST)).learning_rate == 0.3
    assert of.begin(part(2, SECOND)).learning_rate == 0.05


def test_a_value_set_back_by_hand_lasts_as_well() -> None:
    of = layers()
    of.begin(part(1, FIRST))
    set_by_hand(of, loss="mae")
    set_by_hand(of, loss="mse")
    assert of.begin(part(2, SECOND)).loss == "mse"


def test_fixed_values_hold_in_every_part_and_above_its_overrides() -> None:
    of = PartLayers(LearnerSettings(), "learner", {"learning_rate": 0.9, "loss": "half_mse"})
    assert of.current.learning_rate == 0.9
    for number, description in enumerate((FIRST, SECOND, THIRD), start=1):
        begun = of.begin(part(number, description))
        assert (begun.learning_rate, begun.loss, begun.part) == (0.9, "half_mse", number)
    assert of.begin(part(2, SECOND)).threshold == 0.0


def test_number_and_start_are_the_parts_whatever_is_fixed() -> None:
    of = PartLayers(LearnerSettings(), "learner", {"part": 9, "start": 9})
    assert of.begin(part(2, SECOND, start=1)) == LearnerSettings(
        part=2, start=1, learning_rate=0.05, threshold=0.0
    )


NARROW = PartDescription("narrow", "Narrow", learner={"x_high": 0.5})


def test_what_was_set_by_hand_is_given_up_where_a_part_does_not_allow_it() -> None:
    of = layers(loss="mae")
    of.begin(part(1, FIRST))
    set_by_hand(of, x_low=0.7, seed=5)
    assert of.begin(part(2, NARROW)) == LearnerSettings(part=2, x_high=0.5, loss="mae")
    assert of.begin(part(1, FIRST)) == LearnerSettings(loss="mae")  # and does not come back


def test_what_only_goes_with_the_part_ends_with_it() -> None:
    wide = PartDescription("wide", "Wide", learner={"x_high": 5.0})
    of = layers()
    of.begin(part(1, wide))
    set_by_hand(of, x_low=2.0)
    assert of.current.x_low == 2.0
    assert of.begin(part(2, FIRST)) == LearnerSettings(part=2)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("no JSON", "a part's description is a JSON object, not 'no JSON'"),
        ('{"version": 2}', "a part's description of version 2, expected 1"),
        (
            PartDescription("a", "A", learner={"x_low": 3.0}).to_json(),
            r"parameter 'x_low' must be below x_high \(1\), not 3",
        ),
    ],
)
def test_a_part_that_is_refused_changes_nothing(description: str, message: str) -> None:
    of = layers()
    of.begin(part(2, SECOND))
    set_by_hand(of, loss="mae")
    before = of.current
    with pytest.raises(ParameterError, match=message):
        of.begin(Part(0, 3, 1, "cue", description))
    assert of.current is before
    set_by_hand(of, learning_rate=0.7)  # still of the second part, and until it ends
    assert of.begin(part(1, FIRST)) == LearnerSettings(loss="mae")


def test_a_programme_that_the_base_does_not_allow_names_the_part() -> None:
    programme = Programme("tonight", "Tonight", (FIRST, NARROW))
    layers().check(programme)
    expected = (
        r"^part 2 \(narrow\) of the programme 'tonight', learner: "
        r"parameter 'x_low' must be below x_high \(0\.5\), not 0\.6$"
    )
    with pytest.raises(ParameterError, match=expected):
        layers(x_low=0.6).check(programme)
    PartLayers(LearnerSettings(x_low=0.6), "learner", {"x_high": 0.8}).check(programme)
    with pytest.raises(ParameterError, match=r"^parameter 'x_low' must be below x_high \(0\.8\)"):
        PartLayers(LearnerSettings(), "learner", {"x_low": 0.9, "x_high": 0.8})


PARTS = st.sampled_from(
    [
        part(number, description)
        for name in ("paper", "original")
        for number, description in enumerate(load_programme(name).parts, start=1)
    ]
)
BY_HAND = st.sampled_from(
    [{"learning_rate": 0.7}, {"loss": "mae"}, {"held_rate": 9.0}, {"seed": 5}, {"x_low": 0.1}]
)


@pytest.mark.slow
@given(st.lists(st.one_of(PARTS, BY_HAND), max_size=12))
@examples(100)
def test_the_layers_are_those_of_a_simple_model(steps: list[Part | dict[str, Any]]) -> None:
    """Two dictionaries: what lasts, and what holds until the part ends."""
    of, lasting, until_the_end, overrides = layers(), {}, {}, {}
    for step in steps:
        if isinstance(step, Part):
            overrides = {**described(step).overrides("learner"), "part": step.number, "start": 0}
            until_the_end = {}
            of.begin(step)
        else:
            of.set(of.current.replace(**step))
            (until_the_end if overrides.keys() & step.keys() else lasting).update(step)
        expected = {**LearnerSettings().values(), **lasting, **overrides, **until_the_end}
        assert of.current.values() == expected


def test_a_part_of_an_old_recording_gets_the_description_of_its_number() -> None:
    programme = load_programme("paper")
    assert described(with_description(part(3), programme)) == programme.parts[2]
    own = part(3, SECOND)
    assert with_description(own, programme) is own
    with pytest.raises(UserError, match="no part 5 in the programme 'paper'"):
        with_description(part(5), programme)
    assert described(with_known_description(part(3), programme)) == programme.parts[2]
    assert with_known_description(part(27), programme) == part(27)
