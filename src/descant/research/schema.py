# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A table described once: its columns with type, unit and meaning.

From the description come the Arrow schema (with unit and meaning as each field's metadata, which
Parquet keeps) and the table in docs/research.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type_name` is Arrow's; counts are signed, though never below 0, so that a
    difference of two can be negative. `unit` is '' for plain numbers and names.
    """

    name: str
    type_name: str
    unit: str
    meaning: str

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


PERFORMANCE = Column("performance", "string", "", "bag's name and time of its first message (UTC)")


def recording_table(name: str, meaning: str, *columns: Column, wide: bool = False) -> Table:
    """A table of an export: its first column is `performance`."""
    return Table(name, meaning, (PERFORMANCE, *columns), wide)


def time_columns(name: str, meaning: str) -> tuple[Column, Column]:
    """A time in seconds from the recording's first message, and in nanoseconds since the epoch."""
    return (
        Column(name, "float64", "s", f"{meaning}, from the recording's start"),
        Column(f"{name}_ns", "int64", "ns", f"{meaning}, since the epoch"),
    )


STAMP = time_columns("time", "stamp: time of the cause")
