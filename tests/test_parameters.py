# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters: checked when made, replaced as a whole, errors that name what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

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


@dataclass(frozen=True, kw_only=True)
class Shelf(Settings):
    labels: tuple[str, ...] = parameter(("",), "labels of the jars")


@pytest.mark.parametrize(
    ("value", "labels"),
    [("tea", ("tea",)), (["tea", "mint"], ("tea", "mint")), ((), ("",)), ("", ("",))],
)
def test_a_list_of_texts_may_be_one_text(value: object, labels: tuple[str, ...]) -> None:
    shelf = Shelf.of({"labels": value})
    assert shelf.labels == labels
    assert Shelf.from_json(shelf.to_json()) == shelf


@pytest.mark.parametrize("value", [5, None, [1.0], ["tea", 1], {"a": "b"}, True])
def test_what_is_no_list_of_texts_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match="'labels' must be a text or a list of texts, not "):
        Shelf.of({"labels": value})


def test_json_gives_the_same_settings_back() -> None:
    kettle = Kettle(heat=0.1 + 0.2, levels=(1 / 3,))
    assert Kettle.from_json(kettle.to_json()) == kettle


@dataclass(frozen=True, kw_only=True)
class LaterKettle(Kettle):
    """The third version: `warmth` in percent became `heat` in the second."""

    VERSION: ClassVar[int] = 3
    REMOVED: ClassVar[Mapping[str, str]] = {"warmth": "heat"}

    @classmethod
    def upgraded(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        if version == 1:
            values["heat"] = values.pop("warmth", 50) / 100
        return values


def test_settings_of_an_earlier_version_are_read_as_what_they_were() -> None:
    assert LaterKettle.from_json('{"warmth": 25, "cups": 2}') == LaterKettle(heat=0.25, cups=2)
    assert LaterKettle.from_json('{"version": 2, "heat": 0.75}') == LaterKettle(heat=0.75)
    kettle = LaterKettle(heat=0.1)
    assert kettle.to_json().startswith('{"version": 3, ')
    assert LaterKettle.from_json(kettle.to_json()) == kettle


@pytest.mark.parametrize("version", ["4", "0", "-1", "1.0", "true", "null", '"1"', "[]"])
def test_a_version_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(ParameterError, match="this version of descant reads 1 to 3"):
        LaterKettle.from_json(f'{{"version": {version}, "heat": 0.5}}')


def test_an_earlier_name_is_refused_with_the_present_one() -> None:
    with pytest.raises(ParameterError, match="parameter 'warmth' is now 'heat'"):
        LaterKettle().replace(warmth=25)
    with pytest.raises(ParameterError, match="parameter 'warmth' is now 'heat'"):
        LaterKettle.from_json('{"version": 2, "warmth": 25}')


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="parameters are a JSON object, not "):
        Kettle.from_json(text)
