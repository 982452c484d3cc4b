# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import os
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.launcher import schema
from descant.launcher.arguments import DeclaredArgument, arguments_text, declared, parse
from descant.launcher.context import Context
from descant.launcher.errors import LaunchError
from support.launching import expander, launch_file


def test_words_are_names_and_values() -> None:
    assert parse(["a:=1", "b:=x:=y", "a:=2"]) == {"a": "2", "b": "x:=y"}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("piano=auto", "'piano=auto' is not a launch argument; expected name:=value"),
        (":=1", "':=1' is not a launch argument"),
        ("bag:=", "'bag:=' has no value: omit it for the default"),
    ],
)
def test_another_word_is_refused(word: str, message: str) -> None:
    with pytest.raises(LaunchError, match=message):
        parse([word])


def test_a_word_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(UserError, match="bad\udcff: not UTF-8: no parameter can have this value"):
        parse(["piano:=file:bad\udcff"])


def _declared(path: Path, **given: str) -> tuple[DeclaredArgument, ...]:
    return declared(schema.read(path), Context(given, os.environ))


def test_declared_are_those_of_groups_and_includes_too_each_once(tmp_path: Path) -> None:
    launch_file(tmp_path, '<arg name="a" default="2"/><arg name="c" description="Sea"/>', "b.xml")
    body = """<arg name="a" default="1"><choice value="1"/><choice value="2"/></arg>
    <group if="false"><arg name="b" default="$(var a)$(var a)"/></group>
    <include file="$(dirname)/$(var which b).xml"/>"""
    path = launch_file(tmp_path, body)
    assert _declared(path) == (
        DeclaredArgument("a", "1", "", ("1", "2")),
        DeclaredArgument("b", "11", "", ()),
        DeclaredArgument("c", None, "Sea", ()),
    )


def test_an_include_with_an_unknown_path_is_skipped(tmp_path: Path) -> None:
    body = '<arg name="which"/><include file="$(dirname)/$(var which)"/>'
    path = launch_file(tmp_path, body)
    launch_file(tmp_path, '<arg name="c"/>', "c.xml")
    assert [a.name for a in _declared(path)] == ["which"]
    assert [a.name for a in _declared(path, which="c.xml")] == ["which", "c"]


def test_a_given_argument_that_is_not_declared_is_refused_with_the_nearest(tmp_path: Path) -> None:
    expand = expander(tmp_path)
    with pytest.raises(LaunchError, match=r"unknown argument 'pinao'; did you mean 'piano'\?"):
        expand('<arg name="piano" default="auto"/>', pinao="auto")


def test_a_given_argument_that_is_no_choice_is_refused(tmp_path: Path) -> None:
    body = '<arg name="p" default="x"><choice value="x"/><choice value="y"/></arg>'
    with pytest.raises(LaunchError, match=r"a\.launch\.xml:2: argument 'p' must be one of x, y, n"):
        expander(tmp_path)(body, p="z")


def test_arguments_are_listed_for_a_person() -> None:
    arguments = [
        DeclaredArgument("a", "1", "One.", ("1", "2")),
        DeclaredArgument("b", None, "", ()),
    ]
    assert arguments_text(arguments).splitlines() == [
        "Arguments (name:=value):",
        "  a",
        "      One.",
        "      one of: 1, 2",
        "      default: 1",
        "  b",
        "      must be given",
    ]
