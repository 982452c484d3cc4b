"""descant picture, from a bag on disk to a PNG."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.image import imread

from descant.commands.picture import command
from descant.errors import UserError


def test_a_bag_that_does_not_exist_is_one_line(tmp_path):
    result = CliRunner().invoke(command, [str(tmp_path / "nowhere")])
    assert isinstance(result.exception, UserError)
    assert "nowhere" in str(result.exception)
    assert "\n" not in str(result.exception)
