# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the page's core may not use, as its results would differ from browser to browser."""

from __future__ import annotations

import re
from importlib import resources

import pytest

CORE = resources.files("descant.page") / "web" / "core"
MODULES = sorted(entry.name for entry in CORE.iterdir() if entry.name.endswith(".js"))
# Functions of Math that IEEE 754 or the language defines to the bit; PI is a constant.
EXACT = {"PI", "abs", "floor", "imul", "max", "min", "round", "sqrt", "trunc"}
INEXACT = {"dissonance.js": {"exp"}}
"""Module that no state depends on -> other functions of Math that it uses."""
WORLD = re.compile(
    r"\b(document|globalThis|navigator|Date|performance|setTimeout|fetch|localStorage)\b"
    r"|\bwindow\."
)


def code(name: str) -> str:
    return re.sub(r"^\s*//.*$|\s//\s.*$", "", (CORE / name).read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_only_exact_functions_are_on_the_way_to_a_state(name: str) -> None:
    used = set(re.findall(r"\bMath\.(\w+)", code(name)))
    assert used <= EXACT | INEXACT.get(name, set())
    assert "**" not in code(name)


@pytest.mark.parametrize("name", MODULES)
def test_the_core_has_no_clock_and_no_page(name: str) -> None:
    assert WORLD.findall(code(name)) == []
    assert all(path.startswith("./") for path in re.findall(r'from "([^"]+)"', code(name)))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_the_core_is_short(name: str) -> None:
    assert len((CORE / name).read_text("utf-8").splitlines()) < 250
