# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What is written by `descant render` is whole, or what was there before."""

import os
import re
from fractions import Fraction

import numpy as np
import pytest

from descant.errors import UserError
from descant.render import wav_and_png
from descant.render.mp4 import Mp4Output
from descant.render.outputs import parse_target
from descant.render.settings import RenderSettings
from descant.render.wav_and_png import PngOutput, WavOutput
from support.smalldisk import fill, small_disk

SIZE = (320, 180)
NAMES = ("film.mp4", "sound.wav", "frames/", "still.png", "f-%02d.png")


def output_of(path):
    target = parse_target(str(path))
    if target.path.suffix == ".wav":
        return WavOutput(target.path, 48_000, 48_000)
    if target.path.suffix == ".png":
        return PngOutput(target)
    fps = Fraction(25)
    return Mp4Output(target.path, RenderSettings(), size=SIZE, fps=fps, sample_rate=48_000)


def write(output, count):
    noise = np.random.default_rng(1)
    for _ in range(count):
        output.write_frame(noise.integers(0, 255, (SIZE[1], SIZE[0], 4), np.uint8))
        output.write_samples(noise.uniform(-1, 1, (2, 1_920)).astype(np.float32))
    output.finish()


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def target_in(folder, name):
    return f"{folder}/{name}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("leave", [0, 40])
def test_a_full_disk_leaves_what_was_there(tmp_path, name, leave):
    with small_disk(tmp_path / "disk", 2_000) as disk:
        write(output_of(target_in(disk, name)), 1)
        before = content(disk)
        filler = fill(disk, leave=leave)
        output = None
        with pytest.raises(UserError, match=r"cannot write .*: No space left on device$"):  # noqa: PT012
            output = output_of(target_in(disk, name))
            write(output, 10)
        if output is not None:
            output.abort()
        filler.unlink()
        assert content(disk) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_is_aborted_leaves_nothing(tmp_path, name):
    output = output_of(target_in(tmp_path / "new", name))
    output.write_frame(np.zeros((SIZE[1], SIZE[0], 4), np.uint8))
    output.abort()
    assert not list(tmp_path.iterdir())


def test_frames_replace_a_longer_film_when_they_are_whole(tmp_path):
    for name in ("frame-000007.png", "frame-000000.png", "notes.txt"):
        (tmp_path / name).write_text("former")
    output = output_of(target_in(tmp_path, ""))
    output.write_frame(np.zeros((SIZE[1], SIZE[0], 4), np.uint8))
    assert (tmp_path / "frame-000000.png").read_text() == "former"
    output.finish()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["frame-000000.png", "notes.txt"]
    assert (tmp_path / "frame-000000.png").read_bytes().startswith(b"\x89PNG")


def test_a_sound_that_no_wav_file_can_hold_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(wav_and_png, "MOST_SAMPLES", 47_999)
    with pytest.raises(UserError, match="a WAV file holds at most"):
        output_of(tmp_path / "sound.wav")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["/dev/null", "pipe.mp4", "pipe.wav", "file"])
def test_devices_and_files_for_folders_are_refused_in_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe.mp4")
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=rf"^cannot write.*{re.escape(name)}: .*expected a f"):
        parse_target(name)
