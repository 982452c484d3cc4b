"""What substitutions are made from: the names that have values, and the environment."""

from __future__ import annotations

import math
import os
import random
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from descant.errors import UserError
from descant.launcher import packages, values
from descant.launcher.description import Condition
from descant.launcher.errors import Position, unknown
from descant.launcher.substitutions import Substitution, Template, Text


class Context:
    """Changes while a description is walked, as in ROS launch.

    `file` is the launch file that was entered last: ROS does not go back to the including file
    when an include ends.
    """

    def __init__(self, configurations: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.configurations = dict(configurations)
        self.environment = dict(environment)
        self.file = Path()

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names and environment are as before when the block ends."""
        before = dict(self.configurations), dict(self.environment)
        yield
        self.configurations, self.environment = before

    def perform(self, template: Template, where: Position) -> str:
        """A template as text; `LaunchError` for a substitution that cannot be made."""
        return "".join(
            fragment.text if isinstance(fragment, Text) else self._substitute(fragment, where)
            for fragment in template
        )

    def optional(self, template: Template | None, where: Position) -> str | None:
        """`perform`, with None for None."""
        return None if template is None else self.perform(template, where)

    def holds(self, condition: Condition | None, where: Position) -> bool:
        """Whether what has this condition is done: 'true' or '1', 'false' or '0', nothing else."""
        if condition is None:
            return True
        text = self.perform(condition.text, where).strip().lower()
        if text not in ("true", "1", "false", "0"):
            name = "if" if condition.wanted else "unless"
            raise where.refuse(f"'{name}' must be true, false, 1 or 0, not '{text}'")
        return (text in ("true", "1")) == condition.wanted

    def flag(self, template: Template, where: Position) -> bool:
        """A template as true or false, by the wider rules of YAML (yes, on ..)."""
        text = self.perform(template, where)
        try:
            return bool(values.coerce(text, "bool"))
        except ValueError:
            raise where.refuse(f"expected true or false, not '{text}'") from None

    def _substitute(self, substitution: Substitution, where: Position) -> str:
        try:
            return _PERFORM[substitution.name](self, substitution.arguments, where)
        except UserError as error:
            if str(error).startswith(str(where)):
                raise
            raise where.refuse(str(error)) from None


Arguments = tuple[Template, ...]


def _var(context: Context, arguments: Arguments, where: Position) -> str:
    name = context.perform(arguments[0], where)
    if name in context.configurations:
        return context.configurations[name]
    if len(arguments) > 1:
        return context.perform(arguments[1], where)
    raise where.refuse(unknown("argument", name, context.configurations))


def _env(context: Context, arguments: Arguments, where: Position) -> str:
    name = context.perform(arguments[0], where)
    if name in context.environment:
        return context.environment[name]
    if len(arguments) > 1:
        return context.perform(arguments[1], where)
    raise where.refuse(f"no environment variable '{name}'; $(env {name} DEFAULT) gives a default")


def _dirname(context: Context, _arguments: Arguments, where: Position) -> str:
    return str(_this_file(context, where, lambda path: path.parent))


def _filename(context: Context, _arguments: Arguments, where: Position) -> str:
    return str(_this_file(context, where, lambda path: path))


def _this_file(context: Context, where: Position, part: Callable[[Path], Path]) -> Path:
    if part(context.file) != part(where.file):
        raise where.refuse(
            f"after an <include>, ROS launch takes this for {part(context.file)}: "
            "keep it in a <let> before the <include>"
        )
    return part(where.file)


def _equals(context: Context, arguments: Arguments, where: Position) -> str:
    if (Text(""),) in arguments:
        raise where.refuse(
            "ROS launch compares with '[]' where '' is written: "
            "write $(equals x$(var NAME) x) to ask for an empty text"
        )
    left, right = (context.perform(argument, where) for argument in arguments)
    if all(text.lower() in ("true", "1", "false", "0") for text in (left, right)):
        return _text((left.lower() in ("true", "1")) == (right.lower() in ("true", "1")))
    try:
        return _text(math.isclose(float(left), float(right)))
    except ValueError:
        return _text(left == right)


def _not_equals(context: Context, arguments: Arguments, where: Position) -> str:
    return _text(_equals(context, arguments, where) == "false")


def _not(context: Context, arguments: Arguments, where: Position) -> str:
    return _text(not context.flag(arguments[0], where))


def _and(context: Context, arguments: Arguments, where: Position) -> str:
    left, right = (context.flag(argument, where) for argument in arguments)
    return _text(left and right)


def _or(context: Context, arguments: Arguments, where: Position) -> str:
    left, right = (context.flag(argument, where) for argument in arguments)
    return _text(left or right)


def _if(context: Context, arguments: Arguments, where: Position) -> str:
    chosen = arguments[1:2] if context.flag(arguments[0], where) else arguments[2:3]
    return context.perform(chosen[0], where) if chosen else ""


def _find_share(context: Context, arguments: Arguments, where: Position) -> str:
    return str(packages.share(context.perform(arguments[0], where), context.environment))


def _find_prefix(context: Context, arguments: Arguments, where: Position) -> str:
    return str(packages.prefix(context.perform(arguments[0], where), context.environment))


def _find_program(context: Context, arguments: Arguments, where: Position) -> str:
    return packages.program(context.perform(arguments[0], where), context.environment)


def _find_node(context: Context, arguments: Arguments, where: Position) -> str:
    name, package = (context.perform(argument, where) for argument in arguments)
    return str(packages.executable(package, name, context.environment))


def _anonymous(context: Context, arguments: Arguments, where: Position) -> str:
    """A name nobody else has; the same one for the same text within a launch."""
    name = context.perform(arguments[0], where)
    number = random.randint(0, sys.maxsize)
    made = f"{name}_{socket.gethostname()}_{os.getpid()}_{number}"
    made = made.translate(str.maketrans(".-:", "___"))
    return context.configurations.setdefault(f"anon{name}", made)


def _text(value: bool) -> str:
    return "true" if value else "false"


_PERFORM: dict[str, Callable[[Context, Arguments, Position], str]] = {
    "anon": _anonymous,
    "and": _and,
    "dirname": _dirname,
    "env": _env,
    "equals": _equals,
    "exec-in-pkg": _find_node,
    "filename": _filename,
    "find-exec": _find_program,
    "find-pkg-prefix": _find_prefix,
    "find-pkg-share": _find_share,
    "if": _if,
    "not": _not,
    "not-equals": _not_equals,
    "or": _or,
    "var": _var,
}
