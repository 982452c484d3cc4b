# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find the files of a bag, and free names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path

from descant.bags import metadata
from descant.errors import UserError
from descant.file_kinds import UNTOLD, FileKind, file_kind
from descant.plain_text import plain

_NUMBERED = re.compile(r"(?P<name>.*)_(?P<number>\d{1,5})\.mcap", re.DOTALL)
_MOST_NAMES = 5
"""Number of file names in one line."""


@dataclass(frozen=True)
class BagFolder:
    """The files of a bag in recorded order, and what else there is or should be.

    `strangers` are names of MCAP files in the folder that do not belong to the bag, `missing` names
    of files that do and are not there, `copies` those of files with the same content as another.
    """

    path: Path
    files: tuple[Path, ...]
    strangers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()

    @property
    def damage(self) -> tuple[str, ...]:
        """A line for a person where the bag is incomplete."""
        return (f"missing: {_listed(self.missing)}",) if self.missing else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for a person where files were passed over."""
        strangers = f"not part of the bag, not read: {_listed(self.strangers)}"
        copies = f"not read, since a copy of another file: {_listed(self.copies)}"
        lines = ((strangers, self.strangers), (copies, self.copies))
        return tuple(line for line, names in lines if names)


def bag_folder(path: Path) -> BagFolder:
    """Find the files of a bag: a folder or one MCAP file.

    They are those that metadata.yaml names. Where there is none, or an unreadable one, they are
    NAME_0.mcap, NAME_1.mcap .., or every MCAP file where no or several NAMEs are numbered. Hidden
    files, folders and dead links never belong. Raises `UserError` where there is no bag.
    """
    if path.exists() and not path.is_dir():
        kind = file_kind(path)
        if kind is not FileKind.BAG and not (kind in UNTOLD and path.suffix == ".mcap"):
            raise UserError(
                f"{path} is not a bag: expected a folder with .mcap files in it, found {kind.value}"
            )
        return BagFolder(path, (path,))
    if not path.is_dir():
        raise UserError(f"no bag {path}{_bags_near(path)}")
    there = [file.name for file in sorted(path.glob("*.mcap"), key=_order) if may_belong(file)]
    named = metadata.file_names(path)
    folder = path.resolve().name
    wanted = [_unpacked(each, there) for each in named] or _series(folder, there)
    copies = [] if named else _copies(path, wanted)
    wanted = [name for name in wanted if name not in copies]
    files = tuple(path / name for name in wanted if name in there)
    if not files:
        raise _no_files(path, named, there)
    missing = [name for name in wanted if name not in there]
    strangers = [name for name in there if name not in (*wanted, *copies)]
    missing += _gaps(wanted, folder, named=bool(named))
    return BagFolder(path, files, tuple(strangers), tuple(sorted(missing)), tuple(copies))


def bag_files(path: Path) -> list[Path]:
    """The MCAP files of a bag that exist, in recorded order; see `bag_folder`."""
    return list(bag_folder(path).files)


def numbered(path: Path) -> Iterator[Path]:
    """`path`, then NAME-2, NAME-3 .. in its place, without end."""
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))


def may_belong(file: Path) -> bool:
    """Whether an MCAP file is one that is read: not hidden, no folder and no dead link."""
    return not file.name.startswith(".") and file.is_file()


def _unpacked(name: str, there: Sequence[str]) -> str:
    """The name of a file that was compressed as a whole, and is decompressed now."""
    return unpacked if (unpacked := name.removesuffix(".zstd")) in there else name


def _series(folder: str, there: Sequence[str]) -> list[str]:
    """The files of a bag without metadata: NAME_0, NAME_1 .., where NAME is the folder's own or the
    only one there is; else all.
    """
    names = dict.fromkeys(match["name"] for name in there if (match := _NUMBERED.fullmatch(name)))
    series = folder if folder in names else next(iter(names)) if len(names) == 1 else None
    if series is None:
        return list(there)
    return [n for n in there if (match := _NUMBERED.fullmatch(n)) and match["name"] == series]


def _copies(path: Path, names: Sequence[str]) -> list[str]:
    """The names of files with the same content as one before of another NAME (see `bag_folder`)."""
    sizes: dict[int, list[Path]] = {}
    copies = []
    for file in (path / name for name in names):
        alike = sizes.setdefault(file.stat().st_size, [])
        others = [other for other in alike if _stem(other.name) != _stem(file.name)]
        if any(cmp(file, other, shallow=False) for other in others):
            copies.append(file.name)
        else:
            alike.append(file)
    return copies


def _stem(name: str) -> str:
    """NAME of NAME_0.mcap, else the whole name."""
    return match["name"] if (match := _NUMBERED.fullmatch(name)) else name


def _gaps(names: Sequence[str], folder: str, *, named: bool) -> list[str]:
    """The names that lack in NAME_0, NAME_1 .. .

    The first one may be another where NAME is not the folder's, NAME_0 is not there, and they are
    `named` by metadata.yaml, or have two digits: these are numbered by date perhaps.
    """
    matches = [match for name in names if (match := _NUMBERED.fullmatch(name))]
    numbers = {int(match["number"]): match["number"] for match in matches}
    series = {match["name"] for match in matches}
    if len(series) != 1:
        return []
    by_date = named or len(numbers[min(numbers)]) > 1
    if by_date and 0 not in numbers and folder not in series:
        return []
    lacking = (number for number in range(max(numbers)) if number not in numbers)
    return [f"{matches[0]['name']}_{number}.mcap" for number in lacking]


def _order(path: Path) -> tuple[int, str]:
    match = _NUMBERED.fullmatch(path.name)
    return (int(match["number"]) if match else -1, path.name)


def _no_files(path: Path, named: Sequence[str], there: Sequence[str]) -> UserError:
    """Why a folder is no bag that can be read."""
    if any(path.glob("*.mcap.zstd")):
        return UserError(
            f"{path} has MCAP files that are compressed as a whole: decompress them with unzstd"
        )
    if any(path.glob("*.db3")):
        return UserError(
            f"{path} is stored as sqlite3, expected mcap: convert it with ros2 bag convert"
        )
    if named:
        other = f"; give one of these files itself: {_listed(there)}" if there else ""
        return UserError(
            f"{path}: no file that its {metadata.NAME} names exists: {_listed(named)}{other}"
        )
    return UserError(f"{path} is not a bag: no .mcap file in it{_bags_near(path / 'x')}")


def _bags_near(path: Path) -> str:
    """The bags beside `path`, as the end of an error message."""
    if not path.parent.is_dir():
        return ""
    bags = sorted(p.parent.name for p in path.parent.glob("*/*.mcap"))
    names = list(dict.fromkeys(bags))
    return f"; bags in {path.parent}: {_listed(names)}" if names else ""


def _listed(names: Sequence[str]) -> str:
    """Some names on one line, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(plain, names[:_MOST_NAMES])) + more
