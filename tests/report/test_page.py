# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page as text: complete, self-contained, and safe with any name."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from descant.errors import UserError
from descant.report import figure_list, style
from descant.report.analysis import Analysis, analyse
from descant.report.bag_data import load_bag
from descant.report.figure_list import recording_figures
from descant.report.output import write_figures, write_page
from descant.report.svg import inline
from support.reporting import analysed
from support.smalldisk import fill, small_disk

pytestmark = pytest.mark.slow

OLD_BAGS = Path(__file__).parents[1] / "recordings" / "0.1"


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    return analysed(tmp_path_factory.mktemp("bags") / "a <b> & 'c'")


@pytest.fixture(scope="module")
def text(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("pages") / "report.html"
    assert write_page([analysis], path) == path.stat().st_size
    return path.read_text(encoding="utf-8")


class Read(HTMLParser):
    """Collects tags, ids and whatever an element refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [v for k, v in attrs if k == "id"]
        self.refers += [v for k, v in attrs if k in ("src", "href", "xlink:href", "data", "action")]


def test_the_page_refers_to_nothing_outside_itself(text):
    assert all(reference.startswith("#") for reference in Read(text).refers)
    loaded = re.findall(r"url\(([^)]*)\)", text)
    assert all(place.strip("\"'").startswith(("#", "data:font/woff")) for place in loaded)
    assert "default-src 'none'" in text


def test_ids_are_unique_and_every_reference_finds_its_own(text):
    read = Read(text)
    assert len(read.ids) == len(set(read.ids))
    assert {reference[1:] for reference in read.refers} <= set(read.ids)


def test_a_name_with_markup_in_it_is_shown_as_it_is(text):
    assert "<h1>a &lt;b&gt; &amp; &#x27;c&#x27;</h1>" in text
    assert "a <b>" not in text


def test_the_time_axis_holds_every_note_and_state(text, analysis):
    [script] = re.findall(r'<script type="application/json">(.*?)</script>', text, flags=re.S)
    data = json.loads(script)
    start = np.frombuffer(base64.b64decode(data["notes"]["start"]), "<f4")
    assert start == pytest.approx(analysis.notes.start, abs=1e-3)
    loss = np.frombuffer(base64.b64decode(data["states"]["loss"]), "<f4")
    assert len(loss) == len(analysis.data.columns["states"]["loss"])
    dissonance = np.frombuffer(base64.b64decode(data["dissonance"]["value"]), "<f4")
    assert dissonance.max() == pytest.approx(analysis.series.dissonance.max(), rel=1e-6)


@pytest.mark.parametrize(("name", "parts"), [("part3", "3"), ("original", "1, 2, 3, 4")])
def test_a_recording_of_version_01_becomes_a_page_with_figures(tmp_path, name, parts):
    analysis = analyse(load_bag(OLD_BAGS / name))
    write_page([analysis], tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f"<dt>parts</dt><dd>{parts}</dd>" in page
    assert f'"label":"part {parts[0]}"' in page
    assert len(write_figures([analysis], tmp_path, "svg")) == 5


def test_figures_have_the_colours_of_the_page_and_short_numbers(analysis):
    with style.style():
        figures = {figure.name: figure for figure in recording_figures(analysis)}
    assert set(figures) == {
        "correlation", "learning_curves", "trajectories", "gradients", "latency",
    }  # fmt: skip
    drawn = inline(figures["learning_curves"].figure, "x", "Title & text")
    assert 'aria-label="Title &amp; text"' in drawn
    assert "var(--text)" in drawn
    assert style.colour("text") not in drawn
    assert not re.search(r"\d\.\d{3,}", drawn)


def test_the_same_recording_makes_the_same_page(text, analysis, tmp_path):
    write_page([analysis], tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("form", "sign"), [("pdf", b"/FontFile2"), ("svg", b"<path")])
def test_figures_for_print_carry_their_letters(analysis, tmp_path, form, sign):
    made = write_figures([analysis], tmp_path, form)
    assert sorted(path.name for path in made) == sorted(
        f"{name}.{form}"
        for name in (
            "time",
            "correlation",
            "learning_curves",
            "trajectories",
            "gradients",
            "latency",
        )
    )
    for path in made:
        assert sign in path.read_bytes()
        assert b"<text" not in path.read_bytes()


def test_a_page_that_cannot_be_written_is_one_line_and_leaves_nothing(
    analysis, tmp_path, monkeypatch
):
    monkeypatch.setattr("descant.report.output.page", lambda *_: "x")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot write"):
        write_page([analysis], tmp_path / "file" / "report.html")
    assert [path.name for path in Path(tmp_path).iterdir()] == ["file"]


def test_on_a_full_disk_the_former_page_and_figures_stay(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr(
        figure_list, "recording_figures", lambda analysis: iter(())
    )  # one is enough
    monkeypatch.setattr("descant.report.output.page", lambda *_: "x" * 100_000)
    with small_disk(tmp_path / "disk", 2_000) as disk:
        for name in ("page.html", "figures/time.pdf"):
            (disk / name).parent.mkdir(exist_ok=True)
            (disk / name).write_text("former")
        fill(disk, leave=8)
        with pytest.raises(UserError, match=r"page\.html: No space left on device"):
            write_page([analysis], disk / "page.html")
        with pytest.raises(UserError, match="figures: No space left on device"):
            write_figures([analysis], disk / "figures", "pdf")
        assert (disk / "page.html").read_text() == "former"
        assert [p.name for p in (disk / "figures").iterdir()] == ["time.pdf"]
        assert (disk / "figures" / "time.pdf").read_text() == "former"
