# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A launch whose nodes run already is refused, in one line."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from descant.errors import UserError
from descant.launcher import second_show
from descant.launcher.commands import Command
from descant.launcher.second_show import refuse_second_show
from support.launching import environment, expander, package


@pytest.fixture(name="searches")
def _searches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """Instead of a graph: /learner and /hall/piano run. The searches that were made."""
    made: list[tuple[list[str], dict[str, str]]] = []

    def run(words: list[str], **more: Any) -> Any:
        made.append((words[3:], more["env"]))
        return subprocess.CompletedProcess(words, 0, b"/learner\n/hall/piano\n")

    monkeypatch.setattr(second_show.subprocess, "run", run)
    return made


def _commands(folder: Path, body: str, **more: str) -> tuple[Command, ...]:
    package(folder, "descant", "learner", "piano", "camera")
    package(folder, "other", "learner")
    return expander(folder, environment(folder, **more))(body)


LEARNER = '<node pkg="descant" exec="learner" name="learner"/>'
PIANO = '<node pkg="descant" exec="piano" name="piano" namespace="hall"/>'
CAMERA = '<node pkg="descant" exec="camera" name="camera"/>'


def test_the_nodes_that_run_already_are_named_and_what_to_do(
    tmp_path: Path, searches: list[tuple[list[str], dict[str, str]]]
) -> None:
    commands = _commands(tmp_path, LEARNER + PIANO + CAMERA, ROS_DOMAIN_ID="7")
    with pytest.raises(UserError) as error:
        refuse_second_show(commands)
    assert str(error.value) == (
        "of this show /hall/piano, /learner run already on ROS_DOMAIN_ID 7: end them, or launch "
        "with another namespace:=NAME, with another ROS_DOMAIN_ID, or with --anyway"
    )
    [(namespaces, around)] = searches
    assert namespaces == ["/", "/hall"]
    assert around["ROS_DOMAIN_ID"] == "7"


@pytest.mark.parametrize(
    "body",
    [
        CAMERA,  # of the same show, on another machine
        LEARNER.replace("/>", ' namespace="hall"/>'),
        f"<group><push-ros-namespace namespace='other'/>{LEARNER}{PIANO.replace('hall', 'b')}"
        "</group>",
    ],
)
@pytest.mark.usefixtures("searches")
def test_other_nodes_and_other_namespaces_are_started(tmp_path: Path, body: str) -> None:
    refuse_second_show(_commands(tmp_path, body))


def test_without_nodes_of_descant_nothing_is_searched(
    tmp_path: Path, searches: list[tuple[list[str], dict[str, str]]]
) -> None:
    body = '<node pkg="other" exec="learner" name="learner"/><executable cmd="echo"/>'
    refuse_second_show(_commands(tmp_path, body))
    assert searches == []


def test_a_node_takes_its_namespace_from_the_environment(
    tmp_path: Path, searches: list[tuple[list[str], dict[str, str]]]
) -> None:
    commands = _commands(tmp_path, PIANO.replace('namespace="hall"', ""), ROS_NAMESPACE="hall")
    with pytest.raises(UserError, match=r"^of this show /hall/piano run already"):
        refuse_second_show(commands)
    assert "ROS_NAMESPACE" not in searches[0][1]


@pytest.mark.parametrize("failure", [OSError("no"), subprocess.TimeoutExpired("x", 1.0), None])
def test_where_nothing_can_be_found_out_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    def run(words: list[str], **_: Any) -> Any:
        if failure is not None:
            raise failure
        return subprocess.CompletedProcess(words, 1, b"")  # no rclpy

    monkeypatch.setattr(second_show.subprocess, "run", run)
    refuse_second_show(_commands(tmp_path, LEARNER))
