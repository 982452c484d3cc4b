# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Namespaces of the graph: each performance of a domain has its own.

The root namespace is '/', every other begins with a slash and ends without one: '/hall_a'.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from descant.errors import UserError
from descant.plain_text import plain

if TYPE_CHECKING:
    import click

ROOT = "/"
VARIABLE = "ROS_NAMESPACE"
_Command = TypeVar("_Command", bound=Callable[..., Any])
_LONGEST = 200  # ROS allows 245 characters for a namespace with a node's name
_NAMESPACE = re.compile(r"(/[A-Za-z_][A-Za-z0-9_]*)+")


def parse_namespace(text: str) -> str:
    """Return the full name of the namespace `text`, with or without its first slash.

    Raises `UserError` for what ROS does not allow.
    """
    full = f"/{text.strip().strip('/')}"
    if full == ROOT:
        return ROOT
    if not _NAMESPACE.fullmatch(full) or "__" in full or len(full) > _LONGEST:
        raise UserError(
            f"'{plain(text[:_LONGEST])}' is no namespace: expected names of letters, digits and"
            " single underscores, none with a digit first, between slashes, as hall_a"
        )
    return full


def namespace_of(environment: Mapping[str, str]) -> str:
    """The namespace of the variable ROS_NAMESPACE, the root where it is not set.

    Raises `UserError` for what ROS does not allow.
    """
    try:
        return parse_namespace(environment.get(VARIABLE, ROOT))
    except UserError as error:
        raise UserError(f"{VARIABLE}: {error}") from None


def ros_arguments(namespace: str) -> list[str]:
    """ROS's arguments for a node in `namespace`; those that stand before them win."""
    return ["--ros-args", "-r", f"__ns:={namespace}"]


def namespace_option(name: str, **more: Any) -> Callable[[_Command], _Command]:
    """The option `name` of a command, a namespace; `more` is passed to click."""
    import click  # noqa: PLC0415 -- 20 ms at a node's start, which has no such option

    return click.option(name, metavar="NAMESPACE", callback=_parsed, **more)


def graph_namespace(command: _Command) -> _Command:
    """Add the option --namespace to a command that talks to a running graph."""
    return namespace_option(
        "--namespace", default=lambda: namespace_of(os.environ),
        help=f"Namespace of the performance, by default that of {VARIABLE}, else the root.",
    )(command)  # fmt: skip


def bag_namespace(command: _Command) -> _Command:
    """Add the option --namespace to a command that reads bags."""
    return namespace_option(
        "--namespace",
        help="Of several performances in a bag read that of this namespace.  [default: the"
        " recorder's]",
    )(command)


def _parsed(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    try:
        return None if text is None else parse_namespace(text)
    except UserError as error:
        import click  # noqa: PLC0415 -- as above

        raise click.BadParameter(str(error), context, option) from None
