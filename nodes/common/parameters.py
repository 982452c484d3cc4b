# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Declare ROS parameters from a `Settings` class, and follow changes while the node runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

from descant.parameters import Descriptor, ParameterError, Settings, has_texts

S = TypeVar("S", bound=Settings)


def declare(node: Node, kind: type[S], prefix: str = "") -> S:
    """Declare every parameter of `kind` on `node`; return the settings it was started with.

    Raises `ParameterError` naming the parameter where the start value is out of range.
    """
    values: dict[str, Any] = {}
    for name, default in kind.defaults().items():
        descriptor = _message(kind.descriptors()[name], default)
        start = list(default) if isinstance(default, tuple) else default
        value = node.declare_parameter(prefix + name, start, descriptor).value
        # None: an empty list, whose type ROS does not know
        values[name] = default if value is None and has_texts(default) else value
    try:
        return kind.of(values)
    except ParameterError as error:
        raise ParameterError(f"node '{node.get_name()}': {error}") from None


def follow(node: Node, start: S, changed: Callable[[S], None], prefix: str = "") -> None:
    """Call `changed` with new settings whenever a parameter is set while the node runs.

    A request to set parameters is accepted or refused as a whole; the refusal has the reason.
    """
    current = start

    def on_set(parameters: list[Parameter]) -> SetParametersResult:
        nonlocal current
        ours = {
            p.name.removeprefix(prefix): p.value
            for p in parameters
            if p.name.removeprefix(prefix) in start.descriptors()
        }
        if not ours:
            return SetParametersResult(successful=True)
        try:
            current = current.replace(**ours)
        except ParameterError as error:
            return SetParametersResult(successful=False, reason=str(error))
        changed(current)
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(on_set)


def _message(descriptor: Descriptor, default: Any) -> ParameterDescriptor:
    unit = f" [{descriptor.unit}]" if descriptor.unit else ""
    message = ParameterDescriptor(
        description=descriptor.description + unit,
        additional_constraints=descriptor.range_text(),
        read_only=not descriptor.live,
        dynamic_typing=has_texts(default),  # one text, or a list of texts
    )
    low, high = descriptor.ge, descriptor.le
    if low is None or high is None:
        return message
    if isinstance(default, float):
        message.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=float(high))
        ]
    elif type(default) is int:
        message.integer_range = [IntegerRange(from_value=int(low), to_value=int(high))]
    return message
