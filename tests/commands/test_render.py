# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant render` and its users' mistakes: each one line that says what was wrong."""

from pathlib import Path

import pytest

from descant.cli import cli
from descant.errors import UserError
from support import bags, films

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # films take their time on a busy machine


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    """A note."""
    return films.melody(tmp_path / "a.mid", [(0.1, 60)])


def render(*arguments: object) -> int:
    return int(cli.main(["render", *map(str, arguments)], standalone_mode=False) or 0)


def refusal(*arguments: object) -> str:
    """The line that `descant render` refuses these with."""
    with pytest.raises(UserError, match=r"\S") as caught:
        render(*arguments)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_an_empty_midi_file(tmp_path):
    (tmp_path / "empty.mid").write_bytes(b"")
    line = refusal(tmp_path / "empty.mid", "-o", tmp_path / "f.mp4")
    assert "empty.mid: byte 0: not a MIDI file: the file is empty" in line
    assert not (tmp_path / "f.mp4").exists()


def test_no_such_file_says_what_is_bundled():
    assert "part1.mid" in refusal("nothing.mid")


def test_a_file_that_is_neither_midi_nor_bag(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    assert "expected a MIDI file (.mid) or a bag" in refusal(tmp_path / "a.txt")


def test_a_bag_without_our_topics(tmp_path):
    other = bags.topic("/chatter", "String", "std_msgs")
    text = b"\x00\x01\x00\x00\x03\x00\x00\x00hi\x00"
    bag = bags.write(tmp_path / "bag", [other], lambda w: w.write("/chatter", 1, 1, text))
    line = refusal(bag, "-o", tmp_path / "f.wav")
    assert line.endswith("no Descant topics in this bag; found: /chatter (std_msgs/msg/String)")


def test_a_bag_cut_off_before_its_first_message(tmp_path):
    bag = bags.notes_bag(tmp_path / "bag", 10)
    file = bags.mcap_of(bag)
    file.write_bytes(file.read_bytes()[:40])
    assert "no Descant topics in this bag" in refusal(bag, "-o", tmp_path / "f.wav")


def test_a_folder_without_a_bag(tmp_path):
    assert "no .mcap file in it" in refusal(tmp_path)


def test_what_would_change_a_bag(tmp_path):
    bag = bags.notes_bag(tmp_path / "bag", 10)
    rate = "--set learner.learning_rate"
    for option, told in (
        (("--part", 2), "--part"),
        (("--performance",), "--performance"),
        (("--seed", 5), "--seed"),
        (("--set", "learning_rate=1"), rate),
    ):
        assert f"so {told} cannot change it" in refusal(bag, *option)


def test_an_unknown_parameter_suggests_the_near_one(midi):
    line = refusal(midi, "--set", "learner.learning_rat=1")
    assert "did you mean 'learner.learning_rate'?" in line


def test_a_programme_or_a_part_that_does_not_exist(midi, tmp_path):
    assert "no programme 'studys'; did you mean 'studies'?" in refusal(
        midi, "--programme", "studys"
    )
    assert "no part 5 in the programme 'paper': it has parts 1 to 4" in refusal(midi, "--part", 5)
    assert "no part 'knot' in the programme" in refusal(midi, "--part", "knot")
    text = "title: Mine\nparts:\n  - name: one\n    title: One\n    camera: 2.0\n"
    (tmp_path / "mine.yaml").write_text(text)
    line = refusal(midi, "--programme", tmp_path / "mine.yaml")
    assert "mine.yaml:5: " in line
    assert "must be 0 to 1, not 2.0" in line


def test_a_value_out_of_range(midi):
    assert "must be 0 to 51" in refusal(midi, "--set", "render.crf=99")


@pytest.mark.parametrize("size", ["big", "1920", "0x0", "10x10", "99999x1080", "-5x-5"])
def test_a_wrong_size(midi, size):
    assert f"not '{size}'" in refusal(midi, f"--size={size}")


def test_an_odd_size_is_no_film_but_frames(midi, tmp_path):
    assert "even width and height" in refusal(midi, "--size", "641x361")
    done = films.render(midi, "--size", "641x361", "--fps", 2, "-o", f"{tmp_path}/frames/")
    assert done.status == 0


@pytest.mark.parametrize("fps", ["0", "-1", "nan", "1/0", "1000", "many"])
def test_a_wrong_frame_rate(midi, fps):
    assert f"not '{fps}'" in refusal(midi, f"--fps={fps}")


def test_an_unknown_profile(midi):
    assert "no profile 'papr'; profiles: paper, original" in refusal(midi, "--profile", "papr")


def test_a_kind_of_output_that_is_not_made(midi):
    assert "cannot write '.avi'; expected .mp4" in refusal(midi, "-o", "film.avi")


def test_an_output_that_cannot_be_written(midi, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for name in ("film.mp4", "sound.wav", "frames/"):
        line = refusal(midi, "-o", f"{tmp_path}/file/{name}", "--size", "320x180")
        assert line.startswith(f"cannot write {tmp_path}/file/")
        assert line.endswith(("Not a directory", "File exists"))


def test_a_video_that_is_not_there(midi, tmp_path):
    line = refusal(
        midi, "--part", 3, "--camera", tmp_path / "me.mp4", "-o", tmp_path / "f.mp4",
        "--size", "320x180",
    )  # fmt: skip
    assert "no video file" in line
    assert [p.name for p in tmp_path.iterdir()] == ["a.mid"]


def test_an_older_film_stays_unless_forced(midi, tmp_path):
    film = tmp_path / "film.wav"
    film.write_text("precious")
    assert refusal(midi, "-o", film) == f"{film} exists: overwrite it with --force"
    assert film.read_text() == "precious"
    assert films.render(midi, "-o", film, "--force").status == 0
    assert film.read_bytes().startswith(b"RIFF")


def test_fewer_frames_leave_none_of_an_older_film(midi, tmp_path):
    arguments = (midi, "-o", tmp_path / "%03d.png", "--size", "64x64", "--part", 1)
    assert films.render(*arguments, "--fps", 4).status == 0
    many = len(list(tmp_path.glob("*.png")))
    assert "overwrite them with --force" in refusal(*arguments)
    assert films.render(*arguments, "--fps", 2, "--force").status == 0
    assert len(list(tmp_path.glob("*.png"))) == many // 2


def test_a_part_of_the_film_has_the_frames_that_the_whole_has(tmp_path):
    midi = films.melody(tmp_path / "a.mid", [(0.1 * n, 40 + n) for n in range(20)])
    size = ("--size", "64x64", "--fps", 10, "--part", 4)
    assert films.render(midi, "-o", f"{tmp_path}/whole/", *size).status == 0
    some = ("--from", "0:01.5", "--to", 2)
    assert films.render(midi, "-o", f"{tmp_path}/some/", *size, *some).status == 0
    assert films.render(midi, "-o", tmp_path / "one.png", *size, "--from", 1.7).status == 0
    whole = [path.read_bytes() for path in sorted((tmp_path / "whole").iterdir())]
    assert [path.read_bytes() for path in sorted((tmp_path / "some").iterdir())] == whole[15:20]
    assert (tmp_path / "one.png").read_bytes() == whole[17]


def test_a_time_that_is_none_or_beyond_the_end(midi):
    assert "not '1:2:x'" in refusal(midi, "--from", "1:2:x")
    assert "the film is 3.3 s long" in refusal(midi, "--from", 10, "--size", "64x64")
    assert "no frames from 2 s to 1 s" in refusal(midi, "--from", 2, "--to", 1, "--size", "64x64")


def test_part_or_performance(midi):
    assert "choose one" in refusal(midi, "--part", 1, "--performance")


def test_the_name_of_the_film_is_that_of_its_input(midi, tmp_path):
    done = films.render(midi, "--size", "64x64", "--fps", 1, "--part", 1, cwd=tmp_path)
    assert (tmp_path / "a.mp4").is_file()
    assert done.output.splitlines()[-1].startswith("a.mp4: 0:04")
