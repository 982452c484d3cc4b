# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Export one bag as a folder of tables: a pure function of the bag, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from descant.bags.bag_scan import BagScan
from descant.bags.performances import PerformanceChoice
from descant.errors import UserError
from descant.plain_text import plain
from descant.research.context import AddRow
from descant.research.missed_events import NO_EVENTS, MissedEvents
from descant.research.node_tables import DIAGNOSTICS
from descant.research.table_builder import TableBuilder
from descant.research.table_writer import TableWriter
from descant.research.tables import every_table
from descant.types import NANOSECONDS

_NODE = DIAGNOSTICS.names.index("node") - 1
"""Place in a row, which has no performance."""


@dataclass(frozen=True, slots=True)
class PerformanceId:
    """What distinguishes a performance from every other: the bag's name, with the namespace where
    it has several, and its earliest log time.

    `key` is 'NAME@20261122T200000.123456789Z', the column `performance` of every table and the
    name of the performance's folder. It is the same for a repaired, moved or copied bag.
    """

    bag: Path
    name: str
    start_ns: int

    @property
    def key(self) -> str:
        """Bag's name and its earliest log time, UTC."""
        seconds, nanoseconds = divmod(self.start_ns, NANOSECONDS)
        moment = datetime.fromtimestamp(seconds, timezone.utc)
        return f"{self.name}@{moment:%Y%m%dT%H%M%S}.{nanoseconds:09d}Z"


@dataclass(frozen=True, slots=True)
class ExportResult:
    """One exported performance; `remarks` are lines for a person."""

    key: str
    messages: int
    remarks: tuple[str, ...]


def identify(
    bag: Path, messages: BagScan | None = None, namespace: str | None = None
) -> PerformanceId:
    """Identify the performance in a bag, that in `namespace`, or whose `messages` were opened
    already.

    Raises `UserError` where there is no bag or no message in it.
    """
    messages = messages or BagScan(bag, namespace)
    if not messages.count:
        damage = "".join(f" ({line})" for line in messages.damage)
        raise UserError(f"{bag}: no message in this bag{damage}")
    name = plain(bag.resolve().name.removesuffix(".mcap"))
    if messages.choice.others:
        name += messages.choice.namespace.rstrip("/").replace("/", "-")
    return PerformanceId(bag, name, messages.start_ns)


def export(
    bag: Path, folder: Path, formats: Sequence[str], namespace: str | None = None
) -> ExportResult:
    """Write every table of `bag` into `folder`, which is made; see `tables` for what is in them.

    `formats` are 'parquet' and 'csv', one or both. Raises `UserError` where there is no bag or
    what is in it cannot be read, and leaves the folder as far as it was written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    return export_within(bag, folder, formats, namespace)


def export_within(
    bag: Path, folder: Path, formats: Sequence[str], namespace: str | None = None
) -> ExportResult:
    """Like `export`, into a folder whose parent is there; `OSError` where it is not."""
    messages = BagScan(bag, namespace)
    identity = identify(bag, messages)
    folder.mkdir()
    builder = build_complete(lambda missed: _write(messages, folder, identity, formats, missed))
    remarks = (*messages.damage, *messages.remarks, *builder.remarks)
    return ExportResult(identity.key, messages.count, remarks)


def _write(
    messages: BagScan,
    folder: Path,
    identity: PerformanceId,
    formats: Sequence[str],
    missed: MissedEvents,
) -> TableBuilder:
    """Write every table, and replace what an earlier reading wrote."""
    with ExitStack() as stack:
        writers = {}
        for table in every_table():
            writers[table.name] = TableWriter(table, folder, identity.key, formats)
            stack.callback(writers[table.name].close)
        add = {name: writer.add for name, writer in writers.items()}
        builder = build_tables(messages, identity, add, missed)
        if not builder.has_descant_topics:
            raise UserError(f"{identity.bag}: no Descant topics in this bag")
        seconds = (messages.end_ns - identity.start_ns) / NANOSECONDS
        damage = "; ".join(messages.damage)
        add["performances"]((identity.name, identity.start_ns, seconds, messages.count, damage))
    return builder


def build_tables(
    messages: BagScan,
    identity: PerformanceId,
    add: Mapping[str, AddRow],
    missed: MissedEvents,
) -> TableBuilder:
    """Read all messages and pass their rows to `add`; return the closed builder."""
    add = {**add, "diagnostics": _of_own_nodes(add["diagnostics"], messages.choice)}
    builder = TableBuilder(str(identity.bag), identity.start_ns, add, missed)
    for record in messages:
        builder.add_message(record)
    builder.close()
    return builder


def _of_own_nodes(add: AddRow, choice: PerformanceChoice) -> AddRow:
    """Add the rows of the performance's nodes: /diagnostics is one topic for all namespaces."""

    def add_own(row: tuple[Any, ...]) -> None:
        if choice.has_node(row[_NODE]):
            add(row)

    return add_own


def build_complete(read: Callable[[MissedEvents], TableBuilder]) -> TableBuilder:
    """Read a bag by `read`, which returns the closed builder; where notes or pedals are only in
    blocks, read it once more with these at their place. The first rows are to be dropped then.
    """
    builder = read(NO_EVENTS)
    missed = builder.missed
    if not missed.is_any:
        return builder
    del builder  # with its count of them
    return read(missed)
