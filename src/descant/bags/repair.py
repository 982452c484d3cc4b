# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Repair a bag that was cut off: keep every whole message, write summary and metadata.yaml."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import BagFolder, bag_folder, numbered
from descant.bags.info import examine, is_described
from descant.bags.locking import is_locked
from descant.bags.mcapfile import McapFile
from descant.bags.scan import Scan
from descant.bags.topics import FileStatistics
from descant.errors import UserError, reason
from descant.plain_text import plain
from descant.whole_file import Unfinished

_Counts = Counter[tuple[str, str, bytes]]
"""Messages of each topic, type and definition."""


@dataclass(frozen=True)
class RepairedFile:
    """A rewritten file: its damage before, its messages now, where the old file was kept."""

    file: Path
    damage: str
    messages: int
    original: Path | None


@dataclass(frozen=True)
class RepairResult:
    """The rewritten files, whether metadata.yaml was written, and the messages of the whole bag.

    `missing` has a line where files of the bag are missing, and one for each that cannot be read:
    then metadata.yaml stays, which names them perhaps. `lack` is a line where metadata.yaml named
    more messages than there are.
    """

    files: tuple[RepairedFile, ...]
    metadata_written: bool
    messages: int
    missing: tuple[str, ...] = ()
    lack: str = ""


def repair(path: Path, *, keep: bool = True) -> RepairResult:
    """Rewrite the damaged files of a bag (folder or one MCAP file) and its metadata.yaml.

    Each file is replaced atomically once the new one is on the disk and has been read again; with
    `keep`, or where more than its end is damaged or would be lost, the old one stays beside it as
    NAME.mcap.orig. Whole files are not touched. Raises `UserError` where there is no bag, it is
    being recorded, or the disk is full.
    """
    folder = bag_folder(path)
    for file in folder.files:
        if is_locked(file):
            raise UserError(f"{file} is being recorded: stop the recorder first")
    try:
        return _repair(folder, keep=keep)
    except OSError as error:
        raise UserError(f"cannot repair {path}: {reason(error)}") from None


def _repair(folder: BagFolder, *, keep: bool) -> RepairResult:
    path = folder.path
    repaired: list[RepairedFile] = []
    files: list[FileStatistics] = []
    unread: list[UserError] = []
    for file in folder.files:
        _part(file).unlink(missing_ok=True)
        try:
            statistics, scan = examine(file)
        except UserError as error:
            unread.append(error)
            continue
        if scan.damage and not scan.only_cut and not statistics.messages:
            unread.append(UserError(f"{file}: no message can be read ({scan.damage})"))
            continue
        if scan.damage:
            with _rewritten(file) as new:
                statistics = replace(examine(new)[0], name=file.name)
                original = _replace(file, new, keep=keep or not scan.only_cut or scan.has_more)
            repaired.append(RepairedFile(file, scan.damage, statistics.messages, original))
        files.append(statistics)
    if not files:
        raise unread[0]
    missing = (*folder.damage, *(f"not read: {plain(str(error))}" for error in unread))
    messages = sum(file.messages for file in files)
    if not path.is_dir() or missing or is_described(path, files):
        return RepairResult(tuple(repaired), False, messages, missing)
    lack = metadata.shortfall(path, messages)
    metadata.write(path, files)
    metadata.sync(path)
    return RepairResult(tuple(repaired), True, messages, missing, lack)


def _part(file: Path) -> Path:
    """What a killed repair of version 0.3 left."""
    return file.with_name(f"{file.name}.part")


@contextmanager
def _rewritten(file: Path) -> Iterator[Path]:
    """Write every whole message of `file` into a new file, and yield it once it is checked."""
    hidden = Unfinished(file, folder=True)
    try:
        new = hidden.path / file.name
        expected = _write(file, new)
        statistics, scan = examine(new)
        found = _Counts()
        for topic, count in statistics.topics.items():
            found[topic.name, topic.message_type, topic.definition] += count
        if scan.damage or +found != expected:
            lost = f"{sum((expected - found).values())} messages would be lost"
            raise UserError(f"cannot repair {file}: {scan.damage or lost}")
        yield new
    finally:
        hidden.abort()


def _write(file: Path, new: Path) -> _Counts:
    """Copy every whole message; return how many there are."""
    counts = _Counts()
    out = McapFile(new)
    scan = Scan(file)
    try:
        for record in scan.records():
            topic = record.topic
            counts[topic.name, topic.message_type, topic.definition] += 1
            out.write(
                out.add_topic(topic),
                record.log_time_ns,
                record.publish_time_ns,
                record.data,
                record.sequence,
            )
        for topic in scan.topics:
            out.add_topic(topic)
        out.close()
    except BaseException:
        out.abandon()
        raise
    return counts


def _replace(file: Path, new: Path, *, keep: bool) -> Path | None:
    """Replace `file` by `new`; return where the old file is kept."""
    original = None
    if keep:
        names = numbered(file.with_name(f"{file.name}.orig"))
        original = next(path for path in names if not path.exists())
        try:
            os.link(file, original)
        except OSError:  # a file system without hard links
            file.rename(original)
    new.replace(file)
    return original
