# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from descant.launcher.errors import LaunchError
from descant.launcher.schema import read
from descant.launcher.substitutions import Substitution
from support.launching import launch_file


def test_a_launch_file_is_data_that_can_be_compared(tmp_path: Path) -> None:
    path = launch_file(
        tmp_path, '<group><node exec="e"><param name="a" value="[1]"/></node></group>'
    )
    assert read(path) == read(path)


@pytest.mark.parametrize(
    ("cmd", "words"),
    [
        ("echo 'a b' c", ["echo", "a b", "c"]),
        ("echo $(var x)", ["echo", "<>"]),
        ("$(var x) $(var x)", ["<>", "<>"]),
        ("a$(var x)/b c", ["a<>/b", "c"]),
        ("a $(var x)b c", ["a", "<>b", "c"]),
    ],
)
def test_a_command_line_is_split_around_substitutions(
    tmp_path: Path, cmd: str, words: list[str]
) -> None:
    (element,) = read(launch_file(tmp_path, f'<executable cmd="{cmd}"/>')).children
    shown = ["".join("<>" if isinstance(f, Substitution) else f.text for f in word)
             for word in element.words("cmd")]  # fmt: skip
    assert shown == words


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<nod/>", r"unknown tag in <launch> 'nod'; did you mean 'node'\?"),
        ("<timer period='1'/>", "unknown tag in <launch> 'timer'; known: arg, executable, group"),
        ("<push_ros_namespac namespace='a'/>", "unknown tag .*; did you mean 'push_ros_namespace'"),
        ("<push-ros-namespace/>", "<push-ros-namespace> needs the attribute 'namespace'"),
        ("<set_remap from='a'/>", "<set_remap> needs the attribute 'to'"),
        ("<set_parameter name='a'/>", "<set_parameter> needs the attribute 'value'"),
        ("<node exec='e'><choice value='1'/></node>", "unknown tag in <node> 'choice'"),
        ("<node exec='e'><param name='a'><param name='b' value='1'/></param></node>",
         "unknown tag in <param> 'param'"),
        ("<node exec='e' respwan='true'/>",
         r"unknown attribute of <node> 'respwan'; did you mean 'respawn'\?"),
        ("<node pkg='p'/>", "<node> needs the attribute 'exec'"),
        ("<arg/>", "<arg> needs the attribute 'name'"),
        ("<include file='f'><arg name='a' default='b'/></include>",
         "unknown attribute of <arg> 'default'"),
        ("<let name='a' value='b' if='1' unless='0'/>", "both 'if' and 'unless'"),
        ("<node exec='e' on_exit='restart'/>", "'on_exit' must be 'shutdown', not 'restart'"),
        ("<node exec='e' respawn_delay='soon'/>", "'respawn_delay' must be written as seconds"),
        ("<node exec='e' respawn_delay='-1'/>", "at least 0, not '-1'"),
        ("<node exec='e' respawn_delay='$(var d)'/>", "must be written as seconds"),
        ("<node exec='e' respawn_max_retries='often'/>", "written as a whole number, .* 'often'"),
        ("<node exec='e' respawn_max_retry='1'/>",
         "unknown attribute of <node> 'respawn_max_retry'; .*known: args, exec, if, name, "),
        ("<group scoped='$(var s)'/>", "'scoped' must be written as true or false"),
        ("<node exec='e'><param name='a'/></node>", "needs either 'from' or 'name' and 'value'"),
        ("<node exec='e'><param from='a' name='b'/></node>", "needs either 'from' or"),
        ("<executable cmd=''/>", "<executable> has an empty 'cmd'"),
        ("<executable cmd='a &quot;b'/>", "'cmd': no closing quotation"),
        ("<arg name='$(var a)'/>", "'name' of <arg> may hold no substitution"),
        ("<arg name='a' default='z'><choice value='x'/></arg>",
         "default 'z' of 'a' is not one of x"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_file_and_line(
    tmp_path: Path, body: str, message: str
) -> None:
    path = launch_file(tmp_path, f"<!-- -->\n{body}")
    with pytest.raises(LaunchError, match=rf"a\.launch\.xml:3: .*{message}"):
        read(path)


def test_another_outermost_tag_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<robot/>", encoding="utf-8")
    with pytest.raises(LaunchError, match=r"a\.xml:1: expected <launch> as the outermost tag"):
        read(path)
