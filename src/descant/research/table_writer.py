# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write rows to Parquet and CSV files, one row group at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from descant.research.schema import Column, Table
from descant.spreadsheet import as_text

_LARGEST = 2**63 - 1
ROWS = 4096
"""Rows of a row group, the most that is kept in memory of a table; of wide tables a 16th."""
Row = tuple[Any, ...]


class TableWriter:
    """Writes one table of one performance as NAME.parquet, NAME.csv or both into a folder.

    A row is a tuple in the order of the table's columns without the first, `performance`, which is
    the same for all. The files are made at the start, so a table without rows is an empty file.
    With 'spreadsheet' among the formats no text of the CSV file is a formula.
    """

    def __init__(
        self, table: Table, folder: Path, performance: str, formats: Sequence[str]
    ) -> None:
        """Create the files; `OSError` where that fails."""
        import pyarrow.csv  # type: ignore[import-untyped]  # noqa: PLC0415 -- optional
        import pyarrow.parquet  # type: ignore[import-untyped]  # noqa: PLC0415 -- optional

        self._arrow: Any = pyarrow
        self._performance = performance
        self._rows: list[Row] = []
        self._group_size = ROWS // 16 if table.wide else ROWS
        self._columns = table.columns[1:]
        self._spreadsheet = "spreadsheet" in formats
        self._schema = table.arrow()
        self._flat = table.arrow(lists=False)
        self._parquet = self._csv = None
        self._files = ExitStack()
        if "parquet" in formats:
            texts = [column.name for column in table.columns if column.type_name == "string"]
            self._parquet = pyarrow.parquet.ParquetWriter(
                self._created(folder / f"{table.name}.parquet"),
                self._schema,
                compression="zstd",
                use_dictionary=texts,
            )
            self._files.callback(self._parquet.close)
        if "csv" in formats:
            self._csv = pyarrow.csv.CSVWriter(
                self._created(folder / f"{table.name}.csv"), self._flat
            )
            self._files.callback(self._csv.close)

    def add(self, row: Row) -> None:
        """Add one row; a full row group is written."""
        self._rows.append(row)
        if len(self._rows) >= self._group_size:
            self._write()

    def close(self) -> None:
        """Write the remaining rows and close the files."""
        if self._rows:
            self._write()
        self._files.close()

    def _created(self, path: Path) -> BinaryIO:
        """A new file; pyarrow itself opens none whose name is not UTF-8."""
        return self._files.enter_context(path.open("wb"))

    def _write(self) -> None:
        columns = list(zip(*self._rows, strict=True))
        count = len(self._rows)
        self._rows.clear()
        if self._parquet is not None:
            self._parquet.write_table(self._batch(self._performance, columns, count, self._schema))
        if self._csv is not None:
            cells = [self._cells(*pair) for pair in zip(self._columns, columns, strict=True)]
            name = as_text(self._performance) if self._spreadsheet else self._performance
            self._csv.write_table(self._batch(name, cells, count, self._flat))

    def _cells(self, column: Column, values: Sequence[Any]) -> Sequence[Any]:
        """The values of a column as CSV can hold them."""
        if column.is_list:
            return _json(values)
        if self._spreadsheet and column.type_name == "string":
            return [None if value is None else as_text(value) for value in values]
        return values

    def _batch(self, key: str, columns: Sequence[Sequence[Any]], count: int, schema: Any) -> Any:
        arrays = [self._array(*pair) for pair in zip(columns, schema.types[1:], strict=True)]
        return self._arrow.Table.from_arrays(
            [self._arrow.repeat(key, count), *arrays], schema=schema
        )

    def _array(self, values: Sequence[Any], kind: Any) -> Any:
        """A column; a count of a damaged message that no count reaches is null."""
        try:
            return self._arrow.array(values, kind)
        except OverflowError:
            fitting = [None if abs(value or 0) > _LARGEST else value for value in values]
            return self._arrow.array(fitting, kind)


def _json(column: Sequence[Any]) -> list[str | None]:
    """Return lists as JSON texts: CSV has no lists."""
    cells = [list(cell) for cell in column if cell is not None]
    texts = iter(_json_texts(cells))
    return [None if cell is None else next(texts) for cell in column]


def _json_texts(cells: list[list[Any]]) -> list[str]:
    """Return each list as JSON; lists of numbers by one call, which is twice as fast."""
    if any(isinstance(cell[0], str) for cell in cells if cell):
        return [json.dumps(cell) for cell in cells]
    return [f"[{inside}]" for inside in json.dumps(cells)[2:-2].split("], [")] if cells else []
