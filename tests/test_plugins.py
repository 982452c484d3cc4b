# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Registries: what the package brings, what is installed beside it, and what fails there."""

from __future__ import annotations

from pathlib import Path

import pytest

from descant import plugins
from descant.parameters import ParameterError
from descant.plugins import Registry
from support.plugins import outside_package

GROUP = "descant.kettles"
KETTLES = Registry(GROUP, "kettle", {"plain": "fractions:Fraction", "odd": "math:nowhere"})


def outside(folder: Path, points: str, code: str = "") -> object:
    """A package beside descant: the module `kettles` with `code`, and its entry points."""
    (folder / "kettles.py").write_text(code)
    return outside_package(folder, GROUP, points)


def test_what_is_built_in_needs_no_entry_point() -> None:
    assert KETTLES.names() == ("plain", "odd")
    assert KETTLES.load("plain").__name__ == "Fraction"
    assert KETTLES.make("plain", 1, 2) == 0.5
    KETTLES.check("lid", "odd")  # only the name is looked up


def test_names_from_outside_follow_in_order_of_the_alphabet(tmp_path: Path) -> None:
    with outside(tmp_path, "zinc = kettles:make\ncopper = kettles:make", "make = list"):
        assert KETTLES.names() == ("plain", "odd", "copper", "zinc")
        assert KETTLES.make("copper", "ab") == ["a", "b"]
        KETTLES.check("lid", "zinc")
        assert Registry("descant.others", "other", {}).names() == ()
    assert KETTLES.names() == ("plain", "odd")


def test_a_built_in_name_cannot_be_replaced_from_outside(tmp_path: Path) -> None:
    with outside(tmp_path, "plain = kettles:make", "make = list"):
        assert KETTLES.names() == ("plain", "odd")
        assert KETTLES.load("plain").__name__ == "Fraction"


def test_a_name_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match=r"^no kettle 'tin'; there are plain, odd$"):
        KETTLES.load("tin")
    with pytest.raises(ParameterError, match=r"^no kettle 'tin'; there are plain, odd$"):
        KETTLES.make("tin")
    message = r"^parameter 'lid' must be one of plain, odd, not 'tin'; no other"
    with pytest.raises(ParameterError, match=message):
        KETTLES.check("lid", "tin")


@pytest.mark.parametrize(
    ("point", "code", "reason"),
    [
        ("nowhere:make", "", "No module named 'nowhere'"),
        ("kettles:make", "", "module 'kettles' has no attribute 'make'"),
        ("kettles:make", "1 / 0", "division by zero"),  # whatever the module raises
        ("kettles:make", "def make(:", "invalid syntax"),
        ("kettles:make", "raise KeyError", "KeyError"),
        ("kettles:make", "raise OSError('no\\nwater')", "no water"),
    ],
)
def test_what_cannot_be_loaded_is_one_line(
    tmp_path: Path, point: str, code: str, reason: str
) -> None:
    expected = rf"^kettle 'bad' \({point}\) cannot be loaded: .*{reason}"
    with (
        outside(tmp_path, f"bad = {point}", code),
        pytest.raises(ParameterError, match=expected) as raised,
    ):
        KETTLES.make("bad")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def make(): raise ValueError('no water')", "no water"),
        ("def make(size): return size", "missing 1 required positional argument"),
        ("make = 7", "'int' object is not callable"),
    ],
)
def test_what_cannot_be_made_is_one_line(tmp_path: Path, code: str, reason: str) -> None:
    with (
        outside(tmp_path, "bad = kettles:make", code),
        pytest.raises(ParameterError, match=f"^kettle 'bad' cannot be made: .*{reason}"),
    ):
        KETTLES.make("bad")


def test_every_entry_point_of_a_group_is_found_once(tmp_path: Path) -> None:
    with outside(tmp_path, "tin = kettles:make", "make = list"):
        assert plugins.installed(GROUP) is plugins.installed(GROUP)
        assert list(plugins.installed(GROUP)) == ["tin"]
