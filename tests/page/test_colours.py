# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Contrast of the roles of colours in page.css (WCAG 2.1, level AA)."""

from __future__ import annotations

import re
from importlib import resources

import pytest

TEXT = 4.5  # least contrast of text
LINES = 3.0  # .. of edges and curves
WORDS = ("target", "learned", "residual", "loss", "gradient", "good", "bad")


def _roles(dark: bool) -> dict[str, str]:
    style = (resources.files("descant.page") / "web" / "page.css").read_text(encoding="utf-8")
    light, night = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return {**found, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night))} if dark else found


def _luminance(colour: str) -> float:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark):
    roles = _roles(dark)
    pairs = [
        *((name, "page") for name in ("text", "quiet", "accent", *WORDS)),
        *((name, "raised") for name in ("text", "quiet")),
        ("on-accent", "accent"),
        *((f"stage-{name}", "stage") for name in ("text", "quiet", "accent", *WORDS)),
    ]
    poor = {pair: _contrast(roles[pair[0]], roles[pair[1]]) for pair in pairs}
    assert {pair: found for pair, found in poor.items() if found < TEXT} == {}


@pytest.mark.parametrize("dark", [False, True])
def test_edges_of_controls_and_curves_can_be_seen(dark):
    roles = _roles(dark)
    pairs = [("edge", "page"), ("edge", "raised"), ("stage-edge", "stage"), ("stage-past", "stage")]
    poor = {pair: _contrast(roles[pair[0]], roles[pair[1]]) for pair in pairs}
    assert {pair: found for pair, found in poor.items() if found < LINES} == {}
