# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""descant export, from bags on disk to tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from descant.commands.export import command
from descant.errors import UserError
from descant.research.tables import every_table, markdown
from support.bags import notes_bag

pytest.importorskip("pyarrow", reason="pyarrow is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("bags")
    notes_bag(parent / "one", 5)
    notes_bag(parent / "two", 5)
    return parent


def run(*arguments: object):
    return CliRunner().invoke(command, [str(a) for a in arguments], standalone_mode=False)


@pytest.mark.parametrize(
    ("form", "suffixes"),
    [("parquet", {".parquet"}), ("csv", {".csv"}), ("both", {".parquet", ".csv"})],
)
def test_every_bag_of_a_folder_becomes_a_folder_of_tables(folder, tmp_path, form, suffixes):
    result = run(folder, "-o", tmp_path / "t", "--format", form, "--workers", 1)
    assert result.return_value == 0, result.exception
    assert f"{tmp_path / 't'}: 2 of 2 performances, 10 messages" in result.output
    made = list((tmp_path / "t").iterdir())
    assert {path.name.partition("@")[0] for path in made} == {"one", "two"}
    for performance in made:
        files = list(performance.iterdir())
        assert {file.suffix for file in files} == suffixes
        assert {file.stem for file in files} == {table.name for table in every_table()}


def test_a_bad_bag_is_one_line_and_with_keep_going_it_is_left_out(folder, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad_0.mcap").write_bytes(b"no bag at all")
    stopped = run(folder, tmp_path / "bad", "-o", tmp_path / "t", "--workers", 1)
    assert isinstance(stopped.exception, UserError)
    assert "bad_0.mcap is not an MCAP file" in str(stopped.exception)
    assert not (tmp_path / "t").exists()
    went_on = run(folder, tmp_path / "bad", "-o", tmp_path / "t", "--keep-going", "--workers", 1)
    assert went_on.return_value == 1
    assert "bad: left out:" in went_on.output
    assert "2 of 3 performances" in went_on.output


def test_the_columns_can_be_read_without_a_bag():
    result = run("--columns")
    assert result.output == markdown() + "\n"


def test_without_bags_or_folder_it_says_what_it_expects(folder):
    assert "expected BAG... -o DIR" in str(run().exception)
    assert "expected BAG... -o DIR" in str(run(folder).exception)


def test_cells_for_a_spreadsheet(tmp_path):
    notes_bag(tmp_path / "=cmd()", 5)
    result = run(
        tmp_path / "=cmd()",
        "-o",
        tmp_path / "t",
        "--format",
        "csv",
        "--spreadsheet",
        "--workers",
        1,
    )
    assert result.return_value == 0, result.exception
    [table] = (tmp_path / "t").glob("*/notes.csv")
    assert all(line.startswith("\"'=cmd()@") for line in table.read_text().splitlines()[1:])
