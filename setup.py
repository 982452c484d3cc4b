# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Builds descant for pip from the same CMakeLists.txt that colcon uses.

Where ROS 2 can be imported (an installation that was sourced, or the wheels of the extra `ros`),
CMake makes the message types and installs the whole package into a staging folder, and its
contents go into the wheel: Python code as the package, everything else as data under the
environment's prefix (`lib/`, `share/`), which is where ROS looks for it.

Where it cannot (macOS, Windows), or with DESCANT_PURE=1, the wheel is pure Python: all but the
messages and the node executables.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution

ROOT = Path(__file__).resolve().parent
PURE = bool(os.environ.get("DESCANT_PURE"))  # leave the messages out even where ROS is found
WITH_ROS = not PURE and all(
    importlib.util.find_spec(m) for m in ("ament_package", "rosidl_generator_py")
)


class RosDistribution(Distribution):
    """With ROS the wheel holds compiled message libraries, so it belongs to one platform."""

    def has_ext_modules(self) -> bool:
        return WITH_ROS


class Build(build_py):
    """Runs CMake into a staging folder and deals its contents out to the wheel."""

    def run(self) -> None:
        package = Path(self.build_lib) / "descant"
        shutil.rmtree(package, ignore_errors=True)
        if WITH_ROS:
            self._take(self._stage(), package)
        else:
            self._copy_sources(package)

    def _stage(self) -> Path:
        """Configure, build and install with CMake; returns the folder it installed into."""
        # One build folder an environment: CMake's cache remembers where it found the ROS packages.
        tag = hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]
        build = (ROOT / "build" / f"cmake-{tag}").resolve()
        stage = (ROOT / "build" / "stage").resolve()
        shutil.rmtree(stage, ignore_errors=True)
        build.mkdir(parents=True, exist_ok=True)
        (ROOT / "build" / "AMENT_IGNORE").touch()  # ament's linters leave out what is made here
        prefixes = [*os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep), sys.prefix]
        path = os.pathsep.join(p for p in prefixes if p)
        env = {**os.environ, "AMENT_PREFIX_PATH": path, "CMAKE_PREFIX_PATH": path}
        env["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
        for step in (
            [
                "-S",
                str(ROOT),
                "-B",
                str(build),
                f"-DCMAKE_INSTALL_PREFIX={stage}",
                f"-DPython3_EXECUTABLE={sys.executable}",
                "-DBUILD_TESTING=OFF",
                "-DCMAKE_BUILD_TYPE=Release",
            ],
            ["--build", str(build), "--parallel"],
            ["--install", str(build)],
        ):
            result = subprocess.run(
                ["cmake", *step], env=env, text=True, capture_output=True, check=False
            )
            if result.returncode != 0:
                said = result.stdout[-4000:] + result.stderr[-4000:]
                sys.exit(f"cmake {step[0]} failed:\n{said}")
        return stage

    def _take(self, stage: Path, package: Path) -> None:
        [built] = stage.glob("lib/python*/*-packages/descant")
        shutil.copytree(built, package)
        outside = [p for p in stage.rglob("*") if p.is_file() and built.parent not in p.parents]
        self.distribution.data_files = sorted(
            (str(p.parent.relative_to(stage)), [os.path.relpath(p, ROOT)])
            for p in outside
            if not p.relative_to(stage).parts[0].startswith("include")
        )

    def _copy_sources(self, package: Path) -> None:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "src" / "descant", package, ignore=ignore)
        shutil.copytree(ROOT / "nodes", package / "nodes", ignore=ignore)
        shared = {"launch": "launch", "config": "config", "share": ""}
        self.distribution.data_files = sorted(
            (
                str(Path("share/descant") / target / p.parent.relative_to(ROOT / source)),
                [str(p.relative_to(ROOT))],
            )
            for source, target in shared.items()
            for p in (ROOT / source).rglob("*")
            if p.is_file()
        )


setup(
    packages=["descant"],
    package_dir={"descant": "src/descant"},
    distclass=RosDistribution,
    cmdclass={"build_py": Build},
)
