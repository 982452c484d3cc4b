# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Triggers from outside the package: the example of docs/triggers.md, and packages that fail."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.learner.registry import TRIGGERS
from descant.learner.settings import LearnerSettings
from descant.learner.trigger import make_trigger
from descant.parameters import ParameterError
from descant.performance.recompute import verify
from descant.programme.reading import read_programme
from descant.types import SUSTAIN, Pedal
from support.learning import recorded
from support.notes import MS, on
from support.plugins import EXAMPLES, installed_example, outside_package

pytestmark = pytest.mark.slow

EXAMPLE = EXAMPLES / "pedal_trigger"
PAGE = EXAMPLES.parent / "triggers.md"


@pytest.fixture
def _pedal_installed(tmp_path: Path) -> Iterator[None]:
    """The example, installed by pip."""
    with installed_example("pedal_trigger", tmp_path):
        yield


@pytest.mark.usefixtures("_pedal_installed")
def test_the_test_of_the_example_passes() -> None:
    test = runpy.run_path(str(EXAMPLE / "test_pedal_trigger.py"))
    test["test_the_first_key_after_a_press_starts_an_episode"]()


@pytest.mark.usefixtures("_pedal_installed")
def test_it_is_a_choice_like_those_of_the_package() -> None:
    assert TRIGGERS.names() == ("bass_and_upper", "held_chord", "pedal")
    assert LearnerSettings(trigger="pedal").trigger == "pedal"
    programme, mistakes = read_programme(EXAMPLE / "pedal.yaml")
    assert mistakes == []
    assert programme is not None


@pytest.mark.usefixtures("_pedal_installed")
def test_a_recording_with_it_is_verified_to_the_bit() -> None:
    played = [on(n * 100, 60 + n, n + 1) for n in range(20)]
    pedals = [Pedal((350 + n * 200) * MS, SUSTAIN, 127 * (n % 2 == 0)) for n in range(8)]
    events = sorted([*played, *pedals], key=lambda event: event.time_ns)
    recording = recorded(LearnerSettings(trigger="pedal", sustain_holds=True), events)
    assert [e.number for e in recording.episodes] == [1, 2, 3, 4, 5]
    [comparison] = verify(recording)
    assert comparison.difference is None
    assert comparison.states == 20


def test_where_it_is_not_installed_its_programme_is_refused_with_the_line() -> None:
    programme, [mistake] = read_programme(EXAMPLE / "pedal.yaml")
    assert programme is None
    assert mistake.line == 6
    expected = (
        "parameter 'trigger' must be one of bass_and_upper, held_chord, not 'pedal'; "
        "no other trigger is installed in this environment"
    )
    assert mistake.text == f"learner: {expected}"


def test_a_name_that_is_no_trigger_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="'trigger' must be one of bass_and_upper, held_chord"):
        LearnerSettings(trigger="bass")
    with pytest.raises(ParameterError, match="no trigger 'bass'; there are bass_and_upper, held_"):
        make_trigger("bass")


def test_a_trigger_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text("def trigger():\n    raise OSError('no sensor')\n")
    with (
        outside_package(tmp_path, "descant.triggers", "sensor = failing:trigger"),
        pytest.raises(ParameterError, match=r"^trigger 'sensor' cannot be made: no sensor$"),
    ):
        make_trigger("sensor")


@pytest.mark.parametrize(
    "file",
    ["descant_pedal_trigger.py", "pyproject.toml", "pedal.yaml", "test_pedal_trigger.py"],
)
def test_the_docs_quote_the_example_as_it_is(file: str) -> None:
    _licence, _, text = (EXAMPLE / file).read_text().partition("\n\n")
    assert text.rstrip() in PAGE.read_text()
