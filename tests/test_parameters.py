"""Parameters: checked when made, replaced as a whole, errors that name what is wrong."""

from dataclasses import dataclass

import pytest

from descant.parameters import ParameterError, Settings, parameter


@dataclass(frozen=True, kw_only=True)
class Kettle(Settings):
    heat: float = parameter(0.5, "how hot", unit="W", ge=0.0, le=1.0)
    mode: str = parameter("slow", "how", choices=("slow", "fast"))
    cups: int = parameter(1, "how many", ge=1)
    lid: bool = parameter(True, "whether it has a lid")
    levels: tuple[float, ...] = parameter((0.1, 0.2), "a few", ge=0.0, le=1.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heat": 2.0}, r"'heat' must be 0 to 1 W, not 2\.0"),  # above its range
        ({"heat": float("nan")}, "'heat' must be finite, not nan"),  # compares false with all
        ({"heat": "hot"}, "'heat' must be a number, not 'hot'"),  # a text
        ({"heat": True}, "'heat' must be a number, not True"),  # a bool is an int in Python
        ({"cups": 0}, "'cups' must be at least 1, not 0"),  # below its only bound
        ({"cups": 1.0}, r"'cups' must be an integer, not 1\.0"),  # not silently rounded
        ({"mode": "medium"}, "'mode' must be one of slow, fast, not 'medium'"),  # no choice
        ({"lid": 1}, "'lid' must be true or false, not 1"),  # an int is no bool
        ({"levels": [0.5, 1.5]}, "'levels' must be 0 to 1"),  # one element out of range
        ({"levels": "abc"}, "'levels' must be a list of numbers, not 'abc'"),  # iterable text
        ({"haet": 0.5}, r"unknown parameter 'haet'; did you mean 'heat'\?"),  # a slip
        ({"zzz": 1}, "unknown parameter 'zzz'; known: heat, mode"),  # nothing near
    ],
)
def test_wrong_values_are_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Kettle().replace(**changes)


def test_an_integer_is_welcome_where_a_number_is_wanted() -> None:
    assert type(Kettle.of({"heat": 1}).heat) is float


def test_json_gives_the_same_settings_back() -> None:
    kettle = Kettle(heat=0.1 + 0.2, levels=(1 / 3,))
    assert Kettle.from_json(kettle.to_json()) == kettle
