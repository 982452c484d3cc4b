"""A table described once: its columns with type, unit and meaning.

From the description come the Arrow schema (with unit and meaning as each field's metadata, which
Parquet keeps) and the table in docs/research.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Counts are signed, though never below 0, so that a difference of two can be negative.
_TYPE_NAMES = {
    "count": "int64", "id": "uint64", "time": "int64", "real": "float64", "text": "string",
    "flag": "bool", "reals": "list<float64>", "ids": "list<uint64>", "texts": "list<string>",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is one of count, id, time, real, text, flag, and for lists reals, ids,
    texts; `unit` is '' for plain numbers and names."""

    name: str
    kind: str
    unit: str
    meaning: str

    @property
    def type_name(self) -> str:
        """The type as Arrow and Parquet call it."""
        return _TYPE_NAMES[self.kind]

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values."""
        return self.type_name.startswith("list")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `meaning` says what a row is; `wide` rows hold hundreds of numbers each."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    wide: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def arrow(self, *, lists: bool = True) -> Any:
        """The Arrow schema (`pyarrow.Schema`), with unit and meaning of every column as metadata.

        Without `lists` they are text: JSON, for CSV files.
        """
        import pyarrow  # type: ignore[import-untyped]  # noqa: PLC0415 -- optional

        def arrow_type(name: str) -> Any:
            if name.startswith("list"):
                return pyarrow.list_(arrow_type(name[5:-1])) if lists else pyarrow.string()
            return pyarrow.type_for_alias(name)

        return pyarrow.schema(
            [
                pyarrow.field(
                    column.name,
                    arrow_type(column.type_name),
                    metadata={"unit": column.unit, "meaning": column.meaning},
                )
                for column in self.columns
            ],
            metadata={"table": self.name, "meaning": self.meaning},
        )

    def markdown(self) -> str:
        """The table of its columns for a page of documentation."""
        lines = [f"### {self.name}", f"{self.meaning}", "", "| column | type | unit | meaning |"]
        lines.append("|---|---|---|---|")
        lines += [f"| `{c.name}` | {c.type_name} | {c.unit} | {c.meaning} |" for c in self.columns]
        return "\n".join(lines)


PERFORMANCE = Column("performance", "text", "", "bag's name and time of its first message (UTC)")


def recording_table(name: str, meaning: str, *columns: Column, wide: bool = False) -> Table:
    """A table of an export: its first column is `performance`."""
    return Table(name, meaning, (PERFORMANCE, *columns), wide)


def time_columns(name: str, meaning: str) -> tuple[Column, Column]:
    """A time in seconds from the recording's first message, and in nanoseconds since the epoch."""
    return (
        Column(name, "real", "s", f"{meaning}, from the recording's start"),
        Column(f"{name}_ns", "time", "ns", f"{meaning}, since the epoch"),
    )


STAMP = time_columns("time", "stamp: time of the cause")
