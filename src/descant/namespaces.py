"""Namespaces of the graph: each performance of a domain has its own.

The root namespace is '/', every other begins with a slash and ends without one: '/hall_a'.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from descant.errors import UserError
from descant.plain_text import plain

ROOT = "/"
VARIABLE = "ROS_NAMESPACE"
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


def namespace_of(environment: Any) -> str:
    """The namespace of the variable ROS_NAMESPACE, the root where it is not set.

    Raises `UserError` for what ROS does not allow.
    """
    try:
        return parse_namespace(environment.get(VARIABLE, ROOT))
    except UserError as error:
        raise UserError(f"{VARIABLE}: {error}") from None


class NamespaceType(click.ParamType):
    """A namespace on the command line."""

    name = "namespace"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The full name; a usage error for what ROS does not allow."""
        try:
            return parse_namespace(value)
        except UserError as error:
            self.fail(str(error), param, ctx)


def graph_namespace(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option --namespace of a command that talks to a running graph."""
    return click.option(
        "--namespace", type=NamespaceType(), envvar=VARIABLE, default=ROOT, show_default=True,
        help=f"Namespace of the performance (environment: {VARIABLE}).",
    )(command)  # fmt: skip
