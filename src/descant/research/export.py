"""One bag into one folder of tables: a pure function of the bag, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from descant.bags.files import bag_files
from descant.bags.scan import Record, Scan
from descant.errors import UserError
from descant.research.missed_events import Missed
from descant.research.rows import Rows, complete
from descant.research.tables import every_table
from descant.research.writing import TableWriter
from descant.types import NANOSECONDS


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a performance from every other: the bag's name and its first moment.

    `key` is 'NAME@20261122T200000.123456789Z', the column `performance` of every table and the
    name of the performance's folder. It is the same for a mended, moved or copied bag.
    """

    bag: Path
    name: str
    start_ns: int

    @property
    def key(self) -> str:
        """Bag's name and the log time of its first message, UTC."""
        seconds, nanoseconds = divmod(self.start_ns, NANOSECONDS)
        moment = datetime.fromtimestamp(seconds, timezone.utc)
        return f"{self.name}@{moment:%Y%m%dT%H%M%S}.{nanoseconds:09d}Z"


@dataclass(frozen=True, slots=True)
class Exported:
    """One performance that was exported; `remarks` are lines for a person."""

    key: str
    messages: int
    remarks: tuple[str, ...]


def identify(bag: Path) -> Identity:
    """Which performance a bag holds. `UserError` where there is no bag or no message in it."""
    for file in bag_files(bag):
        for record in Scan(file).records():
            name = bag.resolve().name.removesuffix(".mcap")
            return Identity(bag, name, record.log_time_ns)
    raise UserError(f"{bag}: no message in this bag")


def export(bag: Path, folder: Path, formats: Sequence[str]) -> Exported:
    """Write every table of `bag` into `folder`, which is made; see `tables` for what is in them.

    `formats` are 'parquet' and 'csv', one or both. Raises `UserError` where there is no bag or
    what is in it cannot be read, and leaves the folder as far as it was written.
    """
    identity = identify(bag)
    folder.mkdir(parents=True)
    records = Records(bag)
    rows = complete(lambda missed: _write(records, folder, identity, formats, missed))
    return Exported(identity.key, records.count, (*records.damage, *_orphans(rows.orphans)))


def _write(
    records: Records, folder: Path, identity: Identity, formats: Sequence[str], missed: Missed
) -> Rows:
    """Write every table, over what was written before."""
    bag = identity.bag
    with ExitStack() as stack:
        writers = {}
        for table in every_table():
            writers[table.name] = TableWriter(table, folder, identity.key, formats)
            stack.callback(writers[table.name].close)
        add = {name: writer.add for name, writer in writers.items()}
        rows = Rows(str(bag), identity.start_ns, add, missed)
        for record in records:
            rows.take(record)
        rows.close()
        if not rows.taken:
            raise UserError(f"{bag}: nothing of descant in this bag")
        seconds = (records.end_ns - identity.start_ns) / NANOSECONDS
        damage = "; ".join(records.damage)
        add["performances"]((identity.name, identity.start_ns, seconds, records.count, damage))
    return rows


class Records:
    """The messages of all files of a bag, as often as they are asked for, and afterwards what there
    is to say of them."""

    def __init__(self, bag: Path) -> None:
        self._bag = bag
        self._begin()

    def _begin(self) -> None:
        self.damage: list[str] = []
        self.count = 0
        self.end_ns = 0

    def __iter__(self) -> Iterator[Record]:
        self._begin()
        for file in bag_files(self._bag):
            scan = Scan(file)
            for record in scan.records():
                self.count += 1
                self.end_ns = max(self.end_ns, record.log_time_ns)
                yield record
            if scan.damage:
                self.damage.append(f"{file.name}: {scan.damage}")


def _orphans(count: int) -> tuple[str, ...]:
    return (f"{count} releases without their onset left out",) if count else ()
