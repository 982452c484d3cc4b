# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The machines a node calls."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from descant.child_process import OWN_GROUP
from descant.peers import VARIABLE, remove_unresolved
from support.graph import domain_id, graph_environment
from support.node import wait_until

NOWHERE = "nowhere.invalid"  # a name that RFC 2606 keeps free


@pytest.mark.parametrize(
    ("given", "kept", "unknown"),
    [
        ("127.0.0.1;localhost", "127.0.0.1;localhost", []),
        (f"{NOWHERE};127.0.0.1", "127.0.0.1", [NOWHERE]),
        (f"{NOWHERE}", "", [NOWHERE]),
        (f"a..b;{'x' * 300}", "", ["a..b", "x" * 300]),
        (";;127.0.0.1;", ";;127.0.0.1;", []),
    ],
)
def test_a_name_without_an_address_is_forgotten(given: str, kept: str, unknown: list[str]) -> None:
    environment = {VARIABLE: given}
    assert remove_unresolved(environment) == unknown
    assert environment == {VARIABLE: kept}


def test_nothing_is_set_where_nothing_was() -> None:
    environment: dict[str, str] = {}
    assert remove_unresolved(environment) == []
    assert environment == {}


@pytest.mark.graph
def test_a_node_starts_though_a_machine_is_unknown_and_says_so(tmp_path: Path) -> None:
    environment = {**graph_environment(domain_id()), VARIABLE: f"{NOWHERE};127.0.0.1"}
    log = tmp_path / "log"
    command = [str(Path(sys.prefix) / "lib" / "descant" / "conductor")]
    with log.open("wb") as file, subprocess.Popen(
        command, env=environment, stdout=file, stderr=file, **OWN_GROUP
    ) as node:  # fmt: skip
        wait_until(lambda: "part 1" in log.read_text(), log.read_text)
        node.send_signal(signal.SIGINT)
        assert node.wait(20.0) == 0, log.read_text()
    [line] = [line for line in log.read_text().splitlines() if NOWHERE in line]
    assert line == f"warning: unknown host '{NOWHERE}' in {VARIABLE}: peer ignored"
