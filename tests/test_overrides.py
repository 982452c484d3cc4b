# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`--set SECTION.NAME=VALUE`: read as the parameter's type, and refused in one line that helps."""

from dataclasses import dataclass

import pytest

from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.overrides import find_parameter, parse_overrides
from descant.parameters import Settings, parameter
from descant.synth.settings import SynthSettings


@dataclass(frozen=True, kw_only=True)
class Kettle(Settings):
    heat: float = parameter(0.5, "how hot", unit="W", ge=0.0, le=1.0)
    mode: str = parameter("slow", "how", choices=("slow", "fast"))
    cups: int = parameter(1, "how many", ge=1)
    lid: bool = parameter(True, "whether it has a lid")
    levels: tuple[float, ...] = parameter((0.1, 0.2), "a few", ge=0.0, le=1.0)


@dataclass(frozen=True, kw_only=True)
class Oven(Settings):
    heat: float = parameter(0.5, "how hot", ge=0.0, le=1.0)
    racks: int = parameter(2, "how many", ge=0)
    song: str = parameter("", "what it plays")


SECTIONS = {"kettle": Kettle, "oven": Oven}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("kettle.heat=0.25", "heat", 0.25),
        ("kettle.heat=1", "heat", 1.0),  # an integer is a number
        ("kettle.heat = 1e-3", "heat", 0.001),
        ("kettle.cups=3", "cups", 3),
        ("kettle.cups=1e3", "cups", 1000),
        ("kettle.cups=9007199254740993", "cups", 9007199254740993),  # more than a double can hold
        ("kettle.mode=fast", "mode", "fast"),
        ("kettle.lid=off", "lid", False),
        ("kettle.lid=True", "lid", True),
        ("kettle.levels=0.5,1", "levels", (0.5, 1.0)),
        ("kettle.levels=[0.5]", "levels", (0.5,)),
    ],
)
def test_a_value_is_read_as_its_parameters_type(text: str, name: str, value: object) -> None:
    found = parse_overrides([text], SECTIONS)["kettle"]
    assert found == {name: value}
    assert type(found[name]) is type(value)


def test_a_text_may_hold_anything_an_equals_sign_included() -> None:
    assert parse_overrides(["oven.song=a=b.c"], SECTIONS)["oven"] == {"song": "a=b.c"}


def test_the_section_may_be_left_out_where_only_one_has_it() -> None:
    found = parse_overrides(["cups=2", "racks=3"], SECTIONS)
    assert found == {"kettle": {"cups": 2}, "oven": {"racks": 3}}


def test_the_last_of_several_holds_and_every_section_is_there() -> None:
    found = parse_overrides(["kettle.cups=2", "cups=4"], SECTIONS)
    assert found == {"kettle": {"cups": 4}, "oven": {}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kettle.haet=1", r"no parameter 'haet' in kettle; did you mean 'kettle\.heat'\?"),
        ("rakcs=1", r"no parameter 'rakcs' in kettle, oven; did you mean 'oven\.racks'\?"),
        ("zzz=1", "no parameter 'zzz' in kettle, oven; 'descant parameters kettle oven' lists"),
        ("heat=1", r"'heat' is ambiguous: kettle\.heat, oven\.heat"),  # in both sections
        ("ketle.heat=1", r"no section 'ketle'; did you mean 'kettle'\?"),
        ("fridge.heat=1", "no section 'fridge'; sections: kettle, oven"),
        ("kettle.heat=2", r"'heat' must be 0 to 1 W, not 2\.0"),  # above its range
        ("kettle.heat=hot", "'heat' must be a number, not 'hot'"),
        ("kettle.heat=nan", "'heat' must be finite, not nan"),
        ("kettle.cups=1.5", r"'cups' must be an integer, not 1\.5"),  # not silently rounded
        ("kettle.cups=inf", "'cups' must be an integer, not inf"),
        ("kettle.cups=0", "'cups' must be at least 1, not 0"),
        ("kettle.mode=medium", "'mode' must be one of slow, fast, not 'medium'"),
        ("kettle.lid=maybe", "'lid' must be true or false, not 'maybe'"),
        ("kettle.levels=a,b", "'levels' must be a list of numbers, not 'a,b'"),
        ("kettle.heat", r"expected SECTION\.NAME=VALUE"),  # no value at all
        ("kettle.heat=", r"expected SECTION\.NAME=VALUE"),
        ("=1", r"expected SECTION\.NAME=VALUE"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_it(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as raised:
        parse_overrides([text], SECTIONS)
    assert text.strip() in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("learner.knot_learning_rate=0.1", r"learner\.learning_rate"),
        ("knot_rate=60", r"learner\.held_rate"),
        ("synth.detune_from=residual", r"synth\.detune"),
    ],
)
def test_a_parameter_of_an_earlier_version_is_refused_with_the_one_that_replaced_it(
    text: str, replacement: str
) -> None:
    sections = {"learner": LearnerSettings, "synth": SynthSettings}
    with pytest.raises(UserError, match=rf"is now '{replacement}', which each part .* may set"):
        parse_overrides([text], sections)


def test_parameters_that_do_not_go_together_are_refused_by_the_settings() -> None:
    found = parse_overrides(["learner.knot_lowest=9"], {"learner": LearnerSettings})["learner"]
    with pytest.raises(UserError, match="'knot_lowest' must be at most knot_highest"):
        LearnerSettings().replace(**found)


def test_a_parameter_is_found_without_its_value() -> None:
    assert find_parameter("cups", SECTIONS, "cups=1:3:1") == ("kettle", "cups")
