# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find packages and their executables: in AMENT_PREFIX_PATH, then in this Python environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from descant.errors import UserError


def prefix(package: str, environment: Mapping[str, str]) -> Path:
    """Return the first prefix that holds `package`; `UserError` lists the folders searched."""
    paths = environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    searched = dict.fromkeys(Path(p) for p in (*paths, sys.prefix) if p)
    for folder in searched:
        index = folder / "share" / "ament_index" / "resource_index" / "packages" / package
        if os.path.isfile(index) or os.path.isdir(folder / "share" / package):
            return folder
    raise UserError(f"no package '{package}' in {', '.join(str(p) for p in searched)}")


def share(package: str, environment: Mapping[str, str]) -> Path:
    """Return the folder of a package's launch and configuration files."""
    return prefix(package, environment) / "share" / package


def executable(package: str, name: str, environment: Mapping[str, str]) -> str:
    """Return the path of a node's executable; `UserError` lists the executables of the package."""
    folder = prefix(package, environment) / "lib" / package
    found = shutil.which(name, path=str(folder))
    if found is None:
        names = sorted(p.name for p in folder.glob("*")) if os.path.isdir(folder) else []
        raise UserError(f"no executable '{name}' in {folder}; found: {', '.join(names) or 'none'}")
    return found


def check_program(name: str, environment: Mapping[str, str]) -> None:
    """Raise `UserError` if `name`, a program on the PATH or a path, cannot be run."""
    if shutil.which(name, path=environment.get("PATH")) is None:
        raise UserError(f"no program '{name}' on the PATH")
