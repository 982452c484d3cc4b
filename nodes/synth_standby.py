# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `synth_standby`: a second synth, active when the first dies or stops.

It receives what the first receives, and has the parameters of the first: those it was started with,
and those that are set while it runs.
"""

from __future__ import annotations

import time
from typing import Any

from rcl_interfaces.msg import ParameterEvent
from rclpy.node import Node
from rclpy.parameter import Parameter, parameter_value_to_python
from rclpy.qos import qos_profile_parameter_events

from descant.nodes.common.clock import steady_timer
from descant.nodes.common.runner import run
from descant.nodes.synth import SynthNode
from descant.plain_text import plain

FIRST, NAME = "synth", "synth_standby"
OF_EVERY_NODE = {"use_sim_time", "start_type_description_service"}
SETTLED_S = 0.5
"""A part that begins sets parameters in both: what is equal by then was not set by somebody."""


class StandbyNode(SynthNode):
    """A synth with the parameters of the first."""

    is_second = True

    def __init__(self) -> None:
        values = start_values(FIRST) | start_values(NAME)
        values["standby"] = Parameter("standby", value=True)
        super().__init__(NAME, list(values.values()))
        self._changed: dict[str, Any] = {}
        self._changed_at = 0.0  # when the first of these was
        self._first = f"{self.get_namespace().rstrip('/')}/{FIRST}"
        self.create_subscription(
            ParameterEvent, "/parameter_events", self._on_change, qos_profile_parameter_events
        )
        steady_timer(self, SETTLED_S / 2, self._follow)

    def _on_change(self, event: ParameterEvent) -> None:
        if event.node != self._first or not event.changed_parameters:
            return
        if not self._changed:
            self._changed_at = time.monotonic()
        for parameter in event.changed_parameters:
            self._changed[parameter.name] = parameter_value_to_python(parameter.value)

    def _follow(self) -> None:
        """Set what was set in the first, and what has not become the same here by itself."""
        if not self._changed or time.monotonic() - self._changed_at < SETTLED_S:
            return
        changed, self._changed = self._changed, {}
        values = [
            Parameter(name, value=value)
            for name, value in changed.items()
            if self.has_parameter(name) and self.get_parameter(name).value != value
        ]
        if values and not (result := self.set_parameters_atomically(values)).successful:
            self.get_logger().warning(f"parameters of {FIRST} not followed: {plain(result.reason)}")


def start_values(name: str) -> dict[str, Parameter]:
    """Name -> parameter that this process's arguments and files give to a node of a name."""
    node = Node(
        name,
        cli_args=["--ros-args", "--remap", f"__node:={name}"],  # wins over a name for all nodes
        parameter_overrides=[Parameter("start_type_description_service", value=False)],
        enable_rosout=False,
        start_parameter_services=False,
        automatically_declare_parameters_from_overrides=True,
    )
    try:
        names = node.get_parameters_by_prefix("").keys() - OF_EVERY_NODE
        return {name: node.get_parameter(name) for name in names}
    finally:
        node.destroy_node()


def main() -> int:
    """Run the node."""
    return run(StandbyNode, has_live_thread=True)
