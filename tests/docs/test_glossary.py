# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every place that the glossary names exists, and every term stands there once."""

from __future__ import annotations

import pkgutil
import re

import pytest

from support.pages import ROOT, text

PAGE = text("docs/glossary.md")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$", PAGE, re.MULTILINE)
TERMS = [term for term, _, _ in ROWS]


def test_every_row_is_read() -> None:
    assert len(ROWS) == PAGE.count("\n|") - 2
    assert len(ROWS) > 40


def test_terms_are_in_order_and_stand_once() -> None:
    assert sorted(TERMS, key=str.lower) == TERMS
    assert len(set(TERMS)) == len(TERMS)


@pytest.mark.parametrize(("term", "place"), [(term, place) for term, _, place in ROWS])
def test_the_place_of_a_term_exists(term: str, place: str) -> None:
    if "/" in place:
        assert (ROOT / place).exists(), term
        return
    if place.startswith("descant.nodes"):
        pytest.importorskip("rclpy", reason="rclpy is not installed")
    assert pkgutil.resolve_name(place) is not None, term
