# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Real-time priority for a thread: by itself, through rtkit, or not at all."""

import os
import resource
import threading
from pathlib import Path

import pytest

from descant.synth.sinks.scheduling import (
    MOST_TIME_US,
    PRIORITY,
    is_time_limited,
    probe_real_time,
)

BUSCTL = """#!/bin/sh
echo "$@" >"$CALLED"
exit $STATUS
"""


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)


def rtkit(monkeypatch: pytest.MonkeyPatch, folder: Path, status: int) -> Path:
    """A system bus with rtkit, as far as the command goes; returns what it was called with."""
    command, called = folder / "busctl", folder / "called"
    command.write_text(BUSCTL)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("CALLED", str(called))
    monkeypatch.setenv("STATUS", str(status))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    return called


def test_only_the_thread_that_asks_gets_it() -> None:
    words = probe_real_time()
    assert words.startswith("SCHED_FIFO") or words == "no real-time priority"
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_rtkit_is_asked_where_the_user_may_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forbid(monkeypatch)
    called = rtkit(monkeypatch, tmp_path, 0)
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))
    assert probe_real_time() == f"SCHED_FIFO {PRIORITY} by rtkit"
    *_, method, kinds, process, thread, priority = called.read_text().split()
    assert (method, kinds) == ("MakeThreadRealtimeWithPID", "ttu")
    assert (int(process), int(priority)) == (os.getpid(), PRIORITY)
    assert int(thread) not in (0, threading.get_native_id())
    assert limits[0][0] == MOST_TIME_US  # rtkit refuses processes without one


@pytest.mark.parametrize("has_busctl", [True, False])
def test_without_either_the_thread_is_an_ordinary_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, has_busctl: bool
) -> None:
    forbid(monkeypatch)
    if has_busctl:
        rtkit(monkeypatch, tmp_path, 1)
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    assert probe_real_time() == "no real-time priority"


def test_a_limit_of_time_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, expected in ((resource.RLIM_INFINITY, False), (MOST_TIME_US, True)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, n=limit: (n, n))
        assert is_time_limited() is expected
