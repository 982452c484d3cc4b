"""The page as text: whole, alone, and safe with any name."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from descant.errors import UserError
from descant.report import style
from descant.report.analysis import Analysis
from descant.report.figure_list import of_one
from descant.report.make import write_figures, write_page
from descant.report.svg import inline
from support.reporting import analysed


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
    assert start == pytest.approx(analysis.bars.start, abs=1e-3)
    loss = np.frombuffer(base64.b64decode(data["states"]["loss"]), "<f4")
    assert len(loss) == len(analysis.gathered.columns["states"]["loss"])
    dissonance = np.frombuffer(base64.b64decode(data["dissonance"]["value"]), "<f4")
    assert dissonance.max() == pytest.approx(analysis.courses.dissonance.max(), rel=1e-6)


def test_figures_have_the_colours_of_the_page_and_short_numbers(analysis):
    with style.style():
        shown = {figure.name: figure for figure in of_one(analysis)}
    assert set(shown) == {"correlation", "descents", "portraits", "gradients", "latency"}
    drawn = inline(shown["descents"].figure, "x", "Title & text")
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
        for name in ("time", "correlation", "descents", "portraits", "gradients", "latency")
    )
    for path in made:
        assert sign in path.read_bytes()
        assert b"<text" not in path.read_bytes()


def test_a_page_that_cannot_be_written_is_one_line_and_leaves_nothing(analysis, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot write"):
        write_page([analysis], tmp_path / "file" / "report.html")
    assert [path.name for path in Path(tmp_path).iterdir()] == ["file"]
