# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The pages about faults name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCS = TESTS.parent / "docs"


@pytest.mark.parametrize("page", ["faults.md", "participants.md"])
def test_every_test_that_is_named_exists(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/)?([a-z_/]*test_[a-z_0-9]+\.py)`", text))
    assert named
    assert [name for name in sorted(named) if not (TESTS / name).is_file()] == []
