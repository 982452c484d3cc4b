# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`--set` with ranges and lists: which variants it makes, and how it refuses in one line."""

from itertools import pairwise

import pytest

from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.synth.settings import SynthSettings
from descant.whatif.grid import by_section, parse_grid

SECTIONS = {"learner": LearnerSettings, "synth": SynthSettings}


def values(text: str) -> tuple[object, ...]:
    [axis] = parse_grid([text], SECTIONS).axes
    return axis.values


def test_one_value_is_the_same_in_every_variant() -> None:
    grid = parse_grid(["learner.learning_rate=0.05", "learner.loss=mae"], SECTIONS)
    assert list(grid) == [{"learner.learning_rate": 0.05, "learner.loss": "mae"}]


def test_nothing_set_is_one_variant_that_changes_nothing() -> None:
    assert list(parse_grid([], SECTIONS)) == [{}]


def test_a_logarithmic_range_has_equal_factors_and_both_ends_exactly() -> None:
    rates = values("learner.learning_rate=0.005:0.5:log10")
    assert len(rates) == 10
    assert (rates[0], rates[-1]) == (0.005, 0.5)
    factors = [b / a for a, b in pairwise(rates)]
    assert factors == pytest.approx([100 ** (1 / 9)] * 9)


def test_a_linear_range_has_equal_steps_and_may_go_down() -> None:
    assert values("threshold=0:0.5:lin3") == (0.0, 0.25, 0.5)
    assert values("threshold=0.5:0:lin3") == (0.5, 0.25, 0.0)


def test_the_values_of_an_integer_parameter_are_integers() -> None:
    seeds = values("learner.seed=1:20:lin20")
    assert seeds == tuple(range(1, 21))
    assert all(type(seed) is int for seed in seeds)
    assert values("points=10:1000:log3") == (10, 100, 1000)


def test_lists_of_words_numbers_and_lists() -> None:
    assert values("learner.optimiser=descent, momentum,adam") == ("descent", "momentum", "adam")
    assert values("learner.seed=3,1,2") == (3, 1, 2)
    assert values("sustain_holds=off,on") == (False, True)
    assert values("synth.partial_balance=1,0.5;1,1,1") == ((1.0, 0.5), (1.0, 1.0, 1.0))


def test_several_ranges_give_every_combination_the_last_changing_first() -> None:
    grid = parse_grid(["learner.seed=1,2", "learner.loss=mse,mae", "learner.points=50"], SECTIONS)
    assert len(grid) == 4
    found = [(v["learner.seed"], v["learner.loss"], v["learner.points"]) for v in grid]
    assert found == [(1, "mse", 50), (1, "mae", 50), (2, "mse", 50), (2, "mae", 50)]


def test_a_huge_grid_is_counted_without_being_made() -> None:
    texts = [f"learner.{name}=0:1:lin10000" for name in ("threshold", "start_range")]
    assert len(parse_grid(texts, SECTIONS)) == 100_000_000


def test_a_variant_is_taken_apart_by_sections() -> None:
    variant = {"learner.seed": 1, "synth.a4": 442.0, "learner.loss": "mae"}
    assert by_section(variant) == {"learner": {"seed": 1, "loss": "mae"}, "synth": {"a4": 442.0}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("learner.learning_rat=0.1", "did you mean 'learner.learning_rate'"),
        ("lerner.seed=1", "no section 'lerner'; did you mean 'learner'"),
        ("learner.seed", "expected SECTION.NAME=VALUE"),
        ("learner.learning_rate=0.1:0.5", "expected LOW:HIGH:logN or LOW:HIGH:linN"),
        ("learner.learning_rate=0.1:0.5:log", "expected LOW:HIGH:logN"),
        ("learner.learning_rate=a:0.5:log3", "expected LOW:HIGH:logN"),
        ("learner.learning_rate=0.1:0.5:exp3", "expected LOW:HIGH:logN"),
        ("learner.learning_rate=0.1:0.5:log1", "2 to 10,000 values, not 1"),
        ("learner.learning_rate=0.1:0.5:lin999999999", "2 to 10,000 values, not 999,999,999"),
        ("learner.learning_rate=0:0.5:log3", "must be above 0"),
        ("learner.learning_rate=0.1:inf:lin3", "must be finite"),
        ("learner.learning_rate=0.1:1000:log3", "must be 1e-06 to 100, not 1000.0"),
        ("learner.learning_rate=0.1,,0.2", "a value is missing between two ','"),
        ("learner.learning_rate=0.1,fast", "must be a number, not 'fast'"),
        ("learner.seed=1:3:lin9", "the 9 values, rounded to integers, are only 3 different"),
        ("learner.loss=mse,mae,mse", "the 3 values are only 2 different"),
        ("learner.optimiser=descent,adm", "one of descent, momentum, adam, lbfgs, not 'adm'"),
    ],
)
def test_what_is_no_grid_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(UserError, match="--set") as refused:
        parse_grid([text], SECTIONS)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_one_parameter_set_twice_is_refused() -> None:
    with pytest.raises(UserError, match=r"'learner\.seed' is given twice; put several values into"):
        parse_grid(["learner.seed=1", "seed=2"], SECTIONS)
