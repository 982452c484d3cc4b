# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The file of a grid, read back by others."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.whatif.measures import Measures
from descant.whatif.result_table import check_column, print_results, select_rows
from descant.whatif.results import COLUMNS, ResultFile, Row

BEFORE = Measures(50, 3, 1 / 3, 12.5, 0, 0.1, 0.9, 0.012)
NOTHING = Measures(0, 0, None, None, 0, None, None, 0.0)
VALUES = {
    "learner.seed": 2**53,
    "learner.learning_rate": 0.1,
    "learner.optimiser": "adam",
    "learner.sustain_holds": True,
    "synth.partial_balance": (1.0, 0.5),
}
ROWS = [Row(0, VALUES, BEFORE), Row(1, {**VALUES, "learner.learning_rate": 1 / 3}, NOTHING)]


def written(path: Path) -> Path:
    output = ResultFile(path)
    output.write(ROWS, {"input": "tonight"})
    output.close()
    return path


def test_parquet_has_typed_columns_and_says_what_they_mean(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    found = parquet.read_table(written(tmp_path / "grid.parquet"))
    assert found.column_names == ["variant", *VALUES, *(name for name, _, _ in COLUMNS)]
    first, second = found.to_pylist()
    assert first["learner.seed"] == 2**53
    assert second["learner.learning_rate"] == 1 / 3
    assert first["learner.sustain_holds"] is True
    assert first["synth.partial_balance"] == [1.0, 0.5]
    assert (first["converged"], first["steps_to_converge"]) == (1 / 3, 12.5)
    assert second["mean_loss"] is None
    assert second["mean_dissonance"] == 0.0
    assert str(found.schema.field("episodes").type) == "int64"
    assert json.loads(found.schema.metadata[b"descant"]) == {"input": "tonight"}
    assert b"Sethares" in found.schema.field("mean_dissonance").metadata[b"description"]


def test_csv_has_the_same_in_words(tmp_path: Path) -> None:
    with written(tmp_path / "grid.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert float(second["learner.learning_rate"]) == 1 / 3
    assert first["synth.partial_balance"] == "1.0,0.5"
    assert first["learner.sustain_holds"] == "true"
    assert (first["variant"], first["episodes"], second["converged"]) == ("0", "3", "")


@pytest.mark.parametrize("spreadsheet", [False, True])
def test_texts_are_no_formulas_where_that_is_asked_for(
    tmp_path: Path, *, spreadsheet: bool
) -> None:
    values = {"synth.detune": "-1 * loss", "stage.colour": (-1.0, 0.5), "learner.seed": -1}
    output = ResultFile(tmp_path / "grid.csv", spreadsheet=spreadsheet)
    output.write([Row(0, values, NOTHING)], {})
    _, row = csv.reader((tmp_path / "grid.csv").read_text().splitlines())
    quote = "'" if spreadsheet else ""
    assert row[1:4] == [f"{quote}-1 * loss", f"{quote}-1.0,0.5", "-1"]


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text("old")
    output = ResultFile(path)
    assert path.read_text() == "old"
    output.close()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["grid.csv"]
    assert written(path).read_text().startswith("variant,")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("grid.xlsx", r"expected a name that ends in \.parquet or \.csv"),
        ("folder.csv", "cannot write .*folder.csv: it is no file"),
        ("file.txt/grid.csv", "cannot write .*grid.csv: File exists"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(UserError, match=words):
        ResultFile(tmp_path / name)


def test_the_table_shows_the_performance_first_and_dashes_for_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_results(ROWS, "recorded")
    headings, first, second = (
        re.split(r" {2,}", line.strip()) for line in capsys.readouterr().out.splitlines()
    )
    assert headings[-2:] == ["peak loss", "dissonance"]
    assert (first[0], second[0]) == ("recorded", "1")
    assert (first[-2], second[-2]) == ("0.9", "-")
    assert (first[headings.index("converged")], second[headings.index("converged")]) == ("33%", "-")


def test_rows_are_sorted_with_those_without_a_number_last() -> None:
    rows = [Row(0, VALUES, BEFORE), Row(1, VALUES, NOTHING), Row(2, VALUES, BEFORE)]
    assert [row.number for row in select_rows(rows, 0, "mean_loss")] == [0, 2, 1]
    assert [row.number for row in select_rows(rows, 1, "mean_loss")] == [0, 2]
    assert [row.number for row in select_rows(rows, 1, None)] == [0, 1]


def test_an_unknown_column_to_sort_by_is_refused() -> None:
    with pytest.raises(UserError, match="--sort loss: no such column; there are: episodes,"):
        check_column("loss")
