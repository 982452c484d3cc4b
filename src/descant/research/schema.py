"""A table described once: its columns with type, unit and meaning.

From the description come the Arrow schema (with unit and meaning as each field's metadata, which
Parquet keeps) and the table in docs/research.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Counts are signed, though they are never below 0: a difference of two shall be what it is.
_NAMES = {
    "count": "int64", "id": "uint64", "time": "int64", "real": "float64", "text": "string",
    "yes": "bool", "reals": "list<float64>", "ids": "list<uint64>", "texts": "list<string>",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is one of count, id, time, real, text, yes (or no), and for lists reals,
    ids, texts; `unit` is '' for plain numbers and names."""

    name: str
    kind: str
    unit: str
    meaning: str

    @property
    def type_name(self) -> str:
        """The type as Arrow and Parquet call it."""
        return _NAMES[self.kind]

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

        whole, number = pyarrow.int64(), pyarrow.uint64()
        real, text = pyarrow.float64(), pyarrow.string()
        types = {
            "count": whole, "id": number, "time": whole, "real": real, "text": text,
            "yes": pyarrow.bool_(), "reals": pyarrow.list_(real), "ids": pyarrow.list_(number),
            "texts": pyarrow.list_(text),
        }  # fmt: skip
        return pyarrow.schema(
            [
                pyarrow.field(
                    column.name,
                    types[column.kind] if lists or not column.is_list else text,
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
