"""Another node's parameters, over its services, for a thread that does not spin."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from rcl_interfaces.srv import GetParameters, SetParametersAtomically
from rclpy.client import Client
from rclpy.node import Node
from rclpy.parameter import Parameter, parameter_value_to_python

ANSWER_S = 2.0
ATTEMPTS = 4
"""An answer that is sent before both ends know each other is lost: who asks, asks again."""
PATIENCE_S = ATTEMPTS * ANSWER_S
DISCOVERY_S = 5.0
POLL_S = 0.05


class RemoteParameters:
    """The parameters of another node, through its services. For any thread but the executor's."""

    def __init__(self, node: Node, name: str) -> None:
        self.name = name
        self._node = node
        self._awaited = False
        self._get = node.create_client(GetParameters, f"/{name}/get_parameters")
        self._set = node.create_client(
            SetParametersAtomically, f"/{name}/set_parameters_atomically"
        )

    def is_there(self) -> bool:
        """Whether the node is in the graph; it is waited for once, and its services are."""
        return self._known() and all(
            client.wait_for_service(PATIENCE_S) for client in (self._get, self._set)
        )

    def _known(self) -> bool:
        """On a busy machine a node that has long been there may be the last one to be found."""
        end = time.monotonic() + (0.0 if self._awaited else DISCOVERY_S)
        self._awaited = True
        while self.name not in self._node.get_node_names():
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_S)
        return True

    def get(self, names: list[str]) -> dict[str, Any]:
        """Name -> value; what the node does not have is None. Empty where it does not answer."""
        answer = _call(self._get, GetParameters.Request(names=names))
        if answer is None:
            return {}
        values = [parameter_value_to_python(value) for value in answer.values]
        return dict(zip(names, values, strict=True))

    def set(self, values: Mapping[str, Any]) -> str:
        """Set all of them or none; returns why not, '' for success."""
        parameters = [
            Parameter(n, value=list(v) if isinstance(v, tuple) else v).to_parameter_msg()
            for n, v in values.items()
        ]
        answer = _call(self._set, SetParametersAtomically.Request(parameters=parameters))
        if answer is None:
            return f"no answer within {PATIENCE_S:g} s"
        return "" if answer.result.successful else str(answer.result.reason or "refused")


def _call(client: Client, request: Any) -> Any:
    """The answer, or None where none comes in time; another thread spins the node.

    Only for requests that may be carried out twice.
    """
    for _ in range(ATTEMPTS):
        answered = threading.Event()
        future = client.call_async(request)
        future.add_done_callback(lambda _, answered=answered: answered.set())
        if answered.wait(ANSWER_S):
            return future.result()
        client.remove_pending_request(future)
    return None
