"""The outcome of a grid as a table in a file: Parquet or CSV, one row a variant."""

from __future__ import annotations

import csv
import importlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.errors import UserError
from descant.parameters import Value
from descant.whatif.grid import Variant
from descant.whatif.measures import Measures

SUFFIXES = (".parquet", ".csv")
# Name, type in Arrow's words, meaning: the measures of a row, behind `variant` and the parameters.
COLUMNS = (
    ("episodes", "int64", "episodes that were begun"),
    ("converged", "double", "share of them that converged, 0..1; null without episodes"),
    ("steps_to_converge", "double", "median steps of those that did; null if none"),
    ("diverged", "int64", "attempts that diverged"),
    ("mean_loss", "double", "mean loss over time, from the first state to the end"),
    ("peak_loss", "double", "highest loss"),
    ("mean_dissonance", "double", "sensory dissonance (Sethares 1993), meant over the performance"),
    ("states", "int64", "states of the learner"),
)


@dataclass(frozen=True)
class Row:
    """Variant 0 is the performance as it was; `values` hold every parameter of the grid."""

    number: int
    values: Variant
    measures: Measures

    def column(self, name: str) -> int | float | None:
        """One of `COLUMNS`."""
        if name == "mean_dissonance":
            return self.measures.mean_dissonance
        found: int | float | None = getattr(self.measures.learned, name)
        return found


class Output:
    """A file for the outcome, made sure of before anything is computed.

    `UserError` where it cannot be written. What is there already stays until `write` is done.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise UserError(f"{path}: expected a name that ends in {' or '.join(SUFFIXES)}")
        if path.suffix.lower() == ".parquet":
            _pyarrow()
        if path.is_dir():
            raise UserError(f"{path}: cannot write: it is a folder")
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        try:
            self._part.touch()
        except OSError as error:
            raise UserError(f"{path}: cannot write: {error.strerror or error}") from None

    def write(self, rows: Sequence[Row], about: dict[str, str]) -> None:
        """Write `rows`; a Parquet file carries `about` and what its columns mean."""
        try:
            if self._path.suffix.lower() == ".csv":
                _write_csv(self._part, rows)
            else:
                _write_parquet(self._part, rows, about)
            os.replace(self._part, self._path)
        except OSError as error:
            raise UserError(f"{self._path}: cannot write: {error.strerror or error}") from None

    def close(self) -> None:
        """Leave nothing half-written behind."""
        self._part.unlink(missing_ok=True)


def _pyarrow() -> Any:
    try:
        importlib.import_module("pyarrow.parquet")  # large, and only for Parquet
        return importlib.import_module("pyarrow")
    except ImportError:
        raise UserError("Parquet needs pyarrow: pip install pyarrow, or write a .csv") from None


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    parameters = list(rows[0].values)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["variant", *parameters, *(name for name, _, _ in COLUMNS)])
        for row in rows:
            measured = [row.column(name) for name, _, _ in COLUMNS]
            writer.writerow([row.number, *map(_cell, row.values.values()), *measured])


def _cell(value: Value) -> Value:
    """A list of numbers as --set would take it, and truth in its words."""
    if isinstance(value, tuple):
        return ",".join(map(repr, value))
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(path: Path, rows: Sequence[Row], about: dict[str, str]) -> None:
    arrow = _pyarrow()
    fields = [_field(arrow, "variant", "int64", "0: as it was; the others count from 1")]
    columns: list[list[Any]] = [[row.number for row in rows]]
    for name, value in rows[0].values.items():
        fields.append(_field(arrow, name, _type(value), "parameter"))
        columns.append([_listed(row.values[name]) for row in rows])
    for name, kind, meaning in COLUMNS:
        fields.append(_field(arrow, name, kind, meaning))
        columns.append([row.column(name) for row in rows])
    schema = arrow.schema(fields, metadata={"descant": json.dumps(about)})
    table = arrow.table(columns, schema=schema)
    arrow.parquet.write_table(table, path, compression="zstd")


def _field(arrow: Any, name: str, kind: str, meaning: str) -> Any:
    made = arrow.list_(arrow.float64()) if kind == "list" else arrow.type_for_alias(kind)
    return arrow.field(name, made, metadata={"description": meaning})


def _type(value: Value) -> str:
    kinds = {bool: "bool", int: "int64", float: "double", str: "string"}
    return kinds.get(type(value), "list")


def _listed(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value
