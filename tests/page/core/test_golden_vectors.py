# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The golden vectors are what Python's core computes today.

Where this fails, the core has changed: let the page's core in JavaScript follow, then write them
anew (`python -m support.golden_vectors --write` in tests/).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.golden_vectors import GOLDEN, golden_vectors

LARGEST = 150_000  # bytes


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return vectors


@pytest.fixture(scope="module")
def computed() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads(json.dumps(golden_vectors()))
    return vectors


def test_the_golden_vectors_are_what_python_computes(
    written: dict[str, Any], computed: dict[str, Any]
) -> None:
    assert list(written) == list(computed)
    for name, vectors in computed.items():
        if name != "dissonance":
            assert written[name] == vectors, name


def test_the_golden_dissonances_are_what_python_computes(
    written: dict[str, Any], computed: dict[str, Any]
) -> None:
    """NumPy's exp may differ in the last bit."""
    before, now = written["dissonance"], computed["dissonance"]
    for name in ("pair_found", "found"):
        assert before.pop(name) == pytest.approx(now.pop(name), rel=1e-13, abs=0.0)
    assert before == now


def test_the_golden_vectors_are_small() -> None:
    assert GOLDEN.stat().st_size < LARGEST
