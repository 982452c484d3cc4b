# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags of former versions as films: their parts have no descriptions, so a programme has them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from support import films

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # films take their time on a busy machine

OLD_BAGS = Path(__file__).parents[1] / "recordings" / "0.1"
SMALL = ("--size", "160x90", "--fps", 4)

NO_CAMERA = """\
title: Nothing to see
parts:
  - {name: one, title: One}
  - {name: two, title: Two}
  - {name: three, title: Three}
"""


def shows_keyboard(path: Path) -> bool:
    """Whether the left edge, where no line is drawn, shows the keyboard."""
    return bool(cv2.imread(str(path))[45:85, :20].std() > 1.0)


def rendered(bag: Path, folder: Path, *options: object) -> list[Path]:
    done = films.render(bag, "-o", f"{folder}/", *SMALL, *options)
    assert done.status == 0, done.output
    return sorted(folder.glob("*.png"))


@pytest.mark.parametrize("name", ["part3", "part4"])
def test_a_part_with_a_camera_picture(name: str, tmp_path: Path) -> None:
    paths = rendered(OLD_BAGS / name, tmp_path, "--from", 3, "--to", 5)
    assert len(paths) == 8
    assert all(map(shows_keyboard, paths))
    assert len({path.read_bytes() for path in paths}) > 1, "it moves"


def test_the_parts_of_a_performance(tmp_path: Path) -> None:
    """Part 3 begins 5.99 s after the start of the film, part 4 at 10.5 s."""
    before = rendered(OLD_BAGS / "performance", tmp_path / "before", "--from", 3, "--to", 5.9)
    assert not any(map(shows_keyboard, before))
    after = rendered(OLD_BAGS / "performance", tmp_path / "after", "--from", 7, "--to", 11)
    assert all(map(shows_keyboard, after))


def test_a_bag_of_the_2021_profile(tmp_path: Path) -> None:
    paths = rendered(OLD_BAGS / "original", tmp_path, "--profile", "original", "--to", 2)
    assert np.ptp(cv2.imread(str(paths[-1]))) > 100


def test_the_sound_of_an_old_bag(tmp_path: Path) -> None:
    done = films.render(OLD_BAGS / "part2", "-o", tmp_path / "a.wav", "--to", 3)
    assert done.status == 0, done.output
    assert (tmp_path / "a.wav").stat().st_size == pytest.approx(3 * 48_000 * 6, rel=0.01)


def test_a_programme_describes_the_parts_of_an_old_bag(tmp_path: Path) -> None:
    programme = tmp_path / "dark.yaml"
    programme.write_text(NO_CAMERA)
    options = ("--from", 3, "--to", 4)
    paths = rendered(OLD_BAGS / "part3", tmp_path / "a", "--programme", programme, *options)
    assert not any(map(shows_keyboard, paths))
    done = films.render(OLD_BAGS / "part4", "-o", tmp_path / "b.png", "--programme", programme)
    assert done.status == 2
    assert "no part 4 in the programme 'dark': it has parts 1 to 3" in done.output


def test_a_parameter_of_set_holds_in_every_part(tmp_path: Path) -> None:
    options = ("--from", 3, "--to", 4, "--set", "stage.camera_brightness=0")
    paths = rendered(OLD_BAGS / "part3", tmp_path, *options)
    assert not any(map(shows_keyboard, paths))
