# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""docs/programmes.md: its tables are those of the code, its example and the others are right."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from descant.cli import cli
from descant.programme.part_description import KEYS, SECTIONS
from descant.programme.reading import read_programme
from descant.signals import NAMES
from support.pages import ROOT, blocks, table, text

PAGE = "docs/programmes.md"


def code(value: object) -> str:
    return f"`{value:g}`" if isinstance(value, float | int) else f"`{value}`"


def test_the_table_of_keys_is_that_of_the_code() -> None:
    assert [row[:3] for row in table(PAGE, "keys")] == [
        [f"`{key}`", f"`{section}.{parameter}`", code(SECTIONS[section].defaults()[parameter])]
        for key, (section, parameter) in KEYS.items()
    ]


def test_every_choice_of_a_key_is_named() -> None:
    for (key, (section, parameter)), row in zip(KEYS.items(), table(PAGE, "keys"), strict=True):
        for choice in SECTIONS[section].descriptors()[parameter].choices:
            assert f"`{choice}`" in " ".join(row[2:]), key


def test_every_section_is_named() -> None:
    for section in SECTIONS:
        assert f"`{section}`" in text(PAGE)


def test_the_table_of_signals_is_that_of_the_code() -> None:
    assert sorted(row[0] for row in table(PAGE, "signals")) == sorted(f"`{name}`" for name in NAMES)


def test_the_part_of_the_page_is_a_fifth_of_the_copied_file(tmp_path: Path) -> None:
    copied = (ROOT / "share" / "programmes" / "paper.yaml").read_text(encoding="utf-8")
    [part] = blocks(PAGE, "yaml")
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"{copied}\n{part}", encoding="utf-8")
    programme, mistakes = read_programme(mine)
    assert mistakes == []
    assert programme is not None
    assert programme.part(5).name == "pendulums"
    assert programme.part(5).stage["bubble_events"] == "pedals"
    checked = CliRunner().invoke(cli, ["programme", "check", str(mine)])
    assert checked.output.endswith("no mistakes, 5 parts\n")
