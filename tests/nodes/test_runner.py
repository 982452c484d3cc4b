"""How every node stops."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.graph import domain_id, graph_environment
from support.node import wait_until

pytestmark = pytest.mark.graph

IDLE = """
import sys
from rclpy.node import Node
from descant.nodes.runner import run

class Idle(Node):
    def __init__(self):
        super().__init__("idle")
        print("spinning", flush=True)

    def close(self):
        print("closed", flush=True)

sys.exit(run(Idle))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_node_that_hears_nothing_stops_in_order(number: signal.Signals, tmp_path: Path) -> None:
    """It used to hang until a message or a timer woke it, for it had neither."""
    log = tmp_path / "log"
    with log.open("wb") as out:
        node = subprocess.Popen(
            [sys.executable, "-c", IDLE], env=graph_environment(domain_id()), stdout=out
        )
    try:
        wait_until(lambda: b"spinning" in log.read_bytes(), "the node")
        os.kill(node.pid, number)
        assert node.wait(30) == 0
        assert log.read_text().split() == ["spinning", "closed"]
    finally:
        if node.poll() is None:
            node.kill()
            node.wait()
