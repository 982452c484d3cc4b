# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The live stage without ROS: events are drawn, frames and pictures counted, snapshots written."""

import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from descant.stage.live_stage import CameraPicture, LiveStage
from descant.stage.offscreen import Offscreen
from descant.stage.overlay_text import typeset
from descant.stage.scene import PartSettings
from descant.types import Part
from support.staging import KNOT_START, KNOT_TARGET, episode, paper, picture, state

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


Make = Callable[..., LiveStage]


@pytest.fixture
def make(canvas: Offscreen, clock: Clock) -> Iterator[Make]:
    """make(part=1, **settings) -> LiveStage; afterwards the tests' context is current again."""
    made: list[LiveStage] = []

    def stage(part: int = 1, **settings: object) -> LiveStage:
        made.append(LiveStage(paper(part, **{**SMALL, **settings}), clock, print, print, print))
        return made[-1]

    yield stage
    for each in made:
        each.close()
    canvas.make_current()


def test_it_counts_frames_delays_and_pictures_never_shown(make: Make, clock: Clock) -> None:
    stage = make(part=3)
    assert math.isnan(stage.statistics().camera_age_s)
    for _ in range(10):
        for _ in range(2):  # two pictures come for each frame
            stage.put_picture(CameraPicture(clock.now_ns, picture(160, 90)))
        clock.pass_ms(50.0)
        stage.draw()
    counted = stage.statistics()
    assert counted.frame_rate == pytest.approx(20.0)
    assert counted.dropped == 10
    assert counted.camera_delay_ms == pytest.approx(50.0)
    assert counted.camera_age_s == pytest.approx(0.05)
    assert math.isnan(stage.statistics().camera_delay_ms), "nothing new since"


def begins(number: int, start: int) -> PartSettings:
    return PartSettings(Part(0, number, start, "test"), "", paper(number, **SMALL))


def test_a_part_begins_once_however_often_its_message_arrives(make: Make, clock: Clock) -> None:
    stage = make(part=1)
    stage.put(begins(1, 1))
    stage.put(episode())
    for _ in range(60):
        clock.pass_ms(16.0)
        stage.draw()
    stage.put(begins(1, 1))
    stage.draw()
    assert stage.part == 1
    assert stage._scene.at(2.0).dots, "the same message again clears nothing"
    stage.put(begins(1, 2))
    stage.draw()
    assert not stage._scene.at(2.0).dots, "a fresh start does"


def test_it_ends_when_it_is_told_to(make: Make) -> None:
    stage = make()
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    stage.run(stop)
    assert time.monotonic() - started < 30.0
    assert stop.is_set()


def test_snapshots_are_what_is_seen(make: Make, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    stage = make(part=2, snapshots=str(folder), snapshot_period=1.0)
    stage.put(state(1, KNOT_TARGET, KNOT_START))
    for _ in range(21):
        stage.draw()
        clock.pass_ms(100.0)
    files = sorted(p.name for p in folder.iterdir())
    assert files == ["stage-0001.png", "stage-0002.png", "stage-0003.png"]
    last = cv2.imread(str(folder / files[-1]))
    assert last.shape == (90, 160, 3)
    blue, _, red = np.moveaxis(last.astype(int), 2, 0)
    assert (red - blue > 100).any(), "the learned knot is red, not blue"


def test_snapshots_replace_no_file(make: Make, clock: Clock, tmp_path: Path) -> None:
    for name in ("stage-0001.png", "stage-0003.png"):
        (tmp_path / name).write_text("of yesterday")
    stage = make(snapshots=str(tmp_path), snapshot_period=1.0)
    for _ in range(2):
        stage.draw()
        clock.pass_ms(1000.0)
    new = {p.name for p in tmp_path.iterdir() if p.read_bytes().startswith(b"\x89PNG")}
    assert new == {"stage-0002.png", "stage-0004.png"}


@pytest.mark.parametrize("folder", ["{}/file", "{}/file/folder", "/proc/none", "{}/a\0b"])
def test_a_folder_that_cannot_be_written_ends_the_snapshots_alone(
    make: Make, clock: Clock, tmp_path: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("kept")
    stage = make(snapshots=folder.format(tmp_path), snapshot_period=1.0)
    for _ in range(3):
        stage.draw()
        clock.pass_ms(1000.0)
    (line,) = capsys.readouterr().out.splitlines()
    assert re.match("no more snapshots: .*(cannot write|NUL)", line)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_overlay_keeps_the_last_frame_rate_while_there_is_no_new_one(
    make: Make, clock: Clock
) -> None:
    stage = make(overlay=True)
    shown = []
    for period_ms in (50.0,) * 40 + (800.0,) * 5:  # a window that goes full screen draws nothing
        stage.draw()
        shown.append(stage._text)
        clock.pass_ms(period_ms)
        if len(shown) % 20 == 0:
            stage.statistics()
    assert len(shown[0]) == 1, "no rate before it is measured"
    assert not [lines for lines in shown if "nan" in " ".join(lines)]
    assert all(len(lines) == 2 for lines in shown[10:])


@pytest.mark.parametrize("title", ["two\nlines", "\x1b[31m", "x" * 1_000_000, "\ud800", ""])
def test_a_title_from_the_network_is_one_short_line(title: str) -> None:
    height, width, _ = typeset((f"part 1: {title}",), 720).shape
    assert height < 80
    assert width < 3000
