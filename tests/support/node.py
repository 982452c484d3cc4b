# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Real nodes as child processes, and a listener in this one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher

from descant.child_process import OWN_GROUP
from descant.fastdds import FILE
from descant.nodes.common.endpoints import publisher, subscription
from descant.topics import Qos, Topic
from support.graph import graph_environment

PROFILE = Path(__file__).parents[2] / "config" / "fastdds.xml"
TIMEOUT_S = 60.0  # nothing is lost by waiting long: a busy machine is slow


def wait_until(
    condition: Callable[[], bool], what: str | Callable[[], str], timeout_s: float = TIMEOUT_S
) -> None:
    """Wait for `condition`; fails with `what` was awaited, and never waits a fixed time.

    `what` may be a function: it is called after the wait, and says what there was instead.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(
                f"waited {timeout_s} s in vain for {what if isinstance(what, str) else what()}"
            )
        time.sleep(0.005)


class NodeProcess:
    """One node of descant in its own process."""

    def __init__(self, name: str, domain: int, parameters: dict[str, Any], *arguments: str) -> None:
        self.name = name
        self.log = Path(tempfile.mkstemp(prefix=f"descant-{name}-", suffix=".log")[1])
        settings = [
            part
            for key, value in parameters.items()
            for part in ("-p", f"{key}:={str(value).lower() if value is True else value}")
        ]
        command = [str(Path(sys.prefix) / "lib" / "descant" / name), "--ros-args", *settings]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *arguments],
                env=graph_environment(domain),
                stdout=log,
                stderr=subprocess.STDOUT,
                **OWN_GROUP,
            )

    def output(self) -> str:
        """Everything the node has printed so far."""
        return self.log.read_text(errors="replace")

    def says(self, text: str, timeout_s: float = TIMEOUT_S) -> None:
        """Wait until the node has printed `text`."""
        wait_until(
            lambda: text in self.output() or self.process.poll() is not None,
            lambda: f"{text!r} in:\n{self.output()}",
            timeout_s,
        )
        assert text in self.output(), f"ended with {self.process.returncode}:\n{self.output()}"

    def kill(self) -> None:
        """The node crashes."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout_s: float = TIMEOUT_S) -> int:
        """Stop in order (SIGTERM); returns the exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        return self.wait(timeout_s)

    def wait(self, timeout_s: float = TIMEOUT_S) -> int:
        """Wait for the node to end by itself; returns the exit status."""
        return self.process.wait(timeout_s)


@contextlib.contextmanager
def node(
    name: str, domain: int, parameters: dict[str, Any] | None = None, *arguments: str
) -> Iterator[NodeProcess]:
    """Run the node `name` for the length of a block; it is gone afterwards, whatever happened."""
    child = NodeProcess(name, domain, parameters or {}, *arguments)
    try:
        yield child
    finally:
        if child.process.poll() is None:
            child.kill()
        child.log.unlink()


class Listener:
    """A node of the test itself: publishes, listens, and spins while it waits."""

    def __init__(self, domain: int, name: str = "test_listener", namespace: str = "/") -> None:
        self.context = Context()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(FILE, str(PROFILE))  # read by the first node of a process
            rclpy.init(context=self.context, domain_id=domain)
            self.node: Node = rclpy.create_node(name, context=self.context, namespace=namespace)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)

    def collect(self, topic: Topic, qos: Qos | None = None) -> list[Any]:
        """A list that grows with every message on `topic`; `qos` instead of the table's."""
        messages: list[Any] = []
        subscription(self.node, topic, messages.append, qos)
        return messages

    def publisher(self, topic: Topic, qos: Qos | None = None) -> Publisher:
        """A publisher of `topic`; `qos` instead of the table's."""
        return publisher(self.node, topic, qos)

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = TIMEOUT_S) -> None:
        """Spin until `condition`; fails with `what` was awaited."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, f"waited {timeout_s} s in vain for {what}"
            self._executor.spin_once(timeout_sec=0.02)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@contextlib.contextmanager
def listener(domain: int, name: str = "test_listener", namespace: str = "/") -> Iterator[Listener]:
    """A listener on `domain`, the node `name` in `namespace`, for the length of a block."""
    ears = Listener(domain, name, namespace)
    try:
        yield ears
    finally:
        ears.close()
