# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The description of a part: its JSON, as /part carries it, and what else a message may hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from descant.parameters import ParameterError
from descant.programme.part_description import (
    LONGEST_JSON,
    NONE,
    RESERVED,
    SECTIONS,
    PartDescription,
)
from descant.programme.reading import available, load_programme
from support.properties import examples
from support.strategies import edges

ALL = [part for name in available() for part in load_programme(name).parts]


@pytest.mark.parametrize("part", ALL, ids=lambda part: part.name)
def test_json_gives_the_same_description_back(part: PartDescription) -> None:
    assert PartDescription.from_json(part.to_json()) == part
    assert json.loads(part.to_json())["version"] == 1


def test_a_description_without_overrides_has_the_defaults() -> None:
    assert PartDescription.from_json(NONE.to_json()) == NONE
    for section, kind in SECTIONS.items():
        for name, default in kind.defaults().items():
            assert NONE.parameter(section, name) == default


def test_a_parameter_is_the_override_or_else_the_default() -> None:
    part = PartDescription("a", "A", synth={"a4": 432.0})
    assert part.parameter("synth", "a4") == 432.0
    assert part.parameter("learner", "family") == "cubic"


def test_what_a_later_version_adds_is_left_out() -> None:
    """Only the keys of this version are read; a change of their meaning has another version."""
    part = PartDescription.from_json('{"version": 1, "name": "a", "title": "A", "lights": {}}')
    assert part == PartDescription("a", "A")


def described(**values: object) -> str:
    return json.dumps({"version": 1, "name": "a", "title": "A", **values})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a part's description is a JSON object, not ''"),
        ("[]", r"a part's description is a JSON object, not '\[\]'"),
        ("null", "a part's description is a JSON object, not 'null'"),
        ("[" * 10_000, "a part's description is a JSON object, not "),
        (" " * (LONGEST_JSON + 1), "a part's description has at most 65536 characters"),
        ("{}", "a part's description of version None, expected 1"),
        (described(version=2), "a part's description of version 2, expected 1"),
        (described(version="1"), "a part's description of version '1', expected 1"),
        (described(name=3), "'name' in a part's description is a text of at most 100 characters"),
        (described(title=None), "'title' in a part's description is a text of at most 100"),
        (described(title="x" * 101), "'title' in a part's description is a text of at most 100"),
        (described(title="a\nb"), "'title' in a part's description is a text"),
        (described(title="\ud800"), "'title' in a part's description is a text"),  # half a pair
        (described(learner=[]), "'learner' in a part's description is not an object"),
        (described(learner={"rate": 1}), "unknown parameter 'rate'"),
        (described(learner={"points": 1.5}), r"parameter 'points' must be an integer, not 1\.5"),
        (described(learner={"points": 3}), "parameter 'points' must be 4 to 10000, not 3"),
        (described(learner={"threshold": float("nan")}), "'threshold' must be finite, not nan"),
        (described(learner={"seed": 2}), "parameter 'seed' cannot differ from part to part"),
        (described(stage={"part": 2}), "parameter 'part' cannot differ from part to part"),
        (described(synth={"sink": "none"}), "parameter 'sink' is fixed at the start: no part can"),
    ],
)
def test_what_is_no_description_is_refused(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as raised:
        PartDescription.from_json(text)
    assert len(str(raised.value)) < 500


OVERRIDABLE = {
    section: [
        name
        for name, descriptor in kind.descriptors().items()
        if descriptor.live and name not in RESERVED
    ]
    for section, kind in SECTIONS.items()
}


@st.composite
def descriptions(draw: st.DrawFn) -> PartDescription:
    overrides = {}
    for section, kind in SECTIONS.items():
        names = draw(st.lists(st.sampled_from(OVERRIDABLE[section]), max_size=4, unique=True))
        overrides[section] = {name: draw(edges(kind, name)) for name in names}
    return PartDescription("a", draw(st.text("aé°🎹 ", max_size=9)), **overrides)


@pytest.mark.slow
@given(descriptions())
@examples(100)
def test_any_description_survives_json(part: PartDescription) -> None:
    assert PartDescription.from_json(part.to_json()) == part


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(
    st.one_of(
        st.text(),
        JSON.map(json.dumps),
        st.fixed_dictionaries(
            {"version": st.just(1), "name": st.one_of(st.just("a"), JSON), "title": st.just("A")},
            optional=dict.fromkeys(
                SECTIONS, st.one_of(JSON, st.dictionaries(st.sampled_from(["family", "a4"]), JSON))
            ),
        ).map(json.dumps),
    )
)
@example('{"version": 1, "name": "\\ud800", "title": ""}')
@examples(150)
def test_any_text_is_a_description_or_refused(text: str) -> None:
    try:
        part = PartDescription.from_json(text)
    except ParameterError as error:
        refused = str(error)
        assert refused.strip()
    else:
        assert PartDescription.from_json(part.to_json()) == part
