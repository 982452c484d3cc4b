# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from descant.errors import UserError
from descant.launcher.elements import read
from descant.launcher.errors import LaunchError


def _written(folder: Path, text: str) -> Path:
    path = folder / "x.launch.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_element_knows_its_line(tmp_path: Path) -> None:
    root = read(
        _written(tmp_path, '<launch>\n <!-- a\n word -->\n <arg\n  name="b"/>\n</launch>\n')
    )
    (child,) = root.children
    assert (child.tag, child.attributes, child.where.line) == ("arg", {"name": "b"}, 4)


def test_what_is_not_xml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = _written(tmp_path, "<launch>\n  <arg>\n</launch>\n")
    with pytest.raises(LaunchError, match=r"x\.launch\.xml:3: not well-formed XML: mismatched tag"):
        read(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"x\.launch\.xml:1: not well-formed XML: no element"):
        read(_written(tmp_path, ""))


def test_text_between_tags_is_refused_not_dropped(tmp_path: Path) -> None:
    path = _written(tmp_path, "<launch>\n  piano\n</launch>\n")
    with pytest.raises(LaunchError, match=r"x\.launch\.xml:1: text in <launch>: 'piano'"):
        read(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.xml: No such file"):
        read(tmp_path / "none.xml")
