# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The results of a grid as a Parquet or CSV file, one row for each variant."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.errors import UserError, writing
from descant.parameters import Value
from descant.spreadsheet import as_text
from descant.whatif.grid import Variant
from descant.whatif.measures import Measures
from descant.whole_file import Unfinished

SUFFIXES = (".parquet", ".csv")
# Name, Arrow type and meaning of the measures of a row, after `variant` and the parameters.
COLUMNS = (
    ("episodes", "int64", "number of episodes"),
    ("converged", "double", "share of episodes that converged, 0..1; null without episodes"),
    ("steps_to_converge", "double", "median number of steps of converged episodes; null if none"),
    ("diverged", "int64", "number of attempts that diverged"),
    ("mean_loss", "double", "mean loss over time, from the first state to the end"),
    ("peak_loss", "double", "highest loss"),
    (
        "mean_dissonance",
        "double",
        "sensory dissonance (Sethares 1993), mean over the performance",
    ),
    ("states", "int64", "number of states of the learner"),
)


@dataclass(frozen=True)
class Row:
    """Variant 0 is the unchanged performance; `values` has every parameter of the grid."""

    number: int
    values: Variant
    measures: Measures

    def column(self, name: str) -> int | float | None:
        """One of `COLUMNS`."""
        found: int | float | None = getattr(self.measures, name)
        return found


class ResultFile:
    """The file for the results, checked before anything is computed.

    `UserError` where it cannot be written. An existing file stays until `write` is done. If
    `spreadsheet`, no text of a CSV file is a formula.
    """

    def __init__(self, path: Path, *, spreadsheet: bool = False) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path}: expected a name that ends in {' or '.join(SUFFIXES)}")
        if path.suffix.lower() == ".parquet":
            _pyarrow()
        if path.exists() and not path.is_file():
            raise UserError(f"cannot write {path}: it is no file")
        self._path = path
        self._spreadsheet = spreadsheet
        with writing(path):
            self._file = Unfinished(path)

    def write(self, rows: Sequence[Row], about: dict[str, str]) -> None:
        """Write `rows`; a Parquet file has `about` and the columns' meanings as metadata."""
        with writing(self._path):
            if self._path.suffix.lower() == ".csv":
                _write_csv(self._file.path, rows, spreadsheet=self._spreadsheet)
            else:
                _write_parquet(self._file.path, rows, about)
            self._file.finish()

    def close(self) -> None:
        """Remove a half-written file."""
        self._file.abort()


def _pyarrow() -> Any:
    try:
        importlib.import_module("pyarrow.parquet")  # large, and only for Parquet
        return importlib.import_module("pyarrow")
    except ImportError:
        raise UserError("Parquet needs pyarrow: pip install pyarrow, or write a .csv") from None


def _write_csv(path: Path, rows: Sequence[Row], *, spreadsheet: bool) -> None:
    parameters = list(rows[0].values)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["variant", *parameters, *(name for name, _, _ in COLUMNS)])
        for row in rows:
            measured = [row.column(name) for name, _, _ in COLUMNS]
            values = [_cell(value) for value in row.values.values()]
            if spreadsheet:
                values = [as_text(value) if isinstance(value, str) else value for value in values]
            writer.writerow([row.number, *values, *measured])


def _cell(value: Value) -> Value:
    """A list of numbers as --set reads it, and true or false."""
    if isinstance(value, tuple):
        return ",".join(map(repr, value))
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(path: Path, rows: Sequence[Row], about: dict[str, str]) -> None:
    arrow = _pyarrow()
    numbers = [row.number for row in rows]
    columns: list[tuple[str, str, Sequence[Any], Any]] = [
        ("variant", "0: unchanged; the others count from 1", numbers, arrow.int64())
    ]
    for name in rows[0].values:
        columns.append((name, "parameter", [row.values[name] for row in rows], None))
    for name, kind, meaning in COLUMNS:
        values = [row.column(name) for row in rows]
        columns.append((name, meaning, values, arrow.type_for_alias(kind)))
    arrays = [arrow.array(values, type=kind) for _, _, values, kind in columns]
    fields = [
        arrow.field(name, array.type, metadata={"description": meaning})
        for (name, meaning, _, _), array in zip(columns, arrays, strict=True)
    ]
    schema = arrow.schema(fields, metadata={"descant": json.dumps(about)})
    with path.open("wb") as file:  # pyarrow itself opens none whose name is not UTF-8
        arrow.parquet.write_table(arrow.table(arrays, schema=schema), file, compression="zstd")
