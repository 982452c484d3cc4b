# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Foreign text is drawn as it is: no formula, no second line, no warning."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure

from descant.picture import palette
from descant.report import style
from descant.report.distributions import ComparedMeasure, comparison

TEXTS = [
    "$\\frac{$", "take $\\x$", "$", "\\$5 $", "bad\udcff", "e\x1b[31m", "new\nline", "演奏会 🎹",
    "a_b^{", "[red]a[/]", "%d {x} <b>&",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_drawn_as_it_is(text: str) -> None:
    figure = Figure(figsize=(2, 1))
    drawn = figure.text(0.1, 0.5, palette.literal(text), fontproperties=palette.font(9))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with palette.no_glyph_warnings():
            figure.savefig(io.BytesIO(), format="png")
    shown, is_formula = drawn._preprocess_math(drawn.get_text())
    assert not is_formula
    assert "\n" not in shown
    assert shown.count("$") == text.count("$")


def test_recordings_of_any_name_are_compared() -> None:
    measure = ComparedMeasure("loss", "", "loss", tuple(np.arange(3.0) for _ in TEXTS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with style.style():
            figure = comparison(TEXTS, [measure])
            for form in ("svg", "pdf"):
                figure.savefig(io.BytesIO(), format=form)
