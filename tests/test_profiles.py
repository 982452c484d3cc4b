# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The two profiles: the same list of parameters, every value in its range."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from descant.commands.parameters import SETTINGS, settings_of
from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.parameters import Settings
from descant.programme.reading import load_programme
from descant.types import SOFT, Pedal

CONFIG = Path(__file__).parents[1] / "config"
PROFILES = ("paper", "original")


def profile(name: str) -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((CONFIG / f"{name}.yaml").read_text())
    return {node.removeprefix("/**/"): body["ros__parameters"] for node, body in document.items()}


def test_they_list_the_same_parameters_in_the_same_order() -> None:
    paper, original = (profile(name) for name in PROFILES)
    assert list(paper) == list(original)
    for node, values in paper.items():
        assert list(values) == list(original[node])


@pytest.mark.parametrize("name", PROFILES)
def test_every_value_is_in_its_range(name: str) -> None:
    for node, values in profile(name).items():
        assert settings_of(node).of(values).values().keys() >= values.keys()


def test_the_paper_profile_is_the_default() -> None:
    for node, values in profile("paper").items():
        defaults = settings_of(node)()
        assert defaults.replace(**values) == defaults


def test_in_the_original_profile_any_touch_of_the_soft_pedal_begins_the_next_part() -> None:
    settings = ConductorSettings.of(profile("original")["conductor"])
    conductor = Conductor(settings, load_programme("original"), 0)
    seen = [conductor.part.number]
    for touch in range(5):
        for value in (1, 60, 1, 0):
            if part := conductor.take(Pedal(touch, SOFT, value)):
                seen.append(part.number)
    assert seen == [1, 2, 3, 4, 1, 2]


@pytest.mark.parametrize("node", SETTINGS)
def test_every_parameter_is_described(node: str) -> None:
    kind: type[Settings] = settings_of(node)
    for name, descriptor in kind.descriptors().items():
        assert descriptor.description, f"{node}.{name}"
        assert kind.of({name: kind.defaults()[name]})
