# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A real launcher as a child process."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from descant.demo.launcher_process import FIRST_DOMAIN, LauncherProcess, free_domain, last_error
from descant.errors import UserError


def launch_file(path: Path, command: str) -> str:
    target = path / "show.launch.xml"
    target.write_text(f"""<launch><executable name="actor" cmd="sh -c '{command}'"/></launch>""")
    return str(target)


def wait_for(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_leaving_the_context_stops_what_was_launched(tmp_path):
    pid_file = tmp_path / "pid"
    show = launch_file(tmp_path, f"echo $$ &gt; {pid_file}; exec sleep 600")
    with LauncherProcess([show], tmp_path / "log.txt", {}) as performance:
        wait_for(lambda: pid_file.exists() and pid_file.read_text().strip() != "")
        pid = int(pid_file.read_text())
        performance.check()
        assert is_alive(pid)
    wait_for(lambda: not is_alive(pid))


def test_an_error_in_the_context_stops_it_too(tmp_path):
    pid_file = tmp_path / "pid"
    show = launch_file(tmp_path, f"echo $$ &gt; {pid_file}; exec sleep 600")

    def watch() -> None:
        with LauncherProcess([show], tmp_path / "log.txt", {}):
            wait_for(lambda: pid_file.exists() and pid_file.read_text().strip() != "")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch()
    wait_for(lambda: not is_alive(int(pid_file.read_text())))


def test_the_launcher_gets_the_environment_and_its_output_goes_to_the_log(tmp_path):
    show = launch_file(tmp_path, "echo domain $ROS_DOMAIN_ID; exec sleep 600")
    log = tmp_path / "log.txt"
    with LauncherProcess([show], log, {"ROS_DOMAIN_ID": "77"}):
        wait_for(lambda: "domain 77" in log.read_text())


def test_a_launcher_that_ends_early_is_one_line_with_its_last_error(tmp_path):
    log = tmp_path / "log.txt"
    with LauncherProcess(["no-such-show"], log, {}) as performance:
        wait_for(lambda: performance._process.poll() is not None)
        with pytest.raises(UserError, match=r"exited with status 2: .*no-such-show") as seen:
            performance.check()
    assert "\n" not in str(seen.value)


def test_the_last_error_of_a_log_is_preferred_to_its_last_line(tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("[synth] error: no sink\n[launch] all ended, status 2\n\n")
    assert last_error(log) == "[synth] error: no sink"
    log.write_text("[launch] all ended\n")
    assert last_error(log) == "[launch] all ended"
    log.write_text("")
    assert last_error(log) == "no output"


def test_a_domain_that_is_in_use_is_not_chosen():
    first = free_domain()
    assert first >= FIRST_DOMAIN
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 7410 + 250 * first))
        assert free_domain() != first
