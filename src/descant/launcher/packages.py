"""Where packages and their executables lie: AMENT_PREFIX_PATH, then this Python environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from descant.errors import UserError


def prefixes(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders that are searched, in order."""
    paths = environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    return tuple(dict.fromkeys(Path(p) for p in (*paths, sys.prefix) if p))


def prefix(package: str, environment: Mapping[str, str]) -> Path:
    """The first prefix that holds `package`; `UserError` says where was searched."""
    searched = prefixes(environment)
    for folder in searched:
        index = folder / "share" / "ament_index" / "resource_index" / "packages" / package
        if index.is_file() or (folder / "share" / package).is_dir():
            return folder
    raise UserError(f"no package '{package}' in {', '.join(str(p) for p in searched)}")


def share(package: str, environment: Mapping[str, str]) -> Path:
    """The folder of a package's launch and configuration files."""
    return prefix(package, environment) / "share" / package


def executable(package: str, name: str, environment: Mapping[str, str]) -> Path:
    """A node's executable; `UserError` lists the ones there are."""
    folder = prefix(package, environment) / "lib" / package
    found = shutil.which(name, path=str(folder))
    if found is None:
        there = sorted(p.name for p in folder.glob("*")) if folder.is_dir() else []
        present = f"there: {', '.join(there)}" if there else "there are none"
        raise UserError(f"no executable '{name}' in {folder}; {present}")
    return Path(found)


def program(name: str, environment: Mapping[str, str]) -> str:
    """The full path of a program on PATH, or of a path; `UserError` if it cannot be run."""
    found = shutil.which(name, path=environment.get("PATH"))
    if found is None:
        raise UserError(f"no program '{name}' on the PATH")
    return found
