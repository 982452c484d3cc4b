"""The stage at work, without ROS: what is told is drawn, counted and kept."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from descant.errors import UserError
from descant.stage.offscreen import Offscreen
from descant.stage.settings import StageSettings
from descant.stage.show import PartChange, Picture, Show
from support.staging import KNOT_START, KNOT_TARGET, episode, picture, state

SMALL = {"canvas": "offscreen", "width": 160, "height": 90}


class Clock:
    """A clock that the test moves, in nanoseconds."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000_000

    def __call__(self) -> int:
        return self.now_ns

    def pass_ms(self, milliseconds: float) -> None:
        self.now_ns += int(milliseconds * 1e6)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[..., Show]


@pytest.fixture
def make(canvas: Offscreen, clock: Clock) -> Iterator[Make]:
    """make(**settings) -> Show; its context is given back, and the tests' own is taken up."""
    made: list[Show] = []

    def show(**settings: object) -> Show:
        made.append(Show(StageSettings(**{**SMALL, **settings}), clock, print))
        return made[-1]

    yield show
    for each in made:
        each.close()
    canvas.make_current()


def test_it_counts_frames_delays_and_pictures_never_shown(make: Make, clock: Clock) -> None:
    show = make(part=3)
    assert math.isnan(show.report().camera_age_s)
    for _ in range(10):
        for _ in range(2):  # two pictures come for each frame
            show.tell_picture(Picture(clock.now_ns, picture(160, 90)))
        clock.pass_ms(50.0)
        show.draw()
    report = show.report()
    assert report.frame_rate == pytest.approx(20.0)
    assert report.dropped == 10
    assert report.camera_delay_ms == pytest.approx(50.0)
    assert report.camera_age_s == pytest.approx(0.05)
    assert math.isnan(show.report().camera_delay_ms), "nothing new since"


def test_a_part_is_taken_up_once_however_often_it_is_said(make: Make, clock: Clock) -> None:
    show = make(part=1)
    show.tell(PartChange(1, 1))
    show.tell(episode())
    for _ in range(60):
        clock.pass_ms(16.0)
        show.draw()
    show.tell(PartChange(1, 1))
    show.draw()
    assert show.part == 1
    assert show._scene.at(2.0).dots, "said again, it lets nothing go"
    show.tell(PartChange(1, 2))
    show.draw()
    assert not show._scene.at(2.0).dots, "a fresh start does"


def test_it_ends_when_it_is_told_to(make: Make) -> None:
    show = make()
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    show.perform(stop)
    assert time.monotonic() - started < 30.0
    assert stop.is_set()


def test_snapshots_are_what_is_seen(make: Make, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    show = make(part=2, snapshots=str(folder), snapshot_period=1.0)
    show.tell(state(1, KNOT_TARGET, KNOT_START))
    for _ in range(21):
        show.draw()
        clock.pass_ms(100.0)
    files = sorted(p.name for p in folder.iterdir())
    assert files == ["stage-0001.png", "stage-0002.png", "stage-0003.png"]
    last = cv2.imread(str(folder / files[-1]))
    assert last.shape == (90, 160, 3)
    blue, _, red = np.moveaxis(last.astype(int), 2, 0)
    assert (red - blue > 100).any(), "the learned knot is red, not blue"


def test_a_folder_that_cannot_be_is_one_line(make: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    show = make(snapshots=str(tmp_path / "file"))
    with pytest.raises(
        UserError, match=r"no picture of the stage at .*: (Not a directory|File exi)"
    ):
        show.draw()
