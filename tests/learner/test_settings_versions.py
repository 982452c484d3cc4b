# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Learner settings that version 0.1 recorded are read as settings of the part that was played."""

import json
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from descant.learner.settings import LearnerSettings
from descant.learner.settings_versions import RENAMED
from descant.parameters import ParameterError
from support.parts import part_settings
from support.properties import examples
from support.strategies import edges

VERSION_1: dict[str, Any] = {
    "seed": 7, "part": 1, "start": 3, "family": "cubic", "loss": "mse", "optimiser": "descent",
    "learning_rate": 0.4, "points": 100, "x_low": -1.0, "x_high": 1.0, "target_range": 1.0,
    "start_range": 1.0, "threshold": 0.004, "loss_bound": 100.0, "bass_below": 48,
    "upper_from": 60, "first_note_starts": True, "held_rate": 0.0, "knot_family": "knot",
    "knot_learning_rate": 0.02, "knot_threshold": 0.004, "knot_lowest": 1, "knot_highest": 8,
    "knot_phase_range": 6.283185307179586, "knot_preset": 0, "damping_low": 0.3,
    "damping_high": 1.0, "knot_points": 1000, "knot_span": 6.283185307179586, "knot_batch": 0,
    "knot_rate": 60.0, "knot_always": False, "knot_tunes": 0, "knot_gap": 0.0,
    "sustain_holds": False, "chord_keys": 3, "chord_split": 60, "chord_window": 0.08,
}  # fmt: skip
"""As the profile `paper` was recorded in part 1."""
CHANGED = {
    "knot_learning_rate": 0.25, "knot_threshold": 0.5, "knot_family": "harmonograph",
    "knot_rate": 97.0, "knot_always": True, "knot_tunes": 3, "knot_gap": 2.0,
}  # fmt: skip
OF_CHORDS = ("knot_learning_rate", "knot_threshold", "knot_family", "knot_rate")
"""Held in parts 2 and 3 alone; the others in all, where the trigger uses them."""


def read(**changes: object) -> LearnerSettings:
    return LearnerSettings.from_json(json.dumps({**VERSION_1, **changes}))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_recorded_profile_gives_the_settings_of_the_programme(number: int) -> None:
    assert read(part=number) == part_settings(number, seed=7, start=3, arithmetic=1)


def test_every_renamed_parameter_is_in_the_test_below() -> None:
    assert CHANGED.keys() == RENAMED.keys()
    assert VERSION_1.keys() - RENAMED.keys() <= LearnerSettings.descriptors().keys()
    assert set(RENAMED.values()) <= LearnerSettings.descriptors().keys()
    assert LearnerSettings.descriptors().keys() - VERSION_1.keys() == {
        "trigger", "chord_always", "tuned_notes", "chord_gap", "arithmetic"
    }  # fmt: skip


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_renamed_parameter_holds_where_it_held(name: str, number: int) -> None:
    found = getattr(read(part=number, **{name: CHANGED[name]}), RENAMED[name])
    if name in OF_CHORDS and number in (1, 4):
        assert found == VERSION_1[RENAMED[name]]
    else:
        assert found == CHANGED[name]


@pytest.mark.parametrize("name", ["learning_rate", "threshold", "family", "held_rate"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_parameter_of_parts_1_and_4_holds_in_them_alone(name: str, number: int) -> None:
    value = "harmonograph" if name == "family" else 0.75
    found = getattr(read(part=number, **{name: value}), name)
    old = next(old for old, new in RENAMED.items() if new == name)
    assert found == (value if number in (1, 4) else VERSION_1[old])


def test_settings_with_few_parameters_have_the_defaults_of_their_version() -> None:
    assert LearnerSettings.from_json("{}") == LearnerSettings(arithmetic=1)
    assert LearnerSettings.from_json('{"part": 2}') == part_settings(2, arithmetic=1)
    assert LearnerSettings.from_json('{"part": 3, "version": 1}') == part_settings(3, arithmetic=1)


def test_settings_of_version_2_were_computed_by_the_c_library() -> None:
    settings = part_settings(2, learning_rate=0.7)
    recorded = {"version": 2, **settings.values()}
    del recorded["arithmetic"]
    assert LearnerSettings.from_json(json.dumps(recorded)) == settings.replace(arithmetic=1)
    assert LearnerSettings().arithmetic == 2


def test_settings_of_this_version_are_read_as_they_are() -> None:
    settings = part_settings(2, learning_rate=0.7)
    assert json.loads(settings.to_json())["version"] == LearnerSettings.VERSION == 3
    assert LearnerSettings.from_json(settings.to_json()) == settings
    assert LearnerSettings.from_json('{"version": 3, "part": 2}').trigger == "bass_and_upper"


@pytest.mark.parametrize("version", [4, 0, -1, "2", True, None, 1.0])
def test_another_version_is_refused(version: object) -> None:
    text = json.dumps({"version": version})
    with pytest.raises(
        ParameterError, match=r"of version .*; this version of descant reads 1 to 3"
    ):
        LearnerSettings.from_json(text)


@pytest.mark.parametrize("name", RENAMED)
def test_an_earlier_name_is_refused_with_the_new_one(name: str) -> None:
    expected = f"'{name}' is now '{RENAMED[name]}', which each part of a programme may set"
    with pytest.raises(ParameterError, match=expected):
        LearnerSettings().replace(**{name: CHANGED[name]})
    with pytest.raises(ParameterError, match=expected):
        LearnerSettings.from_json(json.dumps({"version": 2, name: CHANGED[name]}))
    with pytest.raises(ParameterError, match=expected):
        LearnerSettings.checked(name, CHANGED[name])


ANY_OF_VERSION_1 = st.fixed_dictionaries(
    {},
    optional={
        name: edges(LearnerSettings, RENAMED.get(name, name))
        for name in VERSION_1
        if name not in ("family", "knot_family", "part")
    },
)


@pytest.mark.slow
@given(st.integers(1, 4), ANY_OF_VERSION_1)
@examples(100)
def test_any_settings_of_version_1_are_read(number: int, values: dict[str, Any]) -> None:
    """Each value is found again under its own name or under the new one."""
    try:
        settings = read(part=number, **values)
    except ParameterError:
        reject()  # they do not go together, as x_low above x_high
    kept = VERSION_1 | values
    for name in settings.descriptors():
        of_chord = next((old for old in OF_CHORDS if RENAMED[old] == name), None)
        old = next((old for old, new in RENAMED.items() if new == name), name)
        source = name if of_chord and number in (1, 4) else old
        if source in kept and name != "part":
            assert getattr(settings, name) == kept[source], name
