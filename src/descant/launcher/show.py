"""Arguments and commands of a launch, for a person to read."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from descant.launcher.arguments import Declared
from descant.launcher.commands import Command, ParameterText


def arguments_text(arguments: Iterable[Declared]) -> str:
    """What can be given as name:=value, with meaning, choices and default."""
    lines = []
    for argument in arguments:
        lines.append(f"  {argument.name}")
        if argument.description:
            lines.append(f"      {argument.description}")
        if argument.choices:
            lines.append(f"      one of: {', '.join(argument.choices)}")
        if argument.default is None:
            lines.append("      must be given")
        else:
            lines.append(f"      default: {argument.default or '(empty)'}")
    return "\n".join(["Arguments (name:=value):", *(lines or ["  none"])])


def commands_text(commands: Iterable[Command], environment: Mapping[str, str]) -> str:
    """The commands of a launch, with what each changes in `environment`."""
    return "\n\n".join("\n".join(_command(command, environment)) for command in commands)


def _command(command: Command, environment: Mapping[str, str]) -> Iterable[str]:
    yield f"[{command.name}]{_rules(command)}"
    words, files = [], []
    for word in command.arguments:
        if isinstance(word, ParameterText):
            files.append(word)
            words.append(f"<parameters {len(files)}>")
        else:
            words.append(shlex.quote(word))
    yield "  " + " ".join(words)
    for index, file in enumerate(files, 1):
        yield f"  <parameters {index}>"
        yield from (f"    {line}" for line in file.yaml().splitlines())
    if command.cwd is not None:
        yield f"  in {command.cwd}"
    for name, value in sorted(command.environment.items()):
        if environment.get(name) != value:
            yield f"  {name}={shlex.quote(value)}"
    for name in sorted(set(environment) - set(command.environment)):
        yield f"  {name} unset"


def _rules(command: Command) -> str:
    rules = []
    if command.respawn:
        most = command.respawn_max_retries
        times = "" if most < 0 else f", at most {most} times"
        rules.append(f"starts again after {command.respawn_delay:g} s{times}")
    if command.required:
        rules.append("its end stops all")
    if command.shell:
        rules.append("in a shell")
    return f" {'; '.join(rules)}" if rules else ""
