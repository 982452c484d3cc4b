# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""colcon builds the package with copies and with links: the same files, executables that run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import copy_checkout

pytestmark = [
    pytest.mark.proof,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(shutil.which("colcon") is None, reason="colcon is not installed"),
]

NODES = ("camera", "conductor", "learner", "piano", "recorder", "stage", "synth", "synth_standby")
# rosidl's: colcon copies them with the headers, and links the headers alone.
GENERATED_SOURCES = (".c", ".cpp")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with this checkout in it, not yet built."""
    folder = tmp_path_factory.mktemp("workspace")
    copy_checkout(folder / "src" / "descant")
    return folder


def environment() -> dict[str, str]:
    """The shell of somebody who has sourced ROS: this Python's, where it has the wheels."""
    found = [p for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    prefixes = os.pathsep.join([*found, sys.prefix])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {
        "AMENT_PREFIX_PATH": prefixes, "CMAKE_PREFIX_PATH": prefixes, "PATH": path
    }  # fmt: skip


def build(workspace: Path, name: str, *options: str) -> Path:
    """Build with colcon's `options`; returns the folder that the package is installed into."""
    command = [
        "colcon", "--log-base", f"log-{name}", "build", "--packages-select", "descant",
        "--base-paths", "src", "--build-base", f"build-{name}", "--install-base", name, *options,
        "--cmake-args", f"-DPython3_EXECUTABLE={sys.executable}",
    ]  # fmt: skip
    run = subprocess.run(
        command, cwd=workspace, env=environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    return workspace / name / "descant"


@pytest.fixture(scope="module")
def copied(workspace: Path) -> Path:
    return build(workspace, "copied")


@pytest.fixture(scope="module")
def linked(workspace: Path) -> Path:
    return build(workspace, "linked", "--symlink-install")


def files(installed: Path) -> set[str]:
    """Return the names of all installed files but bytecode and generated C sources."""
    found = (p for p in installed.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {
        str(p.relative_to(installed))
        for p in found
        if not ("include" in p.parts and p.suffix in GENERATED_SOURCES)
    }


def test_links_and_copies_are_the_same_files(copied: Path, linked: Path) -> None:
    assert files(linked) == files(copied)


def test_python_launch_and_data_files_are_links_to_the_checkout(
    linked: Path, workspace: Path
) -> None:
    checkout = workspace / "src" / "descant"
    [package] = linked.glob("lib/python*/*-packages/descant")
    for source, installed in (
        ("src/descant", package),
        ("nodes", package / "nodes"),
        ("launch", linked / "share/descant/launch"),
        ("config", linked / "share/descant/config"),
        ("share", linked / "share/descant"),
    ):
        names = [p.relative_to(checkout / source) for p in (checkout / source).rglob("*.*")]
        assert names
        for name in names:
            assert (installed / name).resolve() == (checkout / source / name).resolve()


@pytest.mark.parametrize("how", ["copied", "linked"])
def test_every_executable_runs(how: str, request: pytest.FixtureRequest) -> None:
    installed = request.getfixturevalue(how)
    setup = f'. "{installed.parent}/local_setup.sh" && exec "$0" "$@"'
    for name in (*NODES, "descant"):
        words = ["--help"] if name == "descant" else ["--ros-args", "-r", "no rule"]
        run = subprocess.run(
            ["sh", "-c", setup, str(installed / "lib" / "descant" / name), *words],
            cwd=installed.parent, env=environment(), capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        if name == "descant":
            assert (run.returncode, run.stderr) == (0, "")
            assert "launch" in run.stdout
        else:
            assert run.returncode != 0
            assert "no rule" in run.stderr
