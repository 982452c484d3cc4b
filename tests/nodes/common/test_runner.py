"""How every node stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.graph import domain_id, graph_environment
from support.node import wait_until

pytestmark = pytest.mark.graph

IDLE = """
import sys
from rclpy.node import Node
from descant.nodes.common.runner import run

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


def test_a_second_ctrl_c_changes_nothing(tmp_path: Path) -> None:
    """A terminal's goes to the nodes and to ROS's launch, which then sends one of its own."""
    executable = Path(sys.prefix) / "lib" / "descant" / "piano"
    command = [executable, "--ros-args", "-p", "source:=virtual:nobody"]
    environment = graph_environment(domain_id())
    for later_s in (0.02, 0.05, 0.08, 0.12):
        log = tmp_path / f"{later_s}.log"
        with log.open("wb") as out:
            node = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            wait_until(lambda log=log: b"virtual:nobody" in log.read_bytes(), "the piano")
            node.send_signal(signal.SIGINT)
            time.sleep(later_s)
            node.send_signal(signal.SIGINT)
            assert node.wait(30) == 0
            assert "Traceback" not in log.read_text()
        finally:
            if node.poll() is None:
                node.kill()
                node.wait()


def test_a_ctrl_c_before_a_node_has_begun_ends_it_without_a_traceback(tmp_path: Path) -> None:
    executable, log = Path(sys.prefix) / "lib/descant/stage", tmp_path / "log"
    environment = {**graph_environment(domain_id()), "PYTHONVERBOSE": "1"}
    with log.open("wb") as out:
        node = subprocess.Popen([executable], env=environment, stdout=out, stderr=out)
    try:
        wait_until(lambda: b"import 'descant" in log.read_bytes(), "its first import")
        node.send_signal(signal.SIGINT)
        assert node.wait(30) == 0
        assert "Traceback" not in log.read_text(errors="replace")
    finally:
        if node.poll() is None:
            node.kill()
            node.wait()
