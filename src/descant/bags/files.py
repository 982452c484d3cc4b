"""Find the files of a bag, and free names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from descant.errors import UserError

_NUMBER = re.compile(r"_(\d+)\.mcap$")


def bag_files(path: Path) -> list[Path]:
    """The MCAP files of a bag, in recorded order.

    `path` is the bag's folder or one MCAP file. metadata.yaml is not read: a killed recorder leaves
    none, or an old one. Raises `UserError` where there is no bag.
    """
    if path.is_file():
        if path.suffix != ".mcap":
            raise UserError(f"{path} is not a bag: expected a folder with .mcap files in it")
        return [path]
    if not path.is_dir():
        raise UserError(f"no bag {path}{_bags_near(path)}")
    files = sorted(path.glob("*.mcap"), key=_order)
    if files:
        return files
    if any(path.glob("*.mcap.zstd")):
        raise UserError(
            f"{path} has MCAP files that are compressed as a whole: decompress them with unzstd"
        )
    if any(path.glob("*.db3")):
        raise UserError(
            f"{path} is stored as sqlite3, expected mcap: convert it with ros2 bag convert"
        )
    raise UserError(f"{path} is not a bag: no .mcap file in it{_bags_near(path / 'x')}")


def numbered(path: Path) -> Iterator[Path]:
    """`path`, then NAME-2, NAME-3 .. in its place, without end."""
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))


def _order(path: Path) -> tuple[int, str]:
    match = _NUMBER.search(path.name)
    return (int(match[1]) if match else -1, path.name)


def _bags_near(path: Path) -> str:
    """The bags beside `path`, as the end of an error message."""
    if not path.parent.is_dir():
        return ""
    bags = sorted(p.parent.name for p in path.parent.glob("*/*.mcap"))
    names = list(dict.fromkeys(bags))
    return f"; bags in {path.parent}: {', '.join(names[:5])}" if names else ""
