# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""From a launch file and the arguments given to commands, by the rules of ROS launch.

All commands are computed before the first one is started, so a mistake anywhere starts nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from descant.launcher import arguments, packages, ros_arguments, schema
from descant.launcher.commands import Command, ParameterText
from descant.launcher.context import Context
from descant.launcher.elements import Element
from descant.launcher.errors import unknown

# Executables without which a show is silent: one that cannot be started stops all. No other is.
ESSENTIAL = {("descant", "piano"), ("descant", "synth")}
SPARE = ("descant", "synth_standby")
OUTPUTS = ("both", "full", "log", "own_log", "screen")


def expand(
    root: Element, given: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Command, ...]:
    """Return the commands of a launch file with the arguments `given`, in the order of the file."""
    arguments.check(root, given, environment)
    expansion = _Expansion(Context(given, environment))
    expansion.enter(root)
    return tuple(expansion.commands)


class _Expansion:
    """Walks a launch file once and collects commands."""

    def __init__(self, context: Context) -> None:
        self.commands: list[Command] = []
        self._context = context
        self._including: list[Path] = []

    def enter(self, root: Element) -> None:
        self._context.file = root.where.file
        self._including.append(root.where.file)
        self._walk(root)
        self._including.pop()

    def _walk(self, parent: Element) -> None:
        for element in parent.children:
            if self._context.holds(element):
                _ACTIONS[element.tag](self, element)

    def _argument(self, element: Element) -> None:
        arguments.declare(element, self._context)

    def _let(self, element: Element) -> None:
        name = self._context.text(element, "name")
        self._context.configurations[name] = self._context.text(element, "value")

    def _set_environment(self, element: Element) -> None:
        name = self._context.text(element, "name")
        self._context.environment[name] = self._context.text(element, "value")

    def _unset_environment(self, element: Element) -> None:
        self._context.environment.pop(self._context.text(element, "name"), None)

    def _push_namespace(self, element: Element) -> None:
        ros_arguments.push_namespace(element, self._context)

    def _set_remap(self, element: Element) -> None:
        ros_arguments.set_remap(element, self._context)

    def _set_parameter(self, element: Element) -> None:
        ros_arguments.set_parameter(element, self._context)

    def _group(self, element: Element) -> None:
        if not element.flag("scoped", "true"):
            self._walk(element)
            return
        with self._context.scope():
            self._walk(element)

    def _include(self, element: Element) -> None:
        context, where = self._context, element.where
        path = Path(os.path.abspath(context.text(element, "file")))
        if path in self._including:
            raise where.refuse(f"{path} includes itself")
        if not os.path.isfile(path):
            raise where.refuse(f"no launch file {path}")
        included = schema.read(path)
        known = {a.name for a in arguments.declared(included, context)}
        # From here on ROS replaces $(dirname) by the folder of the included file.
        context.include(path, where)
        for child in element.all("arg"):
            name = context.text(child, "name")
            if name not in known:
                raise where.refuse(unknown(f"argument of {path.name}", name, known))
            context.configurations[name] = context.text(child, "value")
        self.enter(included)

    def _executable(self, element: Element) -> None:
        words: list[str | ParameterText] = [*self._context.words(element, "cmd")]
        program = str(words[0])
        label = self._context.optional(element, "name") or os.path.basename(program)
        command = self._command(element, label, words)
        with element.where.located():
            packages.check_program(program, command.environment)
        self.commands.append(command)

    def _node(self, element: Element) -> None:
        context = self._context
        program, package = context.text(element, "exec"), context.text(element, "pkg")
        if package:
            with element.where.located():
                program = packages.executable(package, program, context.environment)
        words: list[str | ParameterText] = [program, *context.words(element, "args")]
        if "ros_args" in element.attributes:
            words += ["--ros-args", *context.words(element, "ros_args")]
        words += ["--ros-args", *ros_arguments.ros_arguments(element, context)]
        command = self._command(element, os.path.basename(program), words)
        node = ros_arguments.full_name(element, context)
        essential = (package, command.label) in ESSENTIAL
        spare = (package, command.label) == SPARE
        self.commands.append(
            replace(command, package=package, node=node, essential=essential, spare=spare)
        )

    def _command(self, element: Element, label: str, words: list[str | ParameterText]) -> Command:
        context = self._context
        output = context.text(element, "output", "screen")
        if output not in OUTPUTS:
            raise element.where.refuse(unknown("output", output, OUTPUTS))
        environment = dict(context.pairs(element, "env", "name", "value"))
        return Command(
            name=f"{label}-{len(self.commands) + 1}",
            arguments=tuple(words),
            environment={**context.environment, **environment},
            respawn=context.flag(element.template("respawn", "false"), element.where),
            respawn_delay=element.seconds("respawn_delay"),
            respawn_max_retries=element.integer("respawn_max_retries", "-1"),
            required="on_exit" in element.attributes,
        )


_ACTIONS: dict[str, Callable[[_Expansion, Element], None]] = {
    "arg": _Expansion._argument,
    "let": _Expansion._let,
    "set_env": _Expansion._set_environment,
    "unset_env": _Expansion._unset_environment,
    "push_ros_namespace": _Expansion._push_namespace,
    "push-ros-namespace": _Expansion._push_namespace,
    "set_remap": _Expansion._set_remap,
    "set_parameter": _Expansion._set_parameter,
    "group": _Expansion._group,
    "include": _Expansion._include,
    "executable": _Expansion._executable,
    "node": _Expansion._node,
}
