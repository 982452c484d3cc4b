# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What docs/research.md shows runs, and its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from descant.research.export import export, identify
from descant.research.tables import markdown
from support.performed import performed_bag, strokes

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "research.md").read_text(encoding="utf-8")

pytest.importorskip("pyarrow", reason="pyarrow is not installed")


def quoted(language: str) -> str:
    [text] = re.findall(rf"<!-- tested: .*? -->\n```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(text)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bag = performed_bag(tmp_path / "tonight", strokes(400))
    (tmp_path / "tables").mkdir()
    export(bag, tmp_path / "tables" / identify(bag).key, ("parquet",))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tables"


def test_the_tables_in_the_page_are_those_of_the_code() -> None:
    _, _, tables = PAGE.partition("<!-- checked: tables -->\n")
    assert tables == f"{markdown()}\n", "expected what `descant export --columns` prints"


def test_the_query_of_the_page_runs(tables: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    found = duckdb.sql(quoted("sql"))
    assert found.columns[:3] == ["performance", "converged", "episodes"]
    rows = found.fetchall()
    assert {row[0] for row in rows} == {path.name for path in tables.iterdir()}
    # One key every 100 ms, and both ends of an episode are counted.
    assert all(9.0 < row[5] < 25.0 for row in rows)


def test_the_measuring_of_the_page_runs(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(quoted("python"), {})
    assert re.fullmatch(
        r"r = -?\d\.\d\d at a lag of -?\d\.\d\d s, p = \d\.\d{3}\n", capsys.readouterr().out
    )
