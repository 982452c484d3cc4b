# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from descant.launcher.errors import LaunchError, Position
from descant.launcher.substitutions import ARITY, INSTEAD, Substitution, Template, Text, parse

HERE = Position(Path("a.launch.xml"), 7)


def _var(name: str) -> Substitution:
    return Substitution("var", ((Text(name),),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (Text(""),)),
        ("plain text, 100 $ and (this)", (Text("plain text, 100 $ and (this)"),)),
        ("$(var a)", (_var("a"),)),
        ("x/$(var a)-$(var b).yaml", (Text("x/"), _var("a"), Text("-"), _var("b"), Text(".yaml"))),
        (r"\$(var a)", (Text("$(var a)"),)),
        (r"a\\b", (Text(r"a\b"),)),
        ("$(dirname)", (Substitution("dirname", ()),)),
        ("$(env A 'b c')", (Substitution("env", ((Text("A"),), (Text("b c"),))),)),
        ('$(env A "it\'s")', (Substitution("env", ((Text("A"),), (Text("it's"),))),)),
        ("$(env A '')", (Substitution("env", ((Text("A"),), (Text(""),))),)),
        ("$(var x$(var a)y)", (Substitution("var", ((Text("x"), _var("a"), Text("y")),)),)),
        (r"$(var a\)b)", (Substitution("var", ((Text("a)b"),),)),)),
        ("$(env A '$(var a) b')", (Substitution("env", ((Text("A"),), (_var("a"), Text(" b")))),)),
    ],
)
def test_text_is_read_by_the_grammar_of_ros_launch(text: str, expected: Template) -> None:
    assert parse(text, HERE) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$(vra a)", r"a\.launch\.xml:7: unknown substitution 'vra'; did you mean 'var'\?"),
        ("$(var a", r"a\.launch\.xml:7: \$\(var is not closed"),
        ("$(var  a)", "arguments are separated by one space"),
        ("$( var a)", "expected the name of a substitution right after"),
        ("$(var a )", "expected an argument"),
        ("$(var)", r"\$\(var\) takes 1 to 2 arguments, not 0"),
        ("$(dirname x)", r"\$\(dirname\) takes 0 arguments, not 1"),
        ("$(env A 'b)", "a quote ' is not closed"),
        ("$(var a'b)", 'unexpected "\'" in an argument'),
        ("$(var (a))", r"unexpected '\(' in an argument"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(LaunchError, match=message):
        parse(text, HERE)


@pytest.mark.parametrize("name", INSTEAD)
def test_a_substitution_that_is_not_supported_is_refused_with_a_replacement(
    name: str,
) -> None:
    with pytest.raises(LaunchError, match=rf":7: \$\({name} \.\.\.\) is not supported: \w+"):
        parse(f"$({name} a)", HERE)


def test_no_substitution_is_both_supported_and_refused() -> None:
    assert not set(ARITY) & set(INSTEAD)
