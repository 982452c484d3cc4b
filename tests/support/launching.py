# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Launch files, packages and tiny programs for the launcher's tests."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from descant.child_process import OWN_GROUP
from descant.launcher import schema
from descant.launcher.commands import Command
from descant.launcher.expansion import expand

TIMEOUT_S = 30.0
ROS_LAUNCH = Path(__file__).parent / "ros_launch.py"
"""Runs a launch file with ROS's own launch."""
NO_ROS_LAUNCH = [m for m in ("launch", "launch_xml", "launch_ros") if not find_spec(m)]
"""What of it is not installed."""
_IMPORTS = "import sys; from descant import cli; from descant.launcher import service"

# Prints, as one line of JSON, what it was started with: parameters in place of their temporary
# files, and the environment variables that begin with TELL_.
TELL = f"""#!{sys.executable} -IS
import json, os, sys

def shown(word):
    temporary = "launch_params_" in word or "descant-launch-" in word
    return open(word).read() if temporary and os.path.isfile(word) else word

told = {{"words": [shown(w) for w in sys.argv], "cwd": os.getcwd(),
        "environment": {{k: v for k, v in os.environ.items() if k.startswith("TELL_")}}}}
print(json.dumps(told), flush=True)
"""

NOTHING = "#!/bin/sh\n"


def launch_file(folder: Path, body: str, name: str = "a.launch.xml") -> Path:
    """A launch file with `body` on line 2 and below, inside <launch>."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<launch>\n{body}\n</launch>\n", encoding="utf-8")
    return path


def package(prefix: Path, name: str, *executables: str, script: str = TELL) -> Path:
    """An installed package with executables; returns its share folder."""
    index = prefix / "share" / "ament_index" / "resource_index" / "packages" / name
    libexec, share = prefix / "lib" / name, prefix / "share" / name
    for folder in (index.parent, libexec, share):
        folder.mkdir(parents=True, exist_ok=True)
    index.touch()
    for executable in executables:
        path = libexec / executable
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
    return share


def environment(prefix: Path, **more: str) -> dict[str, str]:
    """This process's environment with `prefix` as the only ROS prefix."""
    return {**os.environ, "AMENT_PREFIX_PATH": str(prefix), **more}


Expander = Callable[..., tuple[Command, ...]]


def expander(folder: Path, base: Mapping[str, str] | None = None) -> Expander:
    """`expand` for tests: `expand_(body, name="value", ...)` in `folder`."""

    def expand_(body: str, **given: str) -> tuple[Command, ...]:
        return expand(schema.read(launch_file(folder, body)), given, base or dict(os.environ))

    return expand_


class Launch:
    """`descant launch` as a process of its own: its lines as they come, signals, exit status."""

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        unset: tuple[str, ...] = (),
        stop_timeout_s: float = 5.0,
    ) -> None:
        main = f"service.STOP_TIMEOUT_S = {stop_timeout_s}; sys.exit(cli.main())"
        inherited = {name: value for name, value in os.environ.items() if name not in unset}
        self.lines: list[str] = []
        self._more = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{_IMPORTS}; {main}", "launch", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**inherited, **(env or {})},
            **OWN_GROUP,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def __enter__(self) -> Launch:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        self._reader.join(TIMEOUT_S)

    def line(self, pattern: str, *, count: int = 1) -> str:
        """Wait for the `count`-th line that holds `pattern` (a regular expression)."""

        def found() -> list[str]:
            return [line for line in self.lines if re.search(pattern, line)]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, TIMEOUT_S), (
                f"no line {count} with {pattern!r} within {TIMEOUT_S} s in {self.lines}"
            )
            return found()[count - 1]

    def ended(self) -> int:
        """Wait for the launcher's end and its last line; returns its exit status."""
        status = self.process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        return status


def shell(*commands: str) -> str:
    """A `cmd` attribute that runs shell commands in one process."""
    text = "; ".join(commands)
    return html.escape(f'/bin/sh -c "{text}"', quote=True)


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie, which only waits to be counted, does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; False where that takes too long."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(*pids: int) -> bool:
    """Wait until none of these processes runs; False where that takes too long."""
    return wait_for(lambda: not any(alive(pid) for pid in pids))


def installed_descant(folder: Path, *, script: str = TELL) -> Path:
    """A prefix with this checkout's launch files and nodes that only tell how they were started."""
    checkout = Path(__file__).parents[2]
    nodes = (
        "piano",
        "learner",
        "synth",
        "synth_standby",
        "recorder",
        "conductor",
        "camera",
        "stage",
    )
    share = package(folder / "prefix", "descant", *nodes, script=script)
    shutil.copytree(checkout / "launch", share / "launch")
    (share / "config").mkdir()
    shutil.copy(checkout / "config" / "fastdds.xml", share / "config")
    for profile in ("paper", "original"):
        shutil.copy(checkout / "config" / f"{profile}.yaml", share / "config")
    return folder / "prefix"


def run_once(prefix: Path) -> None:
    """Start the nodes of an installed_descant() no more than once: they end at once."""
    graph = prefix / "share" / "descant" / "launch" / "graph.launch.xml"
    text = graph.read_text(encoding="utf-8")
    graph.write_text(text.replace('respawn="true"', 'respawn="false"'), encoding="utf-8")
