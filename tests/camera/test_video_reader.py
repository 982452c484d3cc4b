# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Videos are upright and go by their own times, live and in a film; damaged ones do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from descant.camera import devices, opencv, video_reader
from descant.camera.capture import StreamSource
from descant.camera.picture_source import PictureSourceError
from descant.camera.settings import CameraSettings
from descant.camera.video_file import VideoFileSource
from descant.camera.video_reader import VideoReader, check_video, play
from descant.errors import UserError
from descant.render.camera_pictures import VideoPictures
from support.mutations import mutate, survives
from support.videos import mark_of, turned, write_timed_video, write_video

pytest.importorskip("av", reason="PyAV is not installed")

EVEN = [40 * n for n in range(12)]
UNEVEN = [0, 20, 40, 60, 560, 1060, 1080]
SIZE = (96, 64)


def once(path: Path) -> list[video_reader.VideoPicture]:
    return list(play(path, lambda: False))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_video_is_turned_as_its_metadata_says(tmp_path: Path, quarters: int) -> None:
    path = turned(write_timed_video(tmp_path / "phone.mp4", EVEN[:2]), quarters)
    mark = [(0, 0), (0, 1), (1, 1), (1, 0)][quarters]
    height, width = SIZE[:: 1 if quarters % 2 else -1]
    settings = CameraSettings(width=width, height=height)
    source = VideoFileSource(path, loop=False)
    source.open()
    live = source.read()
    source.close()
    film = VideoPictures(path, settings)
    assert film.advance(0)
    assert live is not None
    for pixels in (live.pixels, film.pixels()):
        assert pixels.shape[:2] == (height, width)
        assert mark_of(pixels) == mark


@pytest.mark.parametrize("name", ["show.mp4", "show.mkv", "show.ts"])
def test_a_variable_rate_goes_by_its_own_times(tmp_path: Path, name: str) -> None:
    path = write_timed_video(tmp_path / name, UNEVEN)
    found = once(path)
    assert [round(1000 * p.start_s) for p in found] == UNEVEN
    assert [round(1000 * p.end_s) for p in found] == [*UNEVEN[1:], 1100]
    film = VideoPictures(path, CameraSettings(loop=False))
    new = [t for t in range(0, 1_300, 10) if film.advance(t * 1_000_000)]
    assert new == UNEVEN
    source = VideoFileSource(path, loop=False)
    source.open()
    frames = list(iter(source.read, None))
    source.close()
    assert len(frames) >= 5  # late ones are left out
    assert 0.95 < (frames[-1].time_ns - frames[0].time_ns) / 1e9 < 2.0


@pytest.mark.parametrize(
    ("name", "codec"), [("raw.h264", "libx264"), ("raw.mjpeg", "mjpeg"), ("raw.m4v", "mpeg4")]
)
def test_a_stream_without_times_runs_at_its_rate(tmp_path: Path, name: str, codec: str) -> None:
    path = write_timed_video(tmp_path / name, EVEN, codec=codec)
    assert [round(1000 * p.start_s) for p in once(path)] == EVEN
    assert check_video(path) == "25 pictures a second"


def test_without_any_rate_there_are_thirty_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_timed_video(tmp_path / "raw.h264", EVEN)
    monkeypatch.setattr(video_reader, "SENSIBLE_RATES", (100.0, 240.0))
    assert [round(30 * p.start_s, 6) for p in once(path)] == list(range(len(EVEN)))


def test_a_loop_begins_when_the_last_picture_is_over(tmp_path: Path) -> None:
    path = write_timed_video(tmp_path / "show.mp4", UNEVEN)
    pictures = play(path, lambda: True)
    starts = [round(1000 * next(pictures).start_s) for _ in range(9)]
    assert starts == [*UNEVEN, 1100, 1120]


def test_a_name_is_never_a_pattern_or_a_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("show%02d.avi", "concat:a.avi"):
        write_video(Path("x.avi"), 3).rename(name)
        assert len(once(Path(name))) == 3


def test_a_picture_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_timed_video(tmp_path / "show.mp4", EVEN)
    monkeypatch.setattr(video_reader, "LARGEST_PIXELS", 96 * 64 - 1)
    with pytest.raises(UserError, match=r"'.*show\.mp4' has pictures of 96x64 pixels; expected"):
        check_video(path)


def _read(suffix: str, data: bytes, folder: Path) -> None:
    path = folder / f"damaged{suffix}"
    path.write_bytes(data)
    check_video(path)
    for number, picture in enumerate(VideoReader(path).pictures()):
        assert 0.0 <= picture.start_s < picture.end_s
        assert number < 10_000


FORMATS = [
    ("show.mp4", "libx264"), ("show.mkv", "libx264"), ("show.avi", "mpeg4"), ("raw.mjpeg", "mjpeg")
]  # fmt: skip


@pytest.mark.parametrize(("name", "codec"), FORMATS)
def test_damaged_videos_do_no_harm(tmp_path: Path, name: str, codec: str) -> None:
    _damage(tmp_path, name, codec, 15)


@pytest.mark.proof
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("name", "codec"), FORMATS)
def test_two_thousand_damaged_videos_do_no_harm(tmp_path: Path, name: str, codec: str) -> None:
    _damage(tmp_path, name, codec, 2_000)


def _damage(tmp_path: Path, name: str, codec: str, count: int) -> None:
    path = write_timed_video(tmp_path / name, EVEN, codec=codec)
    suffix = path.suffix
    survives(mutate(path.read_bytes(), count), lambda data, folder: _read(suffix, data, folder))


@pytest.mark.parametrize("name", ["bad\udcff.mp4", "\udc80/show.mp4"])
def test_a_name_that_opencv_cannot_open_is_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    write_timed_video(tmp_path / "v.mp4", EVEN[:2]).rename(path)
    with pytest.raises(UserError, match="its name is not UTF-8: OpenCV cannot open it"):
        check_video(path)
    with pytest.raises(UserError, match="its name is not UTF-8"):
        VideoFileSource(path, loop=False)


def test_a_camera_or_an_address_that_opencv_cannot_open_is_no_picture() -> None:
    with pytest.raises(PictureSourceError, match="not UTF-8"):
        StreamSource("rtsp://bad\udcff").open()
    assert devices.probe(opencv.load(), devices.CameraDevice("/dev/video\udcff")) == ""
