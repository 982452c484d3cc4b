# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How every node stops."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.graph import domain_id, graph_environment
from support.node import node, wait_until

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

run(Idle)
"""

DRAWING = """
import threading
import cv2, numpy
from rclpy.node import Node
from descant.nodes.common.runner import run

def draw():
    picture = numpy.zeros((2000, 2000, 3), numpy.uint8)
    while True:
        cv2.GaussianBlur(picture, (31, 31), 0)

class Drawing(Node):
    def __init__(self):
        super().__init__("drawing")
        threading.Thread(target=draw, daemon=True).start()
        print("spinning", flush=True)

run(Drawing)
"""


def stopped_node(code: str, log: Path, number: signal.Signals = signal.SIGINT, **env: str) -> str:
    """What a node prints that is stopped once it spins; its status is 0."""
    environment = {**graph_environment(domain_id()), **env}
    with log.open("wb") as out:
        node = subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=out, stderr=out
        )
    try:
        wait_until(lambda: b"spinning" in log.read_bytes(), "the node")
        node.send_signal(number)
        assert node.wait(30) == 0
        return log.read_text()
    finally:
        if node.poll() is None:
            node.kill()
            node.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_node_that_hears_nothing_stops_in_order(number: signal.Signals, tmp_path: Path) -> None:
    """It used to hang until a message or a timer woke it, for it had neither."""
    assert stopped_node(IDLE, tmp_path / "log", number).split() == ["spinning", "closed"]


def test_a_thread_that_still_draws_does_not_abort_the_end(tmp_path: Path) -> None:
    """A thread that comes back from C++ to a Python that tears itself down aborts the process."""
    assert stopped_node(DRAWING, tmp_path / "log").split() == ["spinning"]


@pytest.mark.parametrize("home", ["", "/proc/none"])
def test_without_a_home_folder_a_node_starts_and_says_so_once(home: str, tmp_path: Path) -> None:
    text = stopped_node(
        IDLE, tmp_path / "log", HOME=home, ROS_LOG_DIR="", ROS_HOME="", TMPDIR=str(tmp_path)
    )
    (folder,) = tmp_path.glob("descant-log-*")
    assert text.count(f"log files of ROS go to {folder}") == 1
    assert list(folder.glob("*.log"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("-p", "source"), "parameter override rule: '-p source'"),
        (("--params-file", "/none.yaml"), "params file: '--params-file /none.yaml'"),
        (("-p", "source:=file:/none"), "no video file '/none'"),
        (("-p", "width:=wide"), "'width' to 'wide' of type 'STRING', expecting type 'INTEGER'"),
    ],
)
def test_what_a_node_cannot_start_with_is_one_line(
    arguments: tuple[str, ...], expected: str
) -> None:
    node = subprocess.run(
        [Path(sys.prefix) / "lib/descant/camera", "--ros-args", *arguments],
        env=graph_environment(domain_id()),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert node.returncode == 2
    (line,) = (line for line in node.stderr.splitlines() if not line.startswith("[ERROR]"))
    assert line.startswith("error: ")
    assert expected in line


def locks_of_segments(pid: int) -> list[Path]:
    """The files that Fast DDS locks as long as the process lives: of the profile's segment, and of
    one that ROS adds where discovery is limited to this machine.
    """
    open_files = {fd.resolve() for fd in Path(f"/proc/{pid}/fd").iterdir()}
    return [p for p in open_files if re.fullmatch(r"fastrtps_[0-9a-f]{16}_el", p.name)]


def test_the_shared_memory_of_a_killed_node_is_removed_by_the_next(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = graph_environment(domain_id())
    with log.open("wb") as out:
        node = subprocess.Popen([sys.executable, "-c", IDLE], env=environment, stdout=out)
    try:
        wait_until(lambda: b"spinning" in log.read_bytes(), "the node")
        locks = locks_of_segments(node.pid)
        assert locks
        for lock in locks:
            os.utime(lock, (0, 0))
        stopped_node(IDLE, tmp_path / "another")
        assert all(lock.exists() for lock in locks), "of a living node"
    finally:
        node.kill()
        node.wait()
    stopped_node(IDLE, tmp_path / "another")
    segments = [lock.with_name(lock.name.removesuffix("_el")) for lock in locks]
    assert not [file for file in (*locks, *segments) if file.exists()]


def test_a_second_ctrl_c_changes_nothing() -> None:
    """A terminal's goes to the nodes and to ROS's launch, which then sends one of its own."""
    moments_s = (0.02, 0.05, 0.08, 0.12)
    with contextlib.ExitStack() as stack:
        waits = {"source": "virtual:nobody"}
        pianos = [stack.enter_context(node("piano", domain_id(), waits)) for _ in moments_s]
        for piano, later_s in zip(pianos, moments_s, strict=True):
            piano.says("virtual:nobody")
            piano.process.send_signal(signal.SIGINT)
            time.sleep(later_s)
            piano.process.send_signal(signal.SIGINT)
            assert piano.wait() == 0
            assert "Traceback" not in piano.output()


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
