# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Namespaces as people write them."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner

from descant.errors import UserError
from descant.namespaces import graph_namespace, namespace_of, parse_namespace


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("", "/"),
        ("/", "/"),
        ("hall_a", "/hall_a"),
        ("/hall_a/", "/hall_a"),
        (" hall_a ", "/hall_a"),
        ("house/Hall2", "/house/Hall2"),
    ],
)
def test_a_namespace_with_or_without_slashes(text: str, full: str) -> None:
    assert parse_namespace(text) == full


@pytest.mark.parametrize(
    "text", ["2nd", "a b", "a//b", "a__b", "ä", "~", "{x}", "a\x1b[2J", "a\nb", "x" * 300]
)
def test_what_ros_does_not_allow_is_one_line(text: str) -> None:
    with pytest.raises(UserError, match="is no namespace: expected names of letters") as error:
        parse_namespace(text)
    assert str(error.value).isprintable()
    with pytest.raises(UserError, match=r"^ROS_NAMESPACE: "):
        namespace_of({"ROS_NAMESPACE": text})


def test_the_environment_holds_where_nothing_is_given() -> None:
    @click.command()
    @graph_namespace
    def command(namespace: str) -> None:
        click.echo(namespace)

    def run(*words: str, **environment: str) -> str:
        result = CliRunner().invoke(command, words, env=environment)
        if isinstance(result.exception, UserError):
            raise result.exception
        return result.output if result.exit_code == 0 else " ".join(result.output.split())

    assert namespace_of({}) == "/"
    assert namespace_of({"ROS_NAMESPACE": "hall_a"}) == "/hall_a"
    assert run() == "/\n"
    assert run(ROS_NAMESPACE="hall_a") == "/hall_a\n"
    assert run("--namespace", "hall_b", ROS_NAMESPACE="hall_a") == "/hall_b\n"
    assert re.search("--namespace.*: '2nd' is no namespace", run("--namespace", "2nd"))
    with pytest.raises(UserError, match=r"^ROS_NAMESPACE: '2nd' is no namespace"):
        run(ROS_NAMESPACE="2nd")
