# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Any text in a launch file or on the command line is accepted, or refused with its position."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from descant.launcher import arguments, values
from descant.launcher.context import Context
from descant.launcher.errors import LaunchError, Position
from descant.launcher.substitutions import ARITY, Substitution, Text, parse, plain
from support.properties import examples

pytestmark = pytest.mark.slow

WHERE = Position(Path("/x/y.launch.xml"), 7)
PIECES = st.sampled_from(
    ["$(", ")", "$(var a)", "$(env B c)", "$(if ", "$(not ", " ", "'", '"', "\\", "$", "(", "a",
     "1", "true", *(f"$({name} " for name in ARITY), *(f"$({name} 'a' b)" for name in ARITY)]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))
YAML = st.one_of(
    TEXTS,
    st.builds(
        lambda tag, text: f"{tag} {text}",
        st.sampled_from(["!!bool", "!!int", "!!float", "!!timestamp", "!!null", "!!python/x", "-"]),
        st.one_of(TEXTS, st.just("")),
    ),
    st.sampled_from(["2001-99-99", "[1, 2.0]", "[a, [b]]", "{a: 1}", "&a [*a]", "0b", "0x", "="]),
)  # fmt: skip


def check_place(error: LaunchError) -> None:
    """The line says where."""
    assert str(error).startswith("/x/y.launch.xml:7: ")


def refused(error: LaunchError | None) -> bool:
    """Whether there was an error, which then says where it is."""
    if error is not None:
        check_place(error)
    return error is not None


@given(TEXTS)
@example("$(not " * 2_000)
@example("$(not '" * 3)
@examples(120)
def test_any_text_is_a_template_or_refused(text: str) -> None:
    template, error = None, None
    try:
        template = parse(text, WHERE)
    except LaunchError as refusal:
        error = refusal
    if refused(error):
        return
    assert template
    for fragment in template:
        assert isinstance(fragment, Text | Substitution)
    if "$(" not in text and "\\" not in text:
        assert plain(template) == text


@given(TEXTS, st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=4)))
@examples(80)
def test_any_template_comes_to_a_text_or_is_refused(text: str, names: dict[str, str]) -> None:
    found, error = None, None
    try:
        context = Context(names, {"B": "x"})
        context.file = WHERE.file
        found = context.perform(parse(text, WHERE), WHERE)
    except LaunchError as refusal:
        error = refusal
    assert refused(error) or isinstance(found, str)


@given(YAML, st.sampled_from(values.TYPES))
@example("!!bool x", "yaml")
@example("!!timestamp x", "yaml")
@example("!!int", "bool")
@example("[" * 700, "yaml")
@example("9" * 5_000, "int")
@examples(120)
def test_any_value_of_any_type_is_one_or_refused(text: str, kind: str) -> None:
    value, error = None, None
    try:
        values.check(text, kind, WHERE)
        context = Context({"a": "1"}, {})
        context.file = WHERE.file
        value = values.evaluate(text, kind, lambda t: context.perform(t, WHERE), WHERE)
    except LaunchError as refusal:
        error = refusal
    assert refused(error) or value is not None


@given(st.lists(st.one_of(st.text(), st.builds(lambda a, b: f"{a}:={b}", st.text(), st.text()))))
@examples(60)
def test_any_words_are_arguments_or_refused(words: list[str]) -> None:
    found, error = None, None
    try:
        found = arguments.parse(words)
    except LaunchError as refusal:
        error = refusal
    if error is None:
        assert found is not None
        assert all(f"{name}:={value}" in words for name, value in found.items())
    else:
        assert any(repr(word)[1:-1] in repr(str(error)) or word in str(error) for word in words)
