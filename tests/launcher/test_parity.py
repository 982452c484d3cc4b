# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The same launch files, run by ROS's own launch and by this launcher: every process must see the
same command line, parameters, environment and folder.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.launching import (
    NO_ROS_LAUNCH,
    ROS_LAUNCH,
    TIMEOUT_S,
    installed_descant,
    package,
    run_once,
)

PARITY = Path(__file__).parent / "parity"

pytestmark = pytest.mark.skipif(
    bool(NO_ROS_LAUNCH), reason=f"ROS's own launch is not installed: no {', '.join(NO_ROS_LAUNCH)}"
)


def _run(command: list[str], prefix: Path, folder: Path) -> dict[str, Any]:
    """What every process told, by the name the launcher gave it."""
    ros = os.environ.get("AMENT_PREFIX_PATH", sys.prefix)
    environment = {
        **os.environ,
        "AMENT_PREFIX_PATH": os.pathsep.join([str(prefix), ros]),
        "OVERRIDE_LAUNCH_PROCESS_OUTPUT": "screen",
        "ROS_LOG_DIR": str(folder / "log"),
        "TELL_GIVEN": "given",
    }
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S,
        check=False,
    )  # fmt: skip
    told = {}
    for line in done.stdout.splitlines():
        if match := re.fullmatch(r"\[([\w-]+)\] (\{.*\})", line):
            told[match[1]] = json.loads(match[2])
    assert told, done.stdout + done.stderr
    return {name: _comparable(report) for name, report in told.items()}


def _comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Parameter files as values: ROS's launch and ours quote texts differently."""
    words = [yaml.safe_load(w) if "ros__parameters" in w else w for w in report["words"]]
    return {**report, "words": words}


def _both(folder: Path, prefix: Path, path: Path, *words: str) -> tuple[Any, Any]:
    python = sys.executable
    ros = _run([python, str(ROS_LAUNCH), str(path), *words], prefix, folder)
    ours = _run([python, "-m", "descant.cli", "launch", str(path), *words], prefix, folder)
    return ros, ours


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["seed:=5", "source:=file:a.mid", "bag:=/tmp/bag"],
        ["source:=08:30", "choice:=a"],
        ["source:=12:30", "bag:=2024"],
        ["source:=yes", "bag:=1.5"],
        ["source:=a 'b' c"],
    ],
)
def test_everything_the_launcher_knows_is_as_in_ros(tmp_path: Path, words: list[str]) -> None:
    package(tmp_path / "prefix", "stub", "tell")
    words = [f"folder:={PARITY}", *words]
    ros, ours = _both(tmp_path, tmp_path / "prefix", PARITY / "all.launch.xml", *words)
    assert ours == ros


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["piano:=file:a show.mid", "bag:=out/bag", "sound:=wav:out.wav"],
        ["profile:=original", "seed:=42", "awaited:=learner"],
    ],
)
def test_part_1_is_as_in_ros(tmp_path: Path, words: list[str]) -> None:
    prefix = installed_descant(tmp_path)
    run_once(prefix)
    file = prefix / "share" / "descant" / "launch" / "part1.launch.xml"
    ros, ours = _both(tmp_path, prefix, file, *words)
    assert ours == ros
    assert len(ours) == (6 if any(word.startswith("bag:=") for word in words) else 5)
