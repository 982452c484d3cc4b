# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What holds for every test: isolation, and nothing left behind."""

from __future__ import annotations

import os

import psutil
import pytest

from support.faults import print_faults
from support.interrupts import let_children_be_interrupted

# Before any node of a test process is made: tests never leave this machine.
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ.setdefault("MPLBACKEND", "Agg")

let_children_be_interrupted()

GRACE_S = 2.0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep each module on one worker, and what shares JACK or a browser on the same."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from support.scheduling import SharedOnOneWorker

    return SharedOnOneWorker(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test in real time may be run once more: another program may have had the machine.

    The summary names each that was (RERUN); one that fails twice has failed.
    """
    if not config.pluginmanager.hasplugin("rerunfailures"):
        return
    for item in items:
        if item.get_closest_marker("graph") or item.get_closest_marker("jack"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How the performance went through its faults, where tests of them were run."""
    reports = (r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind))
    print_faults(
        [row for r in reports for name, row in r.user_properties if name == "fault"],
        terminalreporter.write_line,
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session where a test has left a child process running."""
    if session.config.getoption("numprocesses", None):
        return  # the workers look after their own children
    left = [child for child in psutil.Process().children() if _outlives(child)]
    if left:
        names = ", ".join(f"{child.pid} ({child.name()})" for child in left)
        pytest.exit(f"processes left behind by the tests: {names}", returncode=1)


def _outlives(process: psutil.Process) -> bool:
    try:
        process.wait(GRACE_S)
    except psutil.TimeoutExpired:
        return True
    return False
