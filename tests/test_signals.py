# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Signals: their values, and one clear line for every text that is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from descant.learner.registry import FAMILIES
from descant.parameters import ParameterError
from descant.signals import (
    HIGHEST_INDEX,
    INDEXED,
    MOST_TERMS,
    PLAIN,
    check_signals,
    parse_signals,
    signal_value,
)
from descant.types import State
from support.properties import examples
from support.states import state
from support.strategies import family_from_outside

TURN = 2 * math.pi
CUBIC = state(0, 0.25, residual=-0.5)._replace(
    target=(1.0, 2.0, 3.0, 4.0), theta=(1.5, 1.0, 3.0, -4.0), gradient=(3.0, -4.0, 0.0, 0.0)
)
KNOT = state(0, 1.0)._replace(
    family="knot", target=(2.0, 3.0, 5.0, 0.1, 3.0, 1.0), theta=(TURN - 0.1, 3.5, 100.0),
    gradient=(0.1, 0.2, 0.3),
)  # fmt: skip


def value(text: str, of: State) -> float:
    [signal] = parse_signals(text)
    return signal_value(signal, of)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("loss", 0.25),
        ("residual", -0.5),
        ("gradient_length", 5.0),
        ("gradient[0]", 3.0),
        ("gradient[1]", -4.0),
        ("distance[0]", 0.5),  # theta minus target
        ("distance[1]", -1.0),
        ("distance[3]", -8.0),  # no angle: the whole difference
        ("2 * loss", 0.5),
        ("-2*residual", 1.0),
        ("+1.5e1 * gradient[0]", 45.0),
        (".5 * loss", 0.125),
        ("0 * loss", 0.0),
        ("loss + residual", -0.25),
        ("  gradient[0] + 0.5 * distance[1] + -1 * loss ", 2.25),
        ("gradient[4]", 0.0),  # beyond the four parameters
        ("distance[4]", 0.0),
        (f"loss + gradient[{HIGHEST_INDEX}]", 0.25),
    ],
)
def test_a_signal_has_its_value(text: str, expected: float) -> None:
    assert value(text, CUBIC) == expected


def test_terms_are_added_in_their_order() -> None:
    """The order is part of the result: sums of floating-point numbers depend on it."""
    tenth = state(0, 0.1)
    assert value("loss + loss + loss + -0.3 * loss", tenth) == 0.1 + 0.1 + 0.1 + -0.3 * 0.1


def test_the_distance_of_an_angle_is_the_nearer_way_round() -> None:
    assert value("distance[0]", KNOT) == pytest.approx(-0.2)
    assert value("distance[1]", KNOT) == pytest.approx(0.5)
    assert value("distance[2]", KNOT) == pytest.approx(math.remainder(99.0, TURN))


@pytest.mark.slow
@given(st.floats(-1e6, 1e6), st.integers(0, 2))
@examples(50)
def test_an_angle_is_at_most_half_a_turn_from_its_target(theta: float, index: int) -> None:
    far = list(KNOT.theta)
    far[index] = theta
    assert abs(value(f"distance[{index}]", KNOT._replace(theta=tuple(far)))) <= math.pi


def test_the_damping_of_a_harmonograph_is_no_angle() -> None:
    harmonograph = KNOT._replace(
        family="harmonograph", target=(*KNOT.target, 0.5), theta=(0.1, 3.0, 1.0 + TURN, 10.5),
        gradient=(0.0,) * 4,
    )  # fmt: skip
    distances = [value(f"distance[{i}]", harmonograph) for i in range(4)]
    assert distances == pytest.approx([0.0, 0.0, 0.0, 10.0], abs=1e-12)


@pytest.mark.parametrize("family", ["nowhere", "", "wave"])
def test_of_a_family_that_is_not_here_no_parameter_is_an_angle(family: str) -> None:
    assert value("distance[2]", KNOT._replace(family=family)) == 99.0


def test_a_family_without_periods_has_no_angle() -> None:
    with family_from_outside():
        assert "wave" in FAMILIES.names()
        wave = state(0, 1.0)._replace(
            family="wave", target=(0.0, 0.0, 0.0), theta=(9.0, 0.0, 0.0), gradient=(0.0,) * 3
        )
        assert value("distance[0]", wave) == 9.0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"theta": (), "gradient": ()}, 0.0),
        ({"target": ()}, 0.0),  # a state from elsewhere
        ({"target": (4.0,)}, 0.0),
        ({"gradient": (1.0,)}, 0.0),
    ],
)
def test_a_distance_that_the_state_lacks_is_0(change: dict[str, object], expected: float) -> None:
    assert value("distance[1]", CUBIC._replace(**change)) == expected


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("of", [CUBIC, KNOT], ids=["cubic", "knot"])
def test_numbers_that_are_not_finite_stay_so_and_raise_nothing(bad: float, of: State) -> None:
    diverged = of._replace(loss=bad, residual=bad, theta=(bad,) * 4, gradient=(bad,) * 4)
    names = ("loss", "residual", "gradient_length", "gradient[1]", "distance[1]")
    assert not any(math.isfinite(value(name, diverged)) for name in names)


def test_a_list_has_commas_between_its_signals() -> None:
    values = [signal_value(s, CUBIC) for s in parse_signals("gradient[0],gradient[1] , 2 * loss")]
    assert values == [3.0, -4.0, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"'' in '' is no signal: expected \[NUMBER \*\] NAME, as 0\.5 \* gradient\[0\]"),
        ("loss,", "'' in 'loss,' is no signal"),
        ("loss, ,residual", "'' in 'loss, ,residual' is no signal"),
        ("los", r"no signal 'los' in 'los'; did you mean 'loss'\?"),
        ("2 * gradeint[0]", r"no signal 'gradeint' in '2 \* gradeint\[0\]'; did you mean 'gradie"),
        ("velocity", r"no signal 'velocity' in 'velocity'; names: loss, residual, gradient_length"),
        ("gradient", r"'gradient' in 'gradient' needs an index, as gradient\[0\]"),
        ("loss + distance", r"'distance' in 'loss \+ distance' needs an index"),
        ("loss[0]", r"'loss' in 'loss\[0\]' has no index"),
        ("gradient_length[1]", "'gradient_length' in .* has no index"),
        ("gradient[-1]", r"'gradient\[-1\]' in .* is no signal"),
        ("gradient[1.0]", r"'gradient\[1\.0\]' in .* is no signal"),
        ("gradient[1000]", r"index 1000 in 'gradient\[1000\]' is above 999"),
        (f"gradient[{'9' * 5_000}]", "is above 999"),
        ("loss - residual", "'loss - residual' in 'loss - residual' is no signal"),
        ("loss+residual", r"'loss\+residual' in .* is no signal"),  # the plus has spaces around it
        ("loss * 2", r"'loss \* 2' in .* is no signal"),
        ("2 loss", "'2 loss' in '2 loss' is no signal"),
        ("x * loss", r"'x \* loss' in .* is no signal"),
        ("nan * loss", r"'nan \* loss' in .* is no signal"),
        ("٣ * loss", r"'٣ \* loss' in .* is no signal"),
        ("1.2.3 * loss", r"'1\.2\.3' in .* is no finite number"),
        (". * loss", r"'\.' in .* is no finite number"),
        ("1e999 * loss", r"'1e999' in .* is no finite number"),
        ("Loss", "'Loss' in 'Loss' is no signal"),
        (" + ".join(["loss"] * (MOST_TERMS + 1)), "a signal has at most 16 terms, not 17"),
    ],
)
def test_what_is_no_signal_is_refused(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        parse_signals(text)


def test_a_parameter_of_signals_is_named_and_has_a_highest_number() -> None:
    check_signals("detune", "loss", most=1)
    check_signals("distortion_signals", "loss, loss, loss", most=3)
    with pytest.raises(ParameterError, match=r"^parameter 'detune': no signal 'los' in 'los'"):
        check_signals("detune", "los", most=1)
    with pytest.raises(ParameterError, match="'detune' must be at most 1 signal, not 2: 'loss, re"):
        check_signals("detune", "loss, residual", most=1)
    with pytest.raises(ParameterError, match="'a' must be at most 3 signals, not 4: 'loss,loss"):
        check_signals("a", "loss,loss,loss,loss", most=3)


NUMBERS = st.one_of(st.floats(0.0).map(repr), st.integers().map(str), st.sampled_from(["1e9", "."]))
TERM_NAMES = st.sampled_from([*PLAIN, *(f"{name}[{n}]" for name in INDEXED for n in (0, 3, 12))])
TERMS = st.one_of(TERM_NAMES, st.builds("{} * {}".format, NUMBERS, TERM_NAMES))
LISTS = st.lists(TERMS, min_size=1, max_size=5).map(" + ".join)
NEAR = st.text(st.sampled_from("loss gradient[0] + * , 12e-.[]_residual"), max_size=40)


@pytest.mark.slow
@given(st.one_of(st.text(), NEAR, LISTS, st.lists(LISTS, max_size=3).map(", ".join)))
@example("gradient[" + "9" * 5_000 + "]")
@example("loss\n")
@examples(300)
def test_any_text_is_signals_or_refused(text: str) -> None:
    """Nothing but `ParameterError`; the values of what is read are numbers."""
    try:
        signals = parse_signals(text)
    except ParameterError as error:
        refused = str(error)
        assert refused.strip()
    else:
        assert len(signals) == text.count(",") + 1
        for of in (CUBIC, KNOT, state(0, 1.0)):
            assert all(isinstance(signal_value(signal, of), float) for signal in signals)
