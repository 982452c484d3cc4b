# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A participant without a key is not heard by nodes that have one, and hears nothing.

It needs SROS 2's tools and a DDS with security: the container of the CI has both. The same show
without security, where everybody is heard, runs everywhere, and shows that the test hears.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.security import check_security
from support.graph import domain_id, graph_environment
from support.keystore import make_keystore
from support.node import TIMEOUT_S, wait_until

pytestmark = pytest.mark.graph

LEARN = "from descant.nodes.learner import main; main()"
PLAY = """
import sys, time
import rclpy
from descant.msg import LearnerState, NoteEvent
from descant.nodes.common.conversion import to_header

rclpy.init()
node = rclpy.create_node(sys.argv[2])  # the policy names the services of each node
notes = node.create_publisher(NoteEvent, "notes", 10)
heard = lambda _: print("heard", flush=True)
if sys.argv[2] == "foreign":
    node.create_subscription(LearnerState, "learner_state", heard, 10)
note = NoteEvent(kind=NoteEvent.ON, key=int(sys.argv[1]), velocity=64)
while True:
    note.id += 1
    note.header = to_header(time.time_ns())
    notes.publish(note)
    rclpy.spin_once(node, timeout_sec=0.1)
"""
LISTEN = """
import rclpy
from descant.msg import LearnerState, NoteEvent

rclpy.init()
node = rclpy.create_node("listener", start_parameter_services=False)
node.create_subscription(NoteEvent, "notes", lambda m: print(m.key, flush=True), 10)
node.create_subscription(LearnerState, "learner_state", lambda _: print("state", flush=True), 10)
rclpy.spin(node)
"""
FOREIGN, OWN = 61, 60  # the keys that a participant without a key of DDS, and one with it, plays
TRIED_S = 5.0  # so long the foreign one plays alone


class Show:
    """Processes of one domain; where there is a keystore, each has its enclave's keys."""

    def __init__(self, folder: Path, environment: dict[str, str], keys: dict[str, str]) -> None:
        self._folder, self._environment, self._keys = folder, environment, keys
        self._processes = ExitStack()

    def start(
        self, name: str, code: str, *arguments: str, enclave: str = ""
    ) -> subprocess.Popen[bytes]:
        """Start a process; without `enclave` it takes no part in the security."""
        keys = self._keys if enclave else {}
        named = {"ROS_SECURITY_ENCLAVE_OVERRIDE": f"/descant/{enclave}"} if keys else {}
        with (self._folder / name).open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                env=self._environment | keys | named,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.callback(child.wait)
        self._processes.callback(child.kill)
        return child

    def output(self, name: str) -> list[str]:
        """The lines that a process has printed."""
        return (self._folder / name).read_text(errors="replace").split("\n")

    def close(self) -> None:
        """End every process."""
        self._processes.close()


@contextmanager
def show(folder: Path, secured: bool) -> Iterator[Show]:
    domain = domain_id()
    keys = {}
    if secured:
        keystore = make_keystore(folder / "keystore", domain)
        keys = {
            "ROS_SECURITY_ENABLE": "true",
            "ROS_SECURITY_STRATEGY": "Enforce",
            "ROS_SECURITY_KEYSTORE": str(keystore),
        }
        try:
            check_security(os.environ | keys)
        except UserError as error:
            pytest.skip(str(error))
    running = Show(folder, graph_environment(domain), keys)
    try:
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("secured", [False, True], ids=["without security", "enforced"])
def test_a_foreign_participant(secured: bool, tmp_path: Path) -> None:
    with show(tmp_path, secured) as running:
        running.start("learner", LEARN, enclave="learner")
        running.start("listener", LISTEN, enclave="operator")
        running.start("foreign", PLAY, str(FOREIGN), "foreign")
        if secured:
            time.sleep(TRIED_S)
        else:
            wait_until(lambda: "heard" in running.output("foreign"), "a state of the learner")
        running.start("piano", PLAY, str(OWN), "piano", enclave="piano")
        wait_until(
            lambda: {str(OWN), "state"} <= set(running.output("listener")),
            lambda: f"note {OWN} and a state in {running.output('listener')}, {tmp_path}",
        )
        assert (str(FOREIGN) in running.output("listener")) is not secured
        assert ("heard" in running.output("foreign")) is not secured


def test_a_key_does_not_open_every_topic(tmp_path: Path) -> None:
    with show(tmp_path, secured=True) as running:
        thief = running.start("thief", PLAY, str(OWN), "cue_command", enclave="cue_command")
        assert thief.wait(TIMEOUT_S) != 0
        assert any("RCLError" in line for line in running.output("thief"))
