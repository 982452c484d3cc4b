"""`--set ROOM.NAME=VALUE`: read as the parameter's type, and refused in one line that helps."""

from dataclasses import dataclass

import pytest

from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.overrides import find, parse_overrides
from descant.parameters import Settings, parameter


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


ROOMS = {"kettle": Kettle, "oven": Oven}


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
    found = parse_overrides([text], ROOMS)["kettle"]
    assert found == {name: value}
    assert type(found[name]) is type(value)


def test_a_text_may_hold_anything_an_equals_sign_included() -> None:
    assert parse_overrides(["oven.song=a=b.c"], ROOMS)["oven"] == {"song": "a=b.c"}


def test_the_room_may_be_left_out_where_only_one_has_it() -> None:
    found = parse_overrides(["cups=2", "racks=3"], ROOMS)
    assert found == {"kettle": {"cups": 2}, "oven": {"racks": 3}}


def test_the_last_of_several_holds_and_every_room_is_there() -> None:
    found = parse_overrides(["kettle.cups=2", "cups=4"], ROOMS)
    assert found == {"kettle": {"cups": 4}, "oven": {}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kettle.haet=1", r"no parameter 'haet' in kettle; did you mean 'kettle\.heat'\?"),
        ("rakcs=1", r"no parameter 'rakcs' in kettle, oven; did you mean 'oven\.racks'\?"),
        ("zzz=1", "no parameter 'zzz' in kettle, oven; 'descant parameters kettle oven' lists"),
        ("heat=1", r"which 'heat'\? there are kettle\.heat, oven\.heat"),  # in both rooms
        ("ketle.heat=1", r"no room 'ketle'; did you mean 'kettle'\?"),
        ("fridge.heat=1", "no room 'fridge'; there are: kettle, oven"),
        ("kettle.heat=2", r"'heat' must be 0 to 1 W, not 2\.0"),  # above its range
        ("kettle.heat=hot", "'heat' must be a number, not 'hot'"),
        ("kettle.heat=nan", "'heat' must be finite, not nan"),
        ("kettle.cups=1.5", r"'cups' must be an integer, not 1\.5"),  # not silently rounded
        ("kettle.cups=inf", "'cups' must be an integer, not inf"),
        ("kettle.cups=0", "'cups' must be at least 1, not 0"),
        ("kettle.mode=medium", "'mode' must be one of slow, fast, not 'medium'"),
        ("kettle.lid=maybe", "'lid' must be true or false, not 'maybe'"),
        ("kettle.levels=a,b", "'levels' must be a list of numbers, not 'a,b'"),
        ("kettle.heat", r"expected ROOM\.NAME=VALUE"),  # no value at all
        ("kettle.heat=", r"expected ROOM\.NAME=VALUE"),
        ("=1", r"expected ROOM\.NAME=VALUE"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_it(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as raised:
        parse_overrides([text], ROOMS)
    assert text.strip() in str(raised.value)
    assert "\n" not in str(raised.value)


def test_parameters_that_do_not_go_together_are_refused_by_the_settings() -> None:
    found = parse_overrides(["learner.knot_lowest=9"], {"learner": LearnerSettings})["learner"]
    with pytest.raises(UserError, match="'knot_lowest' must be at most knot_highest"):
        LearnerSettings().replace(**found)


def test_a_parameter_is_found_without_its_value() -> None:
    assert find("cups", ROOMS, "cups=1:3:1") == ("kettle", "cups")
