# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a parameter file gives that no node of the launch reads is told, in one line each."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.commands.launch import CHECKS
from descant.errors import UserError
from descant.launcher import parameter_files, schema
from descant.launcher.expansion import expand
from descant.launcher.parameter_files import Section
from support.launching import NOTHING, environment, installed_descant


def _remarks(folder: Path, text: str, **words: str) -> list[str]:
    """The remarks of a launch of part 3 with a parameter file, without the file's name."""
    prefix = installed_descant(folder, script=NOTHING)
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    launch = prefix / "share" / "descant" / "launch" / "part3.launch.xml"
    commands = expand(schema.read(launch), {**words, "params": str(file)}, environment(prefix))
    profiles = prefix / "share" / "descant" / "config"
    lines = parameter_files.remarks(commands, CHECKS, profiles)
    return [line.removeprefix(f"{file}: ") for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        "/**/learner:\n  ros__parameters: {learning_rate: 0.1, use_sim_time: false}",
        "learner:\n  ros__parameters: {learning_rate: 0.1}",
        "/learner:\n  ros__parameters: {learning_rate: 0.1}",
        "/**:\n  ros__parameters: {learning_rate: 0.1, glow: 0.2}",
        "/**/recorder:\n  ros__parameters: {flush: 0.1}",  # which does not run here
        "/**/synth:\n  ros__parameters: {qos_overrides: {/notes: {subscription: {depth: 5}}}}",
        "",
    ],
)
def test_of_what_a_node_reads_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert _remarks(tmp_path, text) == []


@pytest.mark.parametrize(
    ("node", "given", "fault"),
    [
        (
            "learner",
            "learning_rate: fast",
            "parameter 'learning_rate' must be a number, not 'fast'",
        ),
        ("learner", "points: 50.5", "parameter 'points' must be an integer, not 50.5"),
        ("synth", "partials: 99", "parameter 'partials' must be 1 to 16, not 99"),
        ("conductor", "programme: 7", "parameter 'programme' must be a text, not 7"),
    ],
)
def test_a_value_that_a_node_cannot_have_is_refused(
    tmp_path: Path, node: str, given: str, fault: str
) -> None:
    """ROS would keep that of the profile without a word."""
    text = f"/**/{node}:\n  ros__parameters: {{{given}}}"
    with pytest.raises(UserError, match=re.escape(f"mine.yaml: '/**/{node}': {fault}")):
        _remarks(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/**/synth:\n  ros__parameters: {qos_overrides: {/notes: {subscription: {dept: 5}}}}",
         "'/**/synth': unknown parameter 'qos_overrides./notes.subscription.dept'; "
         "'descant parameters synth' lists them"),
        ("/**/learner:\n  ros__parameters: {learning_rat: 0.1}",
         "'/**/learner': unknown parameter 'learning_rat'; did you mean 'learning_rate'?"),
        ("/**/learner:\n  ros__parameters: {nonsense: 0.1}",
         "'/**/learner': unknown parameter 'nonsense'; 'descant parameters learner' lists them"),
        ("/**/synth:\n  ros__parameters: {detune_from: x}",
         "'/**/synth': parameter 'detune_from' is now 'detune', which each part of a programme "
         "may set"),
        ("/**:\n  ros__parameters: {nonsense: 0.1}", "'/**': no node has a parameter 'nonsense'"),
        ("lerner:\n  ros__parameters: {loss: mae}",
         "'lerner' is no node of this launch: did you mean '/learner'?"),
        ("xyz:\n  ros__parameters: {loss: mae}",
         "'xyz' is no node of this launch: nodes: /camera, /conductor, /learner, /piano, "
         "/recorder, /stage, /synth, /synth_standby"),
        ("hall:\n  learner:\n    ros__parameters: {loss: mae}",
         "'hall/learner' is no node of this launch: that is /learner here, and '/**/learner' in "
         "any namespace"),
        ("/**/learner:\n  ros__parameters: {seed: 5}",
         "'/**/learner': 'seed' is not used: an argument of the launch gives it"),
    ],
)  # fmt: skip
def test_what_no_node_reads_is_told_in_one_line(tmp_path: Path, text: str, line: str) -> None:
    assert _remarks(tmp_path, text) == [line]


def test_in_a_namespace_a_node_of_the_root_is_a_near_miss(tmp_path: Path) -> None:
    lines = _remarks(tmp_path, "learner:\n  ros__parameters: {loss: mae}", namespace="hall_a")
    assert lines == ["'learner' is no node of this launch: that is /hall_a/learner here, and "
                     "'/**/learner' in any namespace"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", r"mine\.yaml:1: not YAML: "),
        ("{a: b: c}", r"mine\.yaml:1: not YAML: "),
        ("learner: 3", r"mine\.yaml: not a ROS parameter file: 'learner'; expected NODE: ros__"),
        ("- learner", r"mine\.yaml: not a ROS parameter file: ''; expected"),
        ("ros__parameters: {a: 1}", "'ros__parameters'; expected"),
        ("learner:\n  ros__parameters: 3", "'ros__parameters'; expected"),
        ("learner:\n  loss: mae", "'learner/loss'; expected"),
        ("!!python/none x", "not YAML"),
        ("&a [*a]", "not a ROS parameter file"),
        ("a: &a\n  b: *a", "not a ROS parameter file: 'a/b/b/b"),
        ("\x00", "not YAML"),
        ("[" * 5000, "not YAML"),
    ],
)
def test_what_is_no_parameter_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        _remarks(tmp_path, text)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^/no/such\.yaml: No such file or directory$"):
        parameter_files.read_sections(Path("/no/such.yaml"))


@pytest.mark.parametrize(
    ("pattern", "node", "fits"),
    [
        ("/**", "/learner", True),
        ("/**/learner", "/learner", True),
        ("/**/learner", "/a/b/learner", True),
        ("/*/learner", "/learner", False),
        ("/*/learner", "/a/learner", True),
        ("learner", "/learner", True),
        ("learner", "/a/learner", False),
        ("/a/**", "/a/b/learner", True),
        ("/a.c", "/abc", False),
    ],
)
def test_patterns_are_those_of_ros(pattern: str, node: str, fits: bool) -> None:
    assert Section(Path("x"), pattern, {}).fits(node) is fits


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="replace") as file:
        file.write(f"learner:\n  ros__parameters:\n    {text}")
        file.flush()
        try:
            parameter_files.read_sections(Path(file.name))
            refusal = ""
        except UserError as error:
            refusal = str(error)
    assert "\n" not in refusal
