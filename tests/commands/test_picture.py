# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""descant picture, from a bag on disk to a PNG."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.image import imread

from descant.commands.picture import command
from descant.errors import UserError
from support.bags import notes_bag


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return notes_bag(tmp_path_factory.mktemp("bags") / "show", 20)


def test_by_default_the_picture_lies_beside_its_bag_under_its_name(bag):
    result = CliRunner().invoke(command, [str(bag)], catch_exceptions=False)
    assert result.output == f"{bag.with_suffix('.png')}: 2400 x 1350 pixels\n"
    assert imread(bag.with_suffix(".png")).shape[:2] == (1350, 2400)


def test_file_and_size_can_be_chosen(bag, tmp_path):
    target = tmp_path / "small.png"
    arguments = [str(bag), "-o", str(target), "--size", "640x400"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert imread(target).shape[:2] == (400, 640)


def test_a_wrong_size_is_refused_before_anything_is_read():
    result = CliRunner().invoke(command, ["nowhere", "--size", "huge"])
    assert isinstance(result.exception, UserError)
    assert "not 'huge'" in str(result.exception)


def test_a_bag_that_does_not_exist_is_one_line(tmp_path):
    result = CliRunner().invoke(command, [str(tmp_path / "nowhere")])
    assert isinstance(result.exception, UserError)
    assert "nowhere" in str(result.exception)
    assert "\n" not in str(result.exception)
