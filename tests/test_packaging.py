# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What is packaged: everything with ROS, and what works without."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from descant.resources import resource
from support.checkout import copy_checkout, tracked_files

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pure_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip builds where there is no ROS, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    checkout = copy_checkout(folder / "checkout")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
               "--wheel-dir", str(folder), str(checkout)]  # fmt: skip
    run = subprocess.run(
        command,
        env={**os.environ, "DESCANT_PURE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    [wheel] = folder.glob("descant-*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def without_ros(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `descant` from the pure wheel in a process that cannot import ROS or any device."""
    script = f"""
import sys
for name in ("rclpy", "rcl_interfaces", "descant.msg", "rtmidi", "pyo", "jack", "sounddevice"):
    sys.modules[name] = None
sys.path.insert(0, {str(site)!r})
sys.argv = ["descant", *{list(arguments)!r}]
from descant.cli import main
sys.exit(main())
"""
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )


def test_without_ros_the_package_is_there_but_for_messages_and_executables(
    pure_wheel: Path,
) -> None:
    assert (pure_wheel / "descant" / "learner" / "core.py").is_file()
    assert (pure_wheel / "descant" / "nodes" / "learner.py").is_file()
    assert not (pure_wheel / "descant" / "msg").exists()
    [data] = pure_wheel.glob("descant-*.data")
    shared = data / "data" / "share" / "descant"
    assert (shared / "launch" / "part1.launch.xml").is_file()
    assert (shared / "config" / "paper.yaml").is_file()
    assert (shared / "midi" / "part1.mid").is_file()


def test_without_ros_what_needs_no_graph_works(pure_wheel: Path) -> None:
    run = without_ros(pure_wheel, "parameters", "learner")
    assert run.returncode == 0, run.stderr
    assert "learning_rate" in run.stdout


@pytest.mark.parametrize("words", [("cue", "panic"), ("demo",), ("launch", "part1")])
def test_without_ros_what_needs_the_graph_says_so_in_one_line(
    pure_wheel: Path, words: tuple[str, ...]
) -> None:
    run = without_ros(pure_wheel, *words)
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert "needs the ROS graph, and rclpy is missing" in line


@pytest.mark.parametrize(
    "parts",
    [("launch", "part1.launch.xml"), ("config", "paper.yaml"), ("config", "original.yaml"),
     ("config", "fastdds.xml"), ("midi", "part1.mid")],
)  # fmt: skip
def test_every_kind_of_data_file_is_installed(parts: tuple[str, ...]) -> None:
    assert resource(*parts).stat().st_size > 0


@pytest.mark.parametrize("node", ["piano", "learner", "synth", "recorder"])
def test_node_executables_are_installed_where_ros_looks(node: str) -> None:
    path = Path(sys.prefix) / "lib" / "descant" / node
    assert os.access(path, os.X_OK)


def test_a_source_distribution_has_all_that_a_build_needs(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / "checkout")
    command = [sys.executable, "setup.py", "-q", "sdist", "--dist-dir", str(tmp_path)]
    run = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    [archive] = tmp_path.glob("descant-*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    folders = ("config/", "launch/", "msg/", "nodes/", "share/", "src/", "srv/")
    wanted = {name for name in tracked_files() if name.startswith(folders)}
    wanted |= {"CMakeLists.txt", "package.xml", "setup.py", "scripts/executable.in"}
    assert wanted - names == set()
