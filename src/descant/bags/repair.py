"""Repair a bag that was cut off: keep every whole message, write summary and metadata.yaml."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import bag_files, numbered
from descant.bags.info import examine, is_described
from descant.bags.locking import is_locked
from descant.bags.mcapfile import McapFile
from descant.bags.scan import Scan
from descant.bags.topics import FileStatistics
from descant.errors import UserError


@dataclass(frozen=True)
class RepairedFile:
    """A rewritten file: its damage before, its messages now, where the old file was kept."""

    file: Path
    damage: str
    messages: int
    original: Path | None


@dataclass(frozen=True)
class RepairResult:
    """The rewritten files, whether metadata.yaml was written, and the messages of the whole bag."""

    files: tuple[RepairedFile, ...]
    metadata_written: bool
    messages: int


def repair(path: Path, *, keep: bool = True) -> RepairResult:
    """Rewrite the damaged files of a bag (folder or one MCAP file) and its metadata.yaml.

    Each file is replaced atomically once the new one is on the disk; with `keep` the old one stays
    beside it as NAME.mcap.orig. Whole files are not touched. Raises `UserError` where there is no
    bag, it is being recorded, or the disk is full.
    """
    paths = bag_files(path)
    for file in paths:
        if is_locked(file):
            raise UserError(f"{file} is being recorded: stop the recorder first")
    try:
        return _repair(path, paths, keep=keep)
    except OSError as error:
        raise UserError(f"cannot repair {path}: {error.strerror}") from None


def _repair(path: Path, paths: list[Path], *, keep: bool) -> RepairResult:
    repaired: list[RepairedFile] = []
    files: list[FileStatistics] = []
    for file in paths:
        statistics, damage = examine(file)
        if damage:
            statistics = _rewrite(file)
            original = _replace(file, keep=keep)
            repaired.append(RepairedFile(file, damage, statistics.messages, original))
        files.append(statistics)
    outdated = path.is_dir() and not is_described(path, files)
    if outdated:
        metadata.write(path, files)
        metadata.sync(path)
    return RepairResult(tuple(repaired), outdated, sum(f.messages for f in files))


def _part(file: Path) -> Path:
    return file.with_name(f"{file.name}.part")


def _rewrite(file: Path) -> FileStatistics:
    """Write every whole message of `file` to FILE.part."""
    _part(file).unlink(missing_ok=True)
    out = McapFile(_part(file))
    scan = Scan(file)
    try:
        for record in scan.records():
            out.add_topic(record.topic)
            out.write(
                record.topic.name,
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
        _part(file).unlink(missing_ok=True)
        raise
    return replace(out.statistics(), name=file.name)


def _replace(file: Path, *, keep: bool) -> Path | None:
    """Replace `file` by FILE.part; return where the old file is kept."""
    original = None
    if keep:
        names = numbered(file.with_name(f"{file.name}.orig"))
        original = next(path for path in names if not path.exists())
        try:
            os.link(file, original)
        except OSError:  # a file system without hard links
            file.rename(original)
    _part(file).replace(file)
    return original
