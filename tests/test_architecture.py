# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rules of the code that a test can check."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from support.project import normalised, requirements

ROOT = Path(__file__).parents[1]
CORES = sorted((ROOT / "src" / "descant").rglob("*.py"))
NODES = sorted((ROOT / "nodes").glob("*.py"))
ALL_NODES = sorted((ROOT / "nodes").rglob("*.py"))
ROS = ("rclpy", "descant.msg", "descant.nodes", "rcl_interfaces", "builtin_interfaces")
# Commands that use the graph: they import it in a function, after checking that ROS is there.
GRAPH_COMMANDS = {"commands/cue.py", "commands/demo.py", "commands/replay.py"}
CLOCKS = {"time", "monotonic", "time_ns", "monotonic_ns", "perf_counter", "perf_counter_ns", "now"}
# Imported in functions only, where they are used: every module imports without them.
DEVICES = (
    "OpenGL", "cv2", "descant.msg", "glfw", "glumpy", "jack", "pyo", "rclpy", "rtmidi",
    "sounddevice",
)  # fmt: skip
# Modules that read no clock.
PURE = (
    "camera/freeze.py",
    "camera/keyboard/",
    "camera/pace.py",
    "camera/shaping.py",
    "conductor/",
    "learner/",
    "picture/",
    "piano/decoder.py",
    "stage/bubbles.py",
    "stage/seeded_random.py",
    "stage/curves.py",
    "stage/distortion.py",
    "stage/easing.py",
    "stage/episode_curves.py",
    "stage/frame.py",
    "stage/graphs.py",
    "camera/image_conversion.py",
    "stage/ribbons.py",
    "stage/scene.py",
    "stage/settings.py",
    "stage/settings_transition.py",
    "stage/threads.py",
    "stage/tiles.py",
    "piano/player.py",
    "replay/midi.py",
    "replay/timeline.py",
    "synth/allocator.py",
    "synth/tuning.py",
)


def imports(path: Path, *, top_level: bool) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def touches_ros(names: set[str]) -> list[str]:
    return sorted(n for n in names if any(n == r or n.startswith(r + ".") for r in ROS))


@pytest.mark.parametrize("path", CORES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_nodes_import_ros(path: Path) -> None:
    only_top_level = str(path.relative_to(ROOT / "src" / "descant")) in GRAPH_COMMANDS
    assert touches_ros(imports(path, top_level=only_top_level)) == []


def test_every_node_imports_ros() -> None:
    assert NODES
    plain = [p.name for p in NODES if not touches_ros(imports(p, top_level=False))]
    assert plain == ["__init__.py"]


@pytest.mark.parametrize("path", CORES, ids=lambda p: str(p.relative_to(ROOT)))
def test_cores_never_read_a_clock(path: Path) -> None:
    relative = str(path.relative_to(ROOT / "src" / "descant"))
    if not relative.startswith(PURE):
        return
    calls = [
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in CLOCKS
        and isinstance(node.value, ast.Name)
        and node.value.id in ("time", "datetime")
    ]
    assert calls == []


def test_every_module_imports_without_devices_and_ros() -> None:
    """In a fresh process that can import no device library."""
    modules = [
        ".".join(("descant", *p.relative_to(ROOT / "src" / "descant").with_suffix("").parts))
        for p in CORES
        if p.name != "__init__.py"
    ]
    script = f"""
import importlib, sys
for name in {DEVICES!r}:
    sys.modules[name] = None
for name in {modules!r}:
    importlib.import_module(name)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr


def test_every_topic_field_has_a_comment() -> None:
    """Units, ranges and meaning stand in the .msg files, beside or just above each line."""
    for path in sorted((ROOT / "msg").glob("*.msg")):
        covered = False
        for line in path.read_text().splitlines():
            bare = line.strip()
            covered = "#" in line or (covered and bool(bare))
            stamp = bare == "std_msgs/Header header"  # its stamp is that of the message
            assert not bare or covered or stamp, f"{path.name}: {line}"


def test_every_imported_distribution_is_declared() -> None:
    """In pyproject.toml, or those of ROS in package.xml; and no other one is declared."""
    distributions = packages_distributions()
    optional = ("live", "stage", "film", "research", "cluster")
    declared = requirements(*optional, "ros")
    ros = re.findall(r"depend>(\w+)</", (ROOT / "package.xml").read_text(encoding="utf-8"))
    used: set[str] = set()
    for name in {found for path in (*CORES, *ALL_NODES) for found in third_party(path)} - {*ros}:
        found = {normalised(distribution) for distribution in distributions[name]} & declared
        assert found, f"{name} ({', '.join(distributions[name])}) is imported and not declared"
        used |= found
    assert requirements(*optional) - used == {"cython"}  # glumpy is built with it


def third_party(path: Path) -> set[str]:
    """Top-level names that a file imports, by a statement or by `import_module`."""
    names = {name.partition(".")[0] for name in imports(path, top_level=False)}
    by_name = r"(?:import_module|device_library)\(\"(\w+)"
    names |= set(re.findall(by_name, path.read_text(encoding="utf-8")))
    return names - {"descant", *sys.stdlib_module_names}


def test_packages_import_only_from_lower_layers() -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    run = subprocess.run(
        [ROOT / "scripts" / "layers.sh"],
        env=environment, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=" ".join,
)
def test_linters_and_types_are_clean(command: list[str]) -> None:
    tool = shutil.which(command[0], path=str(Path(sys.executable).parent))
    assert tool, f"{command[0]} is not installed: pip install 'descant[test]'"
    run = subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
