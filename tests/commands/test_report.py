# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""descant report, from bags on disk to a page."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from descant.commands.report import command
from descant.errors import UserError
from support.reporting import faulty, played

pytestmark = pytest.mark.slow


def run(*arguments: object):
    return CliRunner().invoke(command, [str(a) for a in arguments], standalone_mode=False)


def test_one_bag_becomes_a_page_and_figures(tmp_path):
    bag = played(tmp_path / "tonight", 80)
    result = run(bag, "-o", tmp_path / "r.html", "--figures", tmp_path / "f", "--format", "svg")
    assert result.exception is None
    assert f"{tmp_path / 'r.html'}: 1 recording, " in result.output
    assert (tmp_path / "f" / "time.svg").exists()
    assert "<h1>tonight</h1>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_folder_of_bags_is_shown_side_by_side_and_bad_ones_are_left_out_where_asked(tmp_path):
    played(tmp_path / "bags" / "one", 80)
    faulty(tmp_path / "bags" / "two")
    bad = tmp_path / "bags" / "bad"
    bad.mkdir()
    (bad / "bad_0.mcap").write_bytes(b"no bag at all")
    given = (tmp_path / "bags", "-o", tmp_path / "r.html", "--title", "Two evenings")
    stopped = run(*given)
    assert "bad_0.mcap is not an MCAP file" in str(stopped.exception)
    assert not (tmp_path / "r.html").exists()
    result = run(*given, "--keep-going")
    assert result.exception is None, result.exception
    assert result.return_value == 1
    assert f"{bad}: left out: " in result.output
    assert ": 2 recordings, " in result.output
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h1>Two evenings</h1>" in page
    assert "Comparison." in page
    assert page.count('<section class="timeline"') == 2
    assert "nothing was learned" in page


def test_a_bag_that_is_none_is_named_and_no_page_is_left(tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad_0.mcap").write_bytes(b"no bag at all")
    result = run(tmp_path / "bad", "-o", tmp_path / "r.html", "--keep-going")
    assert isinstance(result.exception, UserError)
    assert "bad_0.mcap is not an MCAP file" in str(result.exception)
    assert not (tmp_path / "r.html").exists()
