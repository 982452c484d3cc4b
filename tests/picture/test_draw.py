# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The picture itself, read back pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

from descant.bags.recording import RecordedState, Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.picture.draw import draw, parse_size, save, summary
from descant.picture.layout import LEFT, RIGHT, ROLL
from descant.types import NANOSECONDS, LearningStatus, Note, State
from support.recordings import perform

pytestmark = pytest.mark.slow

PART1 = Path(__file__).resolve().parents[2] / "share" / "midi" / "part1.mid"
EMPTY = Recording((), (), (), (), ())


def note(number: int, key: int, start: float, end: float, velocity: int = 100) -> list[Note]:
    times = round(start * NANOSECONDS), round(end * NANOSECONDS)
    return [
        Note(times[0], number, True, key, velocity, velocity * 128),
        Note(times[1], number, False, key, 64, 64 * 128),
    ]


def state(time: float, loss: float, step: int, status: LearningStatus) -> RecordedState:
    values = State(
        round(time * NANOSECONDS), 1, 1, 1, 0, step, status, 1, "cubic",
        (0.0,) * 4, (0.0,) * 4, loss, 0.0, (0.0,) * 4, (1,),
    )  # fmt: skip
    return RecordedState(run=1, state=values)


def pixels(recording: Recording, path: Path, size: tuple[int, int]) -> NDArray[np.float64]:
    save(recording, path, size=size)
    return np.asarray(imread(path))[:, :, :3]


def column(seconds: float, duration: float, width: int) -> int:
    """Where a time lies: the axis has 1.2 % of air before and 0.8 % behind."""
    return round(width * (LEFT + (RIGHT - LEFT) * (seconds / duration + 0.012) / 1.02))


def row(key: int, low: int, high: int, height: int) -> int:
    """Where a key lies, counted from the top; `low` and `high` are the keys drawn."""
    return round(
        height * (1 - ROLL[0] - (ROLL[1] - ROLL[0]) * (key - low + 0.5) / (high - low + 1))
    )


def brightness(image: NDArray[np.float64], x: int, y: int) -> float:
    return float(image[y - 1 : y + 2, x - 1 : x + 2].max(axis=2).mean())


def test_a_note_is_drawn_where_it_was_played(tmp_path):
    notes = [*note(1, 40, 0.0, 1.0), *note(2, 90, 4.0, 6.0), *note(3, 60, 9.0, 10.0)]
    recording = Recording(tuple(notes), (), (), (), ())
    image = pixels(recording, tmp_path / "roll.png", (2400, 1350))
    y = row(90, 38, 92, 1350)
    inside = [brightness(image, column(t, 10.0, 2400), y) for t in (4.05, 5.0, 5.95)]
    outside = [brightness(image, column(t, 10.0, 2400), y) for t in (3.5, 6.5)]
    above = brightness(image, column(5.0, 10.0, 2400), row(88, 38, 92, 1350))
    assert min(inside) > 0.6
    assert max([*outside, above]) < 0.25


def test_a_loud_note_is_brighter_than_a_soft_one(tmp_path):
    notes = [*note(1, 60, 0.0, 4.0, velocity=120), *note(2, 72, 0.0, 4.0, velocity=20)]
    image = pixels(Recording(tuple(notes), (), (), (), ()), tmp_path / "p.png", (1200, 675))
    low, high = 48, 84
    loud, soft = (brightness(image, 600, row(key, low, high, 675)) for key in (60, 72))
    assert loud > soft + 0.2


@pytest.mark.parametrize("width", [400, 1201, 2400])
def test_no_note_is_too_short_to_be_seen(tmp_path, width: int):
    """Once, dots vanished where their few tenths of a point were rounded to no pixel at all."""
    height = width * 9 // 16
    low = [note(100 + n, 40, n, n + 1.0) for n in range(20)]
    high = [note(200 + n, 90, n, n + 1.0) for n in range(20)]
    dots = [note(10 + n, 65, 1.0 + 0.9137 * n, 1.001 + 0.9137 * n) for n in range(20)]
    notes = tuple(n for pair in (*low, *high, *dots) for n in pair)
    image = pixels(Recording(notes, (), (), (), ()), tmp_path / "p.png", (width, height))
    y = row(65, 38, 92, height)
    line = image[y - 1 : y + 2].max(axis=(0, 2))
    for n in range(20):
        x = column(1.0 + 0.9137 * n, 20.0, width)
        assert line[x : x + max(3, width // 200)].max() > 0.45, n


def test_the_same_recording_gives_the_same_bytes(tmp_path):
    recording = perform(PART1, LearnerSettings())
    for name in ("a.png", "b.png"):
        save(recording, tmp_path / name, title="Part 1", size=(1200, 675))
    first, second = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert first == second
    assert first.startswith(b"\x89PNG")


def test_a_picture_has_the_size_that_was_asked_for(tmp_path):
    image = pixels(perform(PART1, LearnerSettings()), tmp_path / "p.png", (900, 500))
    assert image.shape == (500, 900, 3)
    assert image.std() > 0.05


def test_notes_stay_off_the_margins(tmp_path):
    image = pixels(perform(PART1, LearnerSettings()), tmp_path / "p.png", (1200, 675))
    margins = [image[:8], image[-8:], image[:, :8], image[:, -8:]]
    assert all(np.ptp(margin, axis=(0, 1)).max() == 0 for margin in margins)


def test_losses_that_are_zero_infinite_or_no_number_can_be_drawn(tmp_path):
    states = (
        state(0.0, 1.0, 0, LearningStatus.LEARNING),
        state(1.0, 0.0, 1, LearningStatus.CONVERGED),
        state(2.0, float("inf"), 2, LearningStatus.DIVERGED),
        state(3.0, float("nan"), 3, LearningStatus.DIVERGED),
    )
    recording = Recording(tuple(note(1, 40, 0.0, 4.0)), (), states, (), ())
    assert pixels(recording, tmp_path / "p.png", (800, 450)).std() > 0.02


def test_an_empty_recording_is_one_line():
    with pytest.raises(UserError, match=r"^nothing to draw: the recording has no notes$"):
        draw(EMPTY)


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    recording = Recording(tuple(note(1, 60, 0.0, 1.0)), (), (), (), ())
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*p\.png: File exists"):
        save(recording, tmp_path / "file" / "p.png", size=(400, 400))


def test_a_size_is_width_times_height():
    assert parse_size("2400x1350") == (2400, 1350)


@pytest.mark.parametrize("text", ["", "big", "100x100", "2400", "2400x", "-800x600", "99999x600"])
def test_a_wrong_size_says_what_is_allowed(text: str):
    with pytest.raises(UserError, match=f"each 400 to 12000, such as 2400x1350, not '{text}'"):
        parse_size(text)


def test_the_summary_counts_what_there_is():
    assert summary(1, 65.0, ()) == "1:05  ·  1 note"
