# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""ROS's arguments of a <node>: name, namespace, parameters and remaps, by launch_ros's rules."""

from __future__ import annotations

import os
import re

from descant.launcher import values
from descant.launcher.commands import ParameterText, inline_yaml
from descant.launcher.context import NAMESPACE, Context
from descant.launcher.elements import Element
from descant.namespaces import ROOT, parse_namespace

ANY_NODE = "/**"
_NODE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def push_namespace(element: Element, context: Context) -> None:
    """Put the nodes that follow in this scope into the namespace of a <push_ros_namespace>."""
    context.configurations[NAMESPACE] = _combined(element, context)


def set_remap(element: Element, context: Context) -> None:
    """Give the nodes that follow in this scope a remap. It comes before their own, and wins."""
    rule = f"{context.text(element, 'from')}:={context.text(element, 'to')}"
    context.node_remaps = (*context.node_remaps, "-r", rule)


def set_parameter(element: Element, context: Context) -> None:
    """Give the nodes that follow in this scope a parameter.

    It stands after their `ros_args` and before their <param>.
    """
    name, text = context.text(element, "name"), context.text(element, "value")
    try:
        value = values.coerce(text, "yaml")
    except ValueError as error:
        raise element.where.refuse(f"not a parameter value: {error}") from None
    context.node_parameters = (*context.node_parameters, "-p", f"{name}:={_as_yaml(value)}")


def full_name(element: Element, context: Context) -> str:
    """Return the full name of a node, '' where the program itself chooses its name."""
    name = context.optional(element, "name")
    return "" if name is None else f"{(_namespace(element, context) or '').rstrip('/')}/{name}"


def ros_arguments(element: Element, context: Context) -> list[str | ParameterText]:
    """Return what follows --ros-args in the command of a <node>."""
    name, namespace = context.optional(element, "name"), _namespace(element, context)
    words: list[str | ParameterText] = []
    if name is not None:
        if not _NODE_NAME.fullmatch(name):
            raise element.where.refuse(
                f"'{name}' is not a node name: use letters, digits and _ only"
            )
        words += ["-r", f"__node:={name}"]
    if namespace is not None:
        words += ["-r", f"__ns:={namespace}"]
    words += context.node_parameters
    known = name is not None and namespace is not None
    node = full_name(element, context) if known else ANY_NODE
    for parameter in element.all("param"):
        words += ["--params-file", _parameter(parameter, context, node)]
    words += context.node_remaps
    for left, right in context.pairs(element, "remap", "from", "to"):
        words += ["-r", f"{left}:={right}"]
    return words


def _namespace(element: Element, context: Context) -> str | None:
    """Return the full name of a node's namespace; None where nothing sets it."""
    if "namespace" in element.attributes:
        return _combined(element, context)
    return context.configurations.get(NAMESPACE)


def _combined(element: Element, context: Context) -> str:
    """Return the namespace of an element; one without a first slash goes into the one pushed."""
    text = context.text(element, "namespace")
    if not text.startswith("/"):
        text = f"{context.configurations.get(NAMESPACE, ROOT).rstrip('/')}/{text}"
    with element.where.located():
        return parse_namespace(text)


def _parameter(element: Element, context: Context, node: str) -> str | ParameterText:
    """Return the path of a <param from>, or the text of a parameter file."""
    where = element.where
    if "from" in element.attributes:
        path = context.text(element, "from")
        if not os.path.isfile(path):
            raise where.refuse(f"no parameter file {path}")
        return path
    value = values.evaluate(
        element.attributes["value"],
        element.attributes.get("type", "yaml"),
        lambda template: context.perform(template, where),
        where,
    )
    return ParameterText(node, ((context.text(element, "name"), value),))


def _as_yaml(value: values.Value) -> str:
    """Return a value as ROS writes it, but a text in quotes where a node would read a number.

    A list ROS writes as a Python tuple, which no node reads.
    """
    quoted = isinstance(value, list) or (isinstance(value, str) and _reads_otherwise(value))
    return inline_yaml(value) if quoted else str(value)


def _reads_otherwise(text: str) -> bool:
    """Return whether YAML, or rcl's reader of it, takes a text for something else."""
    try:
        return not text[:1].isalpha() or values.coerce(text, "yaml") != text
    except ValueError:
        return True
