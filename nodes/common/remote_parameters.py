# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Get and set another node's parameters over its services, from a thread that does not spin."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from rcl_interfaces.srv import GetParameters, SetParametersAtomically
from rclpy.client import Client
from rclpy.node import Node
from rclpy.parameter import Parameter, parameter_value_to_python

RESPONSE_S = 2.0
ATTEMPTS = 4
"""A response that is sent before both ends are matched is lost: the request is repeated."""
TIMEOUT_S = ATTEMPTS * RESPONSE_S
DISCOVERY_S = 5.0
POLL_S = 0.05


class RemoteParameters:
    """Parameters of the node `name` in the same namespace: for any thread but the executor's."""

    def __init__(self, node: Node, name: str) -> None:
        self.name = name
        self._node = node
        self._discovery_awaited = False
        self._get = node.create_client(GetParameters, f"{name}/get_parameters")
        self._set = node.create_client(SetParametersAtomically, f"{name}/set_parameters_atomically")

    def is_available(self) -> bool:
        """Whether the node is in the graph with its services; the first call waits for it."""
        return self._is_discovered() and all(
            client.wait_for_service(TIMEOUT_S) for client in (self._get, self._set)
        )

    def _is_discovered(self) -> bool:
        """On a busy machine a node that runs already may be discovered seconds late."""
        end = time.monotonic() + (0.0 if self._discovery_awaited else DISCOVERY_S)
        self._discovery_awaited = True
        wanted = (self.name, self._node.get_namespace())
        while wanted not in self._node.get_node_names_and_namespaces():
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_S)
        return True

    def get(self, names: list[str]) -> dict[str, Any]:
        """Name -> value, None for an undeclared parameter; empty where the node does not answer."""
        response = _call(self._get, GetParameters.Request(names=names))
        if response is None:
            return {}
        values = [parameter_value_to_python(value) for value in response.values]
        return dict(zip(names, values, strict=True))

    def set(self, values: Mapping[str, Any]) -> str:
        """Set all parameters or none; return the reason of a failure, '' for success."""
        parameters = [
            Parameter(n, value=list(v) if isinstance(v, tuple) else v).to_parameter_msg()
            for n, v in values.items()
        ]
        response = _call(self._set, SetParametersAtomically.Request(parameters=parameters))
        if response is None:
            return f"no response within {TIMEOUT_S:g} s"
        return "" if response.result.successful else str(response.result.reason or "refused")


def _call(client: Client, request: Any) -> Any:
    """The response, None after `TIMEOUT_S`; another thread spins the node.

    Only for requests that may be carried out twice.
    """
    for _ in range(ATTEMPTS):
        arrived = threading.Event()
        future = client.call_async(request)
        future.add_done_callback(lambda _, arrived=arrived: arrived.set())
        if arrived.wait(RESPONSE_S):
            return future.result()
        client.remove_pending_request(future)
    return None
