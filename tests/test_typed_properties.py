# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Whatever is typed: a value, or one clear line that says what was wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from descant.camera.settings import parse_picture_source as camera_source
from descant.commands.parameters import SETTINGS as TABLE
from descant.commands.parameters import settings_of
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.overrides import parse_overrides
from descant.parameters import Settings
from descant.render.outputs import OutputKind, parse_target
from descant.render.parsing import parse_fps, parse_size, parse_time
from descant.whatif.grid import MOST_VALUES, parse_grid
from support.properties import examples

pytestmark = pytest.mark.slow

T = TypeVar("T")
SETTINGS = {room: settings_of(room) for room in TABLE}
NAMES = [f"{room}.{name}" for room, kind in SETTINGS.items() for name in kind.descriptors()]
BARE = sorted({name for kind in SETTINGS.values() for name in kind.descriptors()})
HUGE = "9" * 5_000

NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(["1e400", "-1e308", "1e308", "nan", "inf", "", "1_0", "٣", "0x1f", HUGE]),
)
RANGES = st.builds(
    lambda low, high, kind, count: f"{low}:{high}:{kind}{count}",
    NUMBERS,
    NUMBERS,
    st.sampled_from(["lin", "log", "lon", ""]),
    st.sampled_from(["2", "3", "10", "0", "1", "", "10001", HUGE]),
)
VALUES = st.one_of(NUMBERS, RANGES, st.lists(NUMBERS, max_size=4).map(",".join), st.text())
SETS = st.one_of(
    st.text(),
    st.builds(lambda n, v: f"{n}={v}", st.sampled_from(NAMES + BARE), VALUES),
    st.builds(lambda r, n, v: f"{r}.{n}={v}", st.sampled_from(list(SETTINGS)), st.text(), VALUES),
)


def understood(parse: Callable[[], T]) -> T | None:
    """What it says; None where it was refused in one line."""
    try:
        return parse()
    except UserError as error:
        said = str(error)
    assert said.strip()
    return None


def check_value(kind: type[Settings], name: str, value: object) -> None:
    """It is what the parameter takes."""
    assert kind.checked(name, value) == value


@given(st.lists(SETS, max_size=3))
@example(["learner.learning_rate=" + HUGE])
@examples(120)
def test_any_override_is_a_value_in_its_range_or_refused(texts: list[str]) -> None:
    found = understood(lambda: parse_overrides(texts, SETTINGS))
    for room, values in (found or {}).items():
        for name, value in values.items():
            check_value(SETTINGS[room], name, value)


@given(st.lists(SETS, max_size=2))
@example(["learner.seed=-1e308:1e308:lin3"])
@example(["learner.seed=1:2:lin" + HUGE])
@example(["learner.learning_rate=5e-324:1.7976931348623157e308:log3"])
@examples(120)
def test_any_grid_is_values_in_their_ranges_or_refused(texts: list[str]) -> None:
    grid = understood(lambda: parse_grid(texts, SETTINGS))
    for axis in grid.axes if grid is not None else ():
        room, _, name = axis.name.partition(".")
        assert 1 <= len(axis.values) <= max(MOST_VALUES, *map(len, texts))
        for value in axis.values:
            check_value(SETTINGS[room], name, value)


ANY: SearchStrategy[object] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just(10**400),
    st.lists(st.one_of(st.floats(), st.integers(), st.text(), st.just(10**400)), max_size=4),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@given(st.sampled_from(NAMES), ANY)
@example("learner.learning_rate", 10**400)
@example("synth.partial_balance", [10**400])
@examples(120)
def test_any_value_of_a_parameter_file_is_taken_or_refused(name: str, value: object) -> None:
    room, _, parameter = name.partition(".")
    kind = SETTINGS[room]
    found = understood(lambda: kind.of({parameter: value}))
    if found is not None:
        assert kind.from_json(found.to_json()) == found


@given(st.one_of(st.text(), ANY.map(json.dumps), st.dictionaries(st.text(), ANY).map(json.dumps)))
@example("[1]")
@example("")
@example("null")
@example("[" * 100_000)
@examples(80)
def test_any_settings_of_a_bag_are_understood_or_refused(text: str) -> None:
    found = understood(lambda: LearnerSettings.from_json(text))
    assert found is None or isinstance(found, LearnerSettings)


DIGITS = st.one_of(NUMBERS, st.integers(0, 9_999).map(str))


@given(st.one_of(st.text(), st.builds(lambda w, h: f"{w}x{h}", DIGITS, DIGITS)))
@example(f"{HUGE}x100")
@examples(80)
def test_any_size_is_one_or_refused(text: str) -> None:
    for kind in OutputKind:
        size = understood(lambda k=kind: parse_size(text, k))
        assert size is None or all(64 <= pixels <= 8_192 for pixels in size)


@given(st.one_of(st.text(), DIGITS, st.builds(lambda a, b: f"{a}/{b}", DIGITS, DIGITS)))
@example("1e999999999")
@example("1e-999999999")
@example(HUGE)
@example("1/" + HUGE)
@examples(80)
def test_any_rate_is_one_or_refused(text: str) -> None:
    fps = understood(lambda: parse_fps(text))
    assert fps is None or (isinstance(fps, Fraction) and 0 < fps <= 240)


@given(st.one_of(st.text(), DIGITS, st.builds(lambda m, s: f"{m}:{s}", DIGITS, DIGITS)))
@example(HUGE)
@example(HUGE + ":1")
@example("9" * 400 + ":1")
@examples(80)
def test_any_time_is_one_or_refused(text: str) -> None:
    seconds = understood(lambda: parse_time(text))
    assert seconds is None or 0.0 <= seconds < math.inf


@given(st.one_of(st.text(), st.text().map(lambda t: f"~{t}"), st.text().map(lambda t: f"{t}.mp4")))
@example("~nobody_of_this_name/x.mp4")
@examples(80)
def test_any_output_and_any_camera_is_one_or_refused(text: str) -> None:
    understood(lambda: parse_target(text))
    asked = understood(lambda: camera_source(f"file:{text}"))
    assert asked is None or understood(lambda: str(asked.path)) != ""


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999"])
def test_a_rate_beyond_all_numbers_is_refused_at_once(text: str) -> None:
    """Found by the property above: it was computed to the last of its thousand million digits."""
    with pytest.raises(UserError, match="frames a second are 1 to 240"):
        parse_fps(text)
