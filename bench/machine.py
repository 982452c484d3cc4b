# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The machine that figures are taken on, in words."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

# Module and the distribution that brings it: those a figure may depend on.
LIBRARIES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "torch": "torch",
    "jax": "jax",
    "rclpy": "ros-rclpy",
    "cv2": "opencv-python-headless",
    "glumpy": "glumpy",
    "OpenGL": "PyOpenGL",
    "av": "av",
    "pyo": "pyo",
    "supriya": "supriya",
    "mcap": "mcap",
    "pyarrow": "pyarrow",
}
WHO_DRAWS = """
from descant.stage.offscreen import Offscreen
from descant.stage.opengl import renderer_name
canvas = Offscreen(64, 64)
print(renderer_name())
"""


def machine() -> str:
    """Processor, cores, memory, system, Python: one line."""
    return ", ".join(
        (
            processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"{memory_gib():.0f} GiB",
            f"{platform.system()} {platform.release().partition('-')[0]}",
            f"Python {platform.python_version()}",
        )
    )


def processor() -> str:
    """Its model name."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip().replace("(R)", "").replace("(TM)", "")
    return platform.processor() or platform.machine()


def memory_gib() -> float:
    """All of it."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def versions() -> Iterator[str]:
    """Of those libraries that this process has loaded, "numpy 2.4.6"."""
    for module, distribution in LIBRARIES.items():
        if module in sys.modules:
            try:
                yield f"{distribution} {metadata.version(distribution)}"
            except metadata.PackageNotFoundError:  # from the system, or of another name
                yield distribution


def renderer() -> str:
    """Who draws here. In a process of its own, since a driver may take all down with it."""
    run = subprocess.run(
        [sys.executable, "-c", WHO_DRAWS], capture_output=True, text=True, timeout=60, check=False
    )
    lines = run.stdout.split("\n")
    return lines[-2] if run.returncode == 0 and len(lines) > 1 else "no OpenGL"


def busy(seconds: float = 2.0) -> float:
    """Share of the processor that others use during the next `seconds`, 0..1."""
    before = _ticks()
    time.sleep(seconds)
    idle, total = (after - then for after, then in zip(_ticks(), before, strict=True))
    return 1.0 - idle / total if total else 0.0


def _ticks() -> tuple[int, int]:
    """Idle and all, of all cores."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return fields[3] + fields[4], sum(fields)
