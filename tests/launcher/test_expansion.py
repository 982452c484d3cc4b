# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import os
import sys
from pathlib import Path

import pytest

from descant.launcher.commands import Command, ParameterText
from descant.launcher.errors import LaunchError
from support.launching import environment, expander, launch_file, package


def _echoed(commands: tuple[Command, ...]) -> list[str]:
    """What `<executable cmd="echo ..">` would print, one text a command."""
    return [" ".join(str(word) for word in command.arguments[1:]) for command in commands]


def _words(command: Command) -> list[str]:
    return [w.yaml() if isinstance(w, ParameterText) else w for w in command.arguments]


def test_an_argument_is_as_given_else_its_default(tmp_path: Path) -> None:
    body = '<arg name="a" default="1"/><arg name="b" default="$(var a)0"/>'
    body += '<executable cmd="echo $(var a) $(var b)"/>'
    expand = expander(tmp_path)
    assert _echoed(expand(body)) == ["1 10"]
    assert _echoed(expand(body, a="2", b="x y")) == ["2 x y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(var a)", "1"),
        ("$(var none fallback)", "fallback"),
        ("$(env TELL)", "told"),
        ("$(env TELL_NOT $(var a))", "1"),
        ("$(equals $(var a) 1.0)", "true"),
        ("$(equals $(var a) true)", "true"),
        ("$(equals x $(var a))", "false"),
        ("$(not-equals x y)", "true"),
        ("$(not yes)", "false"),
        ("$(and true false)", "false"),
        ("$(or true false)", "true"),
        ("$(if $(equals $(var a) 1) one other)", "one"),
        ("$(if false one other)", "other"),
        ("$(if false one)", ""),
        ("$(find-pkg-share p)", "{prefix}/share/p"),
        ("$(dirname)", "{folder}"),
    ],
)
def test_substitutions(tmp_path: Path, text: str, expected: str) -> None:
    package(tmp_path / "prefix", "p", "e")
    expand = expander(tmp_path, environment(tmp_path / "prefix", TELL="told", PATH="/usr/bin:/bin"))
    expected = expected.format(prefix=tmp_path / "prefix", folder=tmp_path)
    commands = expand(f'<arg name="a" default="1"/><executable cmd="echo {text}"/>')
    assert _echoed(commands) == [expected]


@pytest.mark.parametrize(
    ("condition", "done"),
    [
        ('if="true"', True),
        ('if=" True "', True),
        ('if="1"', True),
        ('if="0"', False),
        ('unless="false"', True),
        ('unless="1"', False),
        ('if="$(equals $(var a) 1)"', True),
    ],
)
def test_conditions_decide_whether_an_action_is_done(
    tmp_path: Path, condition: str, done: bool
) -> None:
    body = f'<arg name="a" default="1"/><executable cmd="echo done" {condition}/>'
    assert _echoed(expander(tmp_path)(body)) == (["done"] if done else [])


def test_what_a_group_changes_is_as_before_when_it_ends(tmp_path: Path) -> None:
    body = """<let name="a" value="out"/>
    <group><let name="a" value="in"/><set_env name="TELL" value="in"/>
      <executable cmd="echo $(var a) $(env TELL)"/></group>
    <executable cmd="echo $(var a) $(env TELL unset)"/>
    <group scoped="false"><let name="a" value="kept"/></group>
    <executable cmd="echo $(var a)"/>"""
    assert _echoed(expander(tmp_path)(body)) == ["in in", "out unset", "kept"]


def test_environment_is_set_and_unset_for_what_follows(tmp_path: Path) -> None:
    body = """<executable cmd="echo"/><set_env name="TELL" value="1"/>
    <executable cmd="echo"><env name="OWN" value="2"/></executable>
    <unset_env name="TELL"/><executable cmd="echo"/>"""
    before, during, after = expander(tmp_path)(body)
    assert "TELL" not in before.environment
    assert (during.environment["TELL"], during.environment["OWN"]) == ("1", "2")
    assert not {"TELL", "OWN"} & set(after.environment)


def test_an_include_takes_arguments_and_what_it_sets_stays_as_in_ros(tmp_path: Path) -> None:
    launch_file(tmp_path, '<arg name="b" default="1"/><let name="c" value="c"/>'
                '<executable cmd="echo in $(var b)"/>', "sub.launch.xml")  # fmt: skip
    body = """<include file="$(dirname)/sub.launch.xml"><arg name="b" value="2"/></include>
    <executable cmd="echo out $(var b) $(var c)"/>"""
    assert _echoed(expander(tmp_path)(body)) == ["in 2", "out 2 c"]


def test_arguments_of_an_include_can_be_given_from_outside(tmp_path: Path) -> None:
    sub = '<arg name="b" default="1"/><executable cmd="echo $(var b)"/>'
    launch_file(tmp_path, sub, "sub.launch.xml")
    body = '<include file="$(dirname)/sub.launch.xml"/>'
    assert _echoed(expander(tmp_path)(body, b="3")) == ["3"]


def test_the_folder_of_an_included_file_is_its_own(tmp_path: Path) -> None:
    launch_file(tmp_path / "sub", '<executable cmd="echo $(dirname)"/>', "b.launch.xml")
    commands = expander(tmp_path)('<include file="$(dirname)/sub/b.launch.xml"/>')
    assert _echoed(commands) == [str(tmp_path / "sub")]


def test_a_node_becomes_the_command_line_of_ros_launch(tmp_path: Path) -> None:
    package(tmp_path, "p", "e")
    body = """<arg name="seed" default="7"/>
    <node pkg="p" exec="e" name="n" namespace="/a/b/" args="x 'y z'" ros_args="--log-level info">
      <param from="$(dirname)/a.launch.xml"/>
      <param name="seed" value="$(var seed)" type="int"/>
      <param name="source" value="08" type="str"/>
      <remap from="notes" to="/notes$(var seed)"/>
    </node>"""
    (command,) = expander(tmp_path, environment(tmp_path))(body)
    assert command.name == "e-1"
    assert _words(command) == [
        f"{tmp_path}/lib/p/e", "x", "y z", "--ros-args", "--log-level", "info",
        "--ros-args", "-r", "__node:=n", "-r", "__ns:=/a/b",
        "--params-file", f"{tmp_path}/a.launch.xml",
        "--params-file", "/a/b/n:\n  ros__parameters:\n    seed: 7\n",
        "--params-file", '/a/b/n:\n  ros__parameters:\n    source: "08"\n',
        "-r", "notes:=/notes7",
    ]  # fmt: skip


def test_a_scope_gives_its_nodes_namespace_parameters_and_remaps(tmp_path: Path) -> None:
    package(tmp_path, "p", "e")
    body = """<group>
      <push-ros-namespace namespace="hall"/>
      <set_parameter name="rate" value="2"/>
      <set_remap from="notes" to="all"/>
      <node pkg="p" exec="e" name="n" namespace="a"><remap from="notes" to="own"/></node>
    </group>
    <node pkg="p" exec="e" name="n"/>"""
    inside, outside = expander(tmp_path, environment(tmp_path))(body)
    assert _words(inside)[2:] == [
        "-r", "__node:=n", "-r", "__ns:=/hall/a", "-p", "rate:=2", "-r", "notes:=all",
        "-r", "notes:=own",
    ]  # fmt: skip
    assert _words(outside)[2:] == ["-r", "__node:=n"]
    assert (inside.node, outside.node) == ("/hall/a/n", "/n")


def test_what_a_group_sets_besides_what_was_set_before_it_stays_in_it(tmp_path: Path) -> None:
    """In ROS's launch (launch_ros 0.26) it leaks out of such a group."""
    package(tmp_path, "p", "e")
    body = """<set_parameter name="a" value="1"/><set_remap from="x" to="y"/>
    <group><set_parameter name="b" value="2"/><set_remap from="z" to="w"/></group>
    <node pkg="p" exec="e"/>"""
    (command,) = expander(tmp_path, environment(tmp_path))(body)
    assert _words(command)[2:] == ["-p", "a:=1", "-r", "x:=y"]


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("2", "x:=2"), ("on", "x:=True"), ("a b", "x:=a b"), ("1.50", "x:=1.5"),
        ("'08'", 'x:="08"'), ("'on'", 'x:="on"'), ("", 'x:=""'), ("[a, b c]", 'x:=["a", "b c"]'),
        ("[1, 2]", "x:=[1, 2]"), ("'a: b'", 'x:="a: b"'),
    ],
)  # fmt: skip
def test_a_parameter_of_a_scope_is_yaml_of_the_type_it_was_read_as(
    tmp_path: Path, value: str, word: str
) -> None:
    package(tmp_path, "p", "e")
    body = f'<set_parameter name="x" value="{value}"/><node pkg="p" exec="e"/>'
    (command,) = expander(tmp_path, environment(tmp_path))(body)
    assert _words(command)[2:] == ["-p", word]


def test_processes_are_numbered_in_the_order_of_the_file(tmp_path: Path) -> None:
    package(tmp_path, "p", "e", "f")
    body = """<node pkg="p" exec="e"/><node pkg="p" exec="f" if="false"/>
    <node pkg="p" exec="f"/><executable cmd="/bin/echo" name="say"/>
    <executable cmd="echo"/>"""
    commands = expander(tmp_path, environment(tmp_path))(body)
    assert [command.name for command in commands] == ["e-1", "f-2", "say-3", "echo-4"]


def test_rules_of_running_are_carried_over(tmp_path: Path) -> None:
    body = """<arg name="again" default="true"/>
    <executable cmd="echo a" respawn="$(var again)" respawn_delay="0.5" on_exit="shutdown"/>"""
    (command,) = expander(tmp_path)(body)
    assert command.respawn
    assert command.required
    assert command.respawn_delay == 0.5


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<executable cmd='$(var bga)'/>", r":3: unknown argument 'bga'; did you mean 'bag'\?"),
        ("<executable cmd='echo $(env TELL_NOT)'/>", ":3: no environment variable 'TELL_NOT'"),
        ("<group if='maybe'/>", ":3: 'if' must be true, false, 1 or 0, not 'maybe'"),
        ("<executable cmd='echo' if='$(equals a \"\")'/>", r":3: ROS launch compares with '\[\]'"),
        ("<executable cmd='echo $(not maybe)'/>", ":3: expected true or false, not 'maybe'"),
        ("<executable cmd='echo' respawn='often'/>", ":3: expected true or false, not 'often'"),
        ("<executable cmd='no-such-program'/>", ":3: no program 'no-such-program' on the PATH"),
        ("<executable cmd='echo' output='scren'/>", r":3: unknown output 'scren'; .*'screen'\?"),
        ("<let name='x' value='$(find-pkg-share no-such)'/>", ":3: no package 'no-such' in /"),
        ("<node pkg='no-such' exec='e'/>", ":3: no package 'no-such' in /"),
        ("<node pkg='p' exec='g'/>", ":3: no executable 'g' in .*/lib/p; found: e, f"),
        ("<node pkg='p' exec='e' name='a-b'/>", ":3: 'a-b' is not a node name"),
        ("<node pkg='p' exec='e' namespace='a-b'/>", ":3: '/a-b' is no namespace: expected "),
        ("<push_ros_namespace namespace='1a'/>", ":3: '/1a' is no namespace: expected "),
        ("<set_parameter name='x' value='{a: 1}'/>", ":3: not a parameter value: .* is a dict"),
        ("<node pkg='p' exec='e'>\n<param from='no.yaml'/></node>",
         r":4: no parameter file no\.yaml"),
        ("<node pkg='p' exec='e'>\n<param name='x' value='$(var bag)' type='int'/></node>",
         ":4: not a parameter value: 'x' is not of type int"),
        ("<arg name='must' description='the thing'/>",
         r":3: argument 'must' \(the thing\) has no default: give must:=value"),
        ("<include file='/no/such.launch.xml'/>", r":3: no launch file /no/such\.launch\.xml"),
        ("<include file='$(dirname)/a.launch.xml'/>", r":3: .*a\.launch\.xml includes itself"),
        ("<include file='$(dirname)/sub/b.launch.xml'><arg name='ab' value='1'/></include>",
         r":3: unknown argument of b\.launch\.xml 'ab'; did you mean 'abc'\?"),
        ("<include file='$(dirname)/sub/b.launch.xml'/>\n<let name='x' value='$(dirname)'/>",
         r":4: after an <include>, ROS launch replaces \$\(dirname\) by .*/sub: store it in "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_file_and_line(
    tmp_path: Path, body: str, message: str
) -> None:
    package(tmp_path / "prefix", "p", "e", "f")
    launch_file(tmp_path / "sub", '<arg name="abc" default="1"/>', "b.launch.xml")
    expand = expander(tmp_path, environment(tmp_path / "prefix"))
    with pytest.raises(LaunchError, match=rf"a\.launch\.xml{message}"):
        expand(f'<arg name="bag" default="x"/>\n{body}')


def test_without_a_ros_prefix_packages_are_found_in_this_environment(tmp_path: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if name != "AMENT_PREFIX_PATH"}
    with pytest.raises(LaunchError, match=f"no package 'no-such' in {sys.prefix}$"):
        expander(tmp_path, plain)('<node pkg="no-such" exec="e"/>')
