"""The arguments of a launch file: what it declares, what was given, and what fits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError
from descant.launcher import reader
from descant.launcher.context import Context
from descant.launcher.description import Action, Argument, Group, Include, LaunchFile, Let
from descant.launcher.errors import LaunchError, unknown


@dataclass(frozen=True)
class Declared:
    """An argument as a person is told of it; `default` is None where one must be given."""

    name: str
    default: str | None
    description: str
    choices: tuple[str, ...]


def parse(words: Iterable[str]) -> dict[str, str]:
    """`name:=value` words as a mapping; the last one wins. `LaunchError` for any other word."""
    given = {}
    for word in words:
        name, mark, value = word.partition(":=")
        if not mark or not name:
            raise LaunchError(f"'{word}' is no launch argument; expected name:=value")
        if not value:
            raise LaunchError(f"'{word}' has no value: leave it out for the default")
        given[name] = value
    return given


def declare(argument: Argument, context: Context) -> None:
    """Give an argument its value: the one given, else its default."""
    where, name = argument.where, argument.name
    if name not in context.configurations:
        if argument.default is None:
            about = f" ({argument.description})" if argument.description else ""
            raise where.refuse(f"argument '{name}'{about} has no default: give {name}:=value")
        context.configurations[name] = context.perform(argument.default, where)
    value = context.configurations[name]
    if argument.choices and value not in argument.choices:
        choices = ", ".join(argument.choices)
        raise where.refuse(f"argument '{name}' must be one of {choices}, not '{value}'")


def declared(launch: LaunchFile, context: Context) -> tuple[Declared, ...]:
    """Every argument a launch file declares, those of its includes too, each once.

    Conditions are not looked at. An include whose path cannot be told yet is passed over, as ROS
    launch does.
    """
    found: dict[str, Declared] = {}
    scratch = Context(context.configurations, context.environment)
    _collect(launch, scratch, found, (launch.path,))
    return tuple(found.values())


def check(launch: LaunchFile, given: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Refuse the first of `given` that the launch file does not declare."""
    known = [argument.name for argument in declared(launch, Context(given, environment))]
    for name in given:
        if name not in known:
            raise LaunchError(f"{launch.path}: {unknown('argument', name, known)}")


def _collect(
    launch: LaunchFile, context: Context, found: dict[str, Declared], inside: tuple[Path, ...]
) -> None:
    context.file = launch.path
    for action in _flat(launch.actions):
        match action:
            case Argument():
                default = _try(action, context)
                declaration = Declared(action.name, default, action.description, action.choices)
                found.setdefault(action.name, declaration)
            case Let():
                _try(action, context)
            case Include():
                path = _try(action, context)
                if path is not None and Path(path).is_file() and Path(path) not in inside:
                    _collect(reader.read(Path(path)), context, found, (*inside, Path(path)))


def _flat(actions: tuple[Action, ...]) -> Iterable[Action]:
    for action in actions:
        yield action
        if isinstance(action, Group):
            yield from _flat(action.actions)


def _try(action: Argument | Let | Include, context: Context) -> str | None:
    """What the action comes to, noted in the context; None where that cannot be told yet."""
    try:
        match action:
            case Argument():
                if action.default is None:
                    return None
                default = context.perform(action.default, action.where)
                context.configurations.setdefault(action.name, default)
                return default
            case Let():
                value = context.perform(action.value, action.where)
                context.configurations[context.perform(action.name, action.where)] = value
                return value
            case Include():
                return os.path.abspath(context.perform(action.file, action.where))
    except UserError:
        return None
