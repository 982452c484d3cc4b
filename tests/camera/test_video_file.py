# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Video files at their own speed."""

import time

import pytest

from descant.camera.video_file import MOST_SKIPPED, VideoFileSource
from descant.errors import UserError
from support.videos import number_of, write_video


def read_all(source, limit=1000):
    frames = []
    while len(frames) < limit:
        frame = source.read()
        if frame is None:
            break
        frames.append(frame)
    return frames


def test_a_video_is_shown_from_end_to_end_in_its_own_time(tmp_path):
    source = VideoFileSource(write_video(tmp_path / "show.avi", 20, rate=25), loop=False)
    began = time.monotonic()
    assert "25 pictures a second" in source.open()
    frames = read_all(source)
    took = time.monotonic() - began
    source.close()
    numbers = [number_of(frame.pixels) for frame in frames]
    assert numbers == sorted(numbers[:10]) + sorted(numbers[10:])
    assert (numbers[0], numbers[-1]) == (0, 9)
    assert took >= 19 / 25  # the last picture comes no sooner
    assert [f.time_ns for f in frames] == sorted(f.time_ns for f in frames)


def test_pictures_whose_time_is_over_are_left_out(tmp_path):
    source = VideoFileSource(write_video(tmp_path / "show.avi", 60, rate=60), loop=False)
    source.open()
    source.read()
    time.sleep(0.5)  # this is what it is about: a reader that stood still
    rest = read_all(source)
    source.close()
    # 29 of the 59 are over, at least; of these a reading leaves out MOST_SKIPPED and gives one.
    assert 5 < len(rest) <= 30 + 29 // (MOST_SKIPPED + 1)


def test_a_loop_goes_on_without_a_gap(tmp_path):
    source = VideoFileSource(write_video(tmp_path / "show.avi", 5, rate=50), loop=True)
    source.open()
    frames = read_all(source, limit=12)
    source.close()
    assert len(frames) == 12
    assert frames[-1].time_ns - frames[0].time_ns >= 11 * 20_000_000 - 1_000_000


def test_a_missing_video_is_one_line_that_names_those_there_are(tmp_path):
    write_video(tmp_path / "concert.avi", 2)
    expected = r"no video file '.*nothing\.mp4'; videos found: concert\.avi"
    with pytest.raises(UserError, match=expected):
        VideoFileSource(tmp_path / "nothing.mp4", loop=False)


@pytest.mark.parametrize("content", [b"", b"this is no video", b"RIFF\x00\x00\x00\x00AVI LIST"])
def test_a_broken_video_is_refused_and_nothing_else_is_printed(tmp_path, content, capfd):
    path = tmp_path / "broken.avi"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"'.*broken\.avi' is broken, or not a video that OpenCV"):
        VideoFileSource(path, loop=False)
    assert capfd.readouterr().err == ""


def test_an_interrupted_video_waits_no_more(tmp_path):
    source = VideoFileSource(write_video(tmp_path / "slow.avi", 5, rate=1), loop=False)
    source.open()
    source.read()
    source.interrupt()
    began = time.monotonic()
    source.read()
    source.close()
    assert time.monotonic() - began < 0.9
