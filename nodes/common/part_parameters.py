# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The ROS parameters of a node that differ from part to part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from rclpy.node import Node
from rclpy.parameter import Parameter

from descant.nodes.common.parameters import declare, follow
from descant.parameters import Settings
from descant.programme.layers import PartLayers
from descant.programme.reading import load_programme
from descant.programme.settings import ProgrammeSettings
from descant.types import Part

S = TypeVar("S", bound=Settings)


class PartParameters(Generic[S]):
    """Declares the parameters of `kind`, which show the values of the current part.

    `section` is the node's in a part's description. `changed` is called with the new settings when
    a part begins or a parameter is set. Raises `UserError` for a programme that cannot be read, or
    that the parameters do not allow.
    """

    def __init__(
        self, node: Node, kind: type[S], section: str, changed: Callable[[S], None]
    ) -> None:
        self._node = node
        self._changed = changed
        programme = load_programme(declare(node, ProgrammeSettings).programme)
        base = declare(node, kind)
        values = base.values()
        self._layers = PartLayers(base, section)
        self._layers.check(programme)
        number = values["part"]
        description = programme.part(number).to_json()
        self._launched = self._part = Part(0, number, values.get("start", 0), "launch", description)
        self._beginning = False
        self._layers.begin(self._launched)
        self._set(values)
        follow(node, self.settings, self._on_set)

    @property
    def settings(self) -> S:
        """The settings that hold now."""
        return self._layers.current

    def begin(self, part: Part) -> None:
        """`part` begins: `changed` is called, unless it has begun already."""
        before = self.settings.values()
        if self.prepare(part):
            self.publish(before)

    def rewind(self) -> S:
        """The settings of the part that the node was launched with, for `prepare` and `publish`."""
        self._part = self._launched
        return self._layers.begin(self._launched)

    def prepare(self, part: Part) -> bool:
        """Let the settings of `part` hold without setting ROS parameters; False if they do already.

        Raises `ParameterError` for a description that cannot be read.
        """
        if _identity(part) == _identity(self._part):
            return False
        self._layers.begin(part)
        self._part = part
        return True

    def publish(self, before: Mapping[str, Any]) -> None:
        """Set the ROS parameters that differ from `before`."""
        self._beginning = True
        try:
            self._set(before)
        finally:
            self._beginning = False

    def _set(self, before: Mapping[str, Any]) -> None:
        changed = {n: v for n, v in self.settings.values().items() if v != before[n]}
        if changed:
            self._node.set_parameters_atomically(
                [
                    Parameter(n, value=list(v) if isinstance(v, tuple) else v)
                    for n, v in changed.items()
                ]
            )

    def _on_set(self, settings: S) -> None:
        if not self._beginning:
            self._layers.set(settings)
        self._changed(settings)


def _identity(part: Part) -> tuple[int, int, str]:
    return part.number, part.start, part.description
