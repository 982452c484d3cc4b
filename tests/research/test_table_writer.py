# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Cells in CSV: lists are JSON, whatever is in them; texts are no formulas if that is asked for."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.research.schema import Column, Table
from descant.research.table_writer import TableWriter, _json

NUMBERS = st.lists(st.floats() | st.just(0.1))
WHOLE = st.lists(st.integers(0, 2**64 - 1))
TEXTS = st.lists(st.text("], [\"a'\\", max_size=5))


def columns(cells: st.SearchStrategy[list[object]]) -> st.SearchStrategy[list[object]]:
    """Cells of one kind, some of them missing."""
    return st.lists(st.none() | cells.map(tuple), max_size=6)


@given(column=columns(NUMBERS) | columns(WHOLE) | columns(TEXTS))
def test_each_list_is_its_own_json(column: list[object]) -> None:
    assert _json(column) == [None if cell is None else json.dumps(list(cell)) for cell in column]


@pytest.mark.parametrize("formats", [("csv",), ("csv", "parquet", "spreadsheet")])
def test_a_text_is_a_formula_unless_asked_otherwise(
    formats: tuple[str, ...], tmp_path: Path
) -> None:
    arrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    kinds = {"performance": "string", "text": "string", "number": "double", "list": "list<double>"}
    columns = tuple(Column(name, kind, "", "") for name, kind in kinds.items())
    writer = TableWriter(Table("t", "", columns), tmp_path, "=cmd()", formats)
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "a=1", "", None]
    for text in texts:
        writer.add((text, -1.5, (-1.0,)))
    writer.close()
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    quote = "'" if "spreadsheet" in formats else ""
    expected = [f"{quote}{text}" for text in texts[:7]]
    assert [row[1] for row in rows] == [*expected, "a=1", "", ""]
    assert {(row[0], row[2], row[3]) for row in rows} == {(f"{quote}=cmd()", "-1.5", "[-1.0]")}
    if "parquet" in formats:
        assert arrow.read_table(tmp_path / "t.parquet")["text"].to_pylist() == texts
