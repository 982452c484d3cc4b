# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from descant.launcher.errors import LaunchError, Position
from descant.launcher.substitutions import Substitution, Template, Text
from descant.launcher.values import Value, check, evaluate

HERE = Position(Path("a.launch.xml"), 3)


def _value(text: str, kind: str = "yaml", **given: str) -> Value:
    def perform(template: Template) -> str:
        return "".join(
            given["".join(t.text for t in f.arguments[0] if isinstance(t, Text))]
            if isinstance(f, Substitution)
            else f.text
            for f in template
        )

    check(text, kind, HERE)
    return evaluate(text, kind, perform, HERE)


def test_what_is_not_utf_8_is_no_value() -> None:
    with pytest.raises(LaunchError, match=r"xml:3: not a parameter value: .* is not UTF-8"):
        _value("file:$(var x)", "str", x="bad\udcff")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("on", True),
        ("auto", "auto"),
        ("'1'", "1"),
        ("file:a.mid", "file:a.mid"),
        ("12:30", 750),
        ("08:30", "08:30"),
        ("[1, 2]", [1, 2]),
        ("[a, b]", ["a", "b"]),
        ("", ""),
        (r"a\\b", r"a\b"),
    ],
)
def test_without_a_type_text_is_yaml(text: str, expected: Value) -> None:
    value = _value(text)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("$(var a)", "5", 5),
        ("$(var a)", "file:a.mid", "file:a.mid"),
        ("'$(var a)'", "5", 5),  # ROS takes the quotes off before it substitutes
        ("[$(var a), 2]", "5", [5, 2]),
        ("x$(var a)", "5", "x5"),
    ],
)
def test_without_a_type_what_is_substituted_is_yaml(text: str, given: str, expected: Value) -> None:
    assert _value(text, a=given) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("$(var a)", "str", "1"),
        ("$(var a)", "int", 1),
        ("$(var a)", "float", 1.0),
        ("$(var a)", "bool", True),
        ("1", "str", "1"),
        ("08", "str", "08"),
        ("true", "bool", True),
        ("1", "float", 1.0),
    ],
)
def test_with_a_type_a_value_is_exactly_that(text: str, kind: str, expected: Value) -> None:
    value = _value(text, kind, a="1")
    assert (value, type(value)) == (expected, type(expected))


def test_a_list_of_texts_takes_whatever_is_given() -> None:
    assert _value("['$(var a)', b]", "list_of_str", a="* '1' [x") == ["* '1' [x", "b"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("2021-01-01", "yaml", "'2021-01-01' is a date in YAML; add type='str'"),
        ("a: b", "yaml", "'a: b' is a dict in YAML; add type='str'"),
        ("null", "yaml", "'null' is nothing in YAML"),
        ("{", "yaml", "'{' cannot be read as YAML"),
        ("[1, a]", "yaml", "a list must hold values of one type"),
        ("x", "int", "'x' is not of type int"),
        ("x", "bool", "'x' is not of type bool"),
        ("[true]", "bool", r"'\[true\]' is not of type bool"),
        ("[$(var a)]", "bool", r"'\[many\]' is not of type bool"),
        ("[1]", "list_of_int", r"unknown parameter type 'list_of_int'; did you mean "),
        ("[1]", "list_of_str", r"'\[1\]' is not of type list_of_str, as \[one, 'other'\]"),
        ("$(var a)", "list_of_str", "is not of type list_of_str"),
        ("1", "integer", r"unknown parameter type 'integer'; did you mean 'int'\?"),
        ("$(var a)", "int", "'many' is not of type int"),
        ("[$(var a), 2]", "yaml", "a list must hold values of one type"),
    ],
)
def test_a_value_of_another_type_is_refused(text: str, kind: str, message: str) -> None:
    with pytest.raises(LaunchError, match=rf"^a\.launch\.xml:3: .*{message}"):
        _value(text, kind, a="many")
