"""From a description and given arguments to commands, by the rules of ROS launch.

Everything is worked out before anything is started, so a mistake anywhere starts nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from descant.errors import UserError
from descant.launcher import arguments, packages, reader, values
from descant.launcher.commands import Command, ParameterText
from descant.launcher.context import Context
from descant.launcher.description import (
    Action,
    Argument,
    Executable,
    Group,
    Include,
    LaunchFile,
    Let,
    Node,
    Parameter,
    ParameterFile,
    Running,
    SetEnvironment,
)
from descant.launcher.errors import Position, unknown

OUTPUTS = ("both", "full", "log", "own_log", "screen")
_NODE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAMESPACE = re.compile(r"/|(/[A-Za-z_][A-Za-z0-9_]*)+")


def expand(
    launch: LaunchFile, given: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Command, ...]:
    """The commands of a launch file with the arguments `given`, in the order of the file."""
    arguments.check(launch, given, environment)
    expansion = _Expansion(Context(given, environment))
    expansion.enter(launch)
    return tuple(expansion.commands)


class _Expansion:
    """Walks a description once, collecting commands."""

    def __init__(self, context: Context) -> None:
        self.commands: list[Command] = []
        self._context = context
        self._inside: list[Path] = []

    def enter(self, launch: LaunchFile) -> None:
        self._context.file = launch.path
        self._inside.append(launch.path)
        self._walk(launch.actions)
        self._inside.pop()

    def _walk(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            if self._context.holds(action.condition, action.where):
                self._do(action)

    def _do(self, action: Action) -> None:
        context, where = self._context, action.where
        match action:
            case Argument():
                arguments.declare(action, context)
            case Let():
                name = context.perform(action.name, where)
                context.configurations[name] = context.perform(action.value, where)
            case SetEnvironment():
                self._set_environment(action)
            case Group() if action.scoped:
                with context.scope():
                    self._walk(action.actions)
            case Group():
                self._walk(action.actions)
            case Include():
                self._include(action)
            case Executable():
                self._executable(action)
            case Node():
                self._node(action)

    def _set_environment(self, action: SetEnvironment) -> None:
        context = self._context
        name = context.perform(action.name, action.where)
        if action.value is None:
            context.environment.pop(name, None)
        else:
            context.environment[name] = context.perform(action.value, action.where)

    def _include(self, action: Include) -> None:
        context, where = self._context, action.where
        path = Path(os.path.abspath(context.perform(action.file, where)))
        if path in self._inside:
            raise where.refuse(f"{path} includes itself")
        if not path.is_file():
            raise where.refuse(f"no launch file {path}")
        included = reader.read(path)
        known = {a.name for a in arguments.declared(included, context)}
        # ROS takes the folder of the included file for $(dirname) from here on.
        context.file = path
        for left, right in action.arguments:
            name = context.perform(left, where)
            if name not in known:
                raise where.refuse(unknown(f"argument of {path.name}", name, known))
            context.configurations[name] = context.perform(right, where)
        self.enter(included)

    def _executable(self, action: Executable) -> None:
        context, where = self._context, action.where
        words = [context.perform(word, where) for word in action.arguments]
        label = context.optional(action.name, where) or os.path.basename(words[0])
        command = self._command(label, words, action.running, where)
        if not action.running.shell:
            _found(words[0], command, where)
        self.commands.append(command)

    def _node(self, action: Node) -> None:
        context, where = self._context, action.where
        program = context.perform(action.executable, where)
        try:
            if action.package is not None:
                package = context.perform(action.package, where)
                program = str(packages.executable(package, program, context.environment))
        except UserError as error:
            raise where.refuse(str(error)) from None
        words: list[str | ParameterText] = [program]
        words += [context.perform(word, where) for word in action.arguments]
        if action.ros_arguments is not None:
            words += ["--ros-args", *(context.perform(w, where) for w in action.ros_arguments)]
        words += ["--ros-args", *self._ros_arguments(action)]
        label = context.optional(action.label, where) or os.path.basename(program)
        self.commands.append(self._command(label, words, action.running, where))

    def _ros_arguments(self, action: Node) -> list[str | ParameterText]:
        context, where = self._context, action.where
        name = context.optional(action.name, where)
        namespace = _namespace(context.optional(action.namespace, where), where)
        words: list[str | ParameterText] = []
        if name is not None:
            if not _NODE_NAME.fullmatch(name):
                raise where.refuse(f"'{name}' is no node name: letters, digits and _ only")
            words += ["-r", f"__node:={name}"]
        if namespace is not None:
            words += ["-r", f"__ns:={namespace}"]
        node = "/**" if name is None or namespace is None else f"{namespace.rstrip('/')}/{name}"
        for parameter in action.parameters:
            words += ["--params-file", self._parameter(parameter, node)]
        for left, right in action.remappings:
            words += ["-r", f"{context.perform(left, where)}:={context.perform(right, where)}"]
        return words

    def _parameter(self, parameter: Parameter | ParameterFile, node: str) -> str | ParameterText:
        context = self._context
        if isinstance(parameter, Parameter):
            where = parameter.where
            name = context.perform(parameter.name, where)
            value = values.evaluate(
                parameter.value, parameter.kind, lambda t: context.perform(t, where), where
            )
            return ParameterText(node, ((name, value),))
        path = context.perform(parameter.path, parameter.where)
        if not Path(path).is_file():
            raise parameter.where.refuse(f"no parameter file {path}")
        return path

    def _command(
        self, label: str, words: list[str] | list[str | ParameterText], running: Running,
        where: Position,
    ) -> Command:  # fmt: skip
        context = self._context
        output = context.perform(running.output, where)
        if output not in OUTPUTS:
            raise where.refuse(unknown("output", output, OUTPUTS))
        cwd = context.optional(running.cwd, where)
        if cwd is not None and not Path(cwd).is_dir():
            raise where.refuse(f"no folder {cwd} to run in (cwd)")
        own = {context.perform(n, where): context.perform(v, where) for n, v in running.environment}
        return Command(
            name=f"{label}-{len(self.commands) + 1}",
            arguments=tuple(words),
            environment={**context.environment, **own},
            cwd=None if cwd is None else Path(cwd),
            shell=running.shell,
            respawn=context.flag(running.respawn, where),
            respawn_delay=running.respawn_delay,
            respawn_max_retries=running.respawn_max_retries,
            required=running.required,
            sigterm_timeout=running.sigterm_timeout,
            sigkill_timeout=running.sigkill_timeout,
        )


def _namespace(text: str | None, where: Position) -> str | None:
    """A namespace as ROS takes it: absolute, with no slash at its end."""
    if text is None:
        return None
    absolute = "/" + text.strip("/") if text != "/" else text
    if not _NAMESPACE.fullmatch(absolute):
        raise where.refuse(f"'{text}' is no namespace: names of letters, digits and _ between /")
    return absolute


def _found(program: str, command: Command, where: Position) -> None:
    try:
        packages.program(program, command.environment)
    except UserError as error:
        raise where.refuse(str(error)) from None
