# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What pyproject.toml declares."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib

ROOT = Path(__file__).parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def layers() -> list[set[str]]:
    """The packages and modules of each line of import-linter's layers, from the top down."""
    [contract] = [c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if "layers" in c]
    return [set(line.split(" | ")) for line in contract["layers"]]


def requirements(*extras: str) -> set[str]:
    """Normalised names of the distributions that the package needs, with those of `extras`."""
    project = PYPROJECT["project"]
    chosen = [project["optional-dependencies"][extra] for extra in extras]
    texts = [text for part in (project["dependencies"], *chosen) for text in part]
    return {normalised(re.split(r"[^\w.-]", text)[0]) for text in texts}


def normalised(distribution: str) -> str:
    """The name of a distribution in PyPI's normal form."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
