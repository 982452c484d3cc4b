# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Films of MIDI files: the same twice, whole when interrupted, and what is in them."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from descant.child_process import OWN_GROUP
from support import films
from support.midifiles import write_midi_file
from support.sound import cents, jumps, partial_near

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # films take their time on a busy machine

SMALL = ("--size", "320x180", "--fps", 12)
# Parts 1 to 4 in six seconds: a note or chord in each, the soft pedal twice between them.
GESTURE = [(0.0, 127), (0.1, 0), (0.2, 127), (0.3, 0)]


@pytest.fixture(scope="module")
def four_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MIDI file that goes through all four parts."""
    messages = []
    for part in range(4):
        start = 1.6 * part
        keys = (48, 52, 55) if part in (1, 2) else (72,)
        for key in keys:
            messages += [(start, (0x90, key, 90)), (start + 0.9, (0x80, key, 64))]
        if part < 3:
            messages += [(start + 1.1 + t, (0xB0, 67, value)) for t, value in GESTURE]
    path = tmp_path_factory.mktemp("midi") / "four.mid"
    return write_midi_file(path, [sorted(messages)])


@pytest.fixture(scope="module")
def made(four_parts: Path) -> Path:
    """A folder with frames/, film.mp4 and sound.wav of it."""
    return make(four_parts, four_parts.parent / "made")


def make(midi: Path, folder: Path) -> Path:
    folder.mkdir()
    for target in ("frames/", "film.mp4", "sound.wav"):
        done = films.render(midi, "-o", f"{folder}/{target}", *SMALL)
        assert done.status == 0, done.output
    return folder


def digest(folder: Path) -> str:
    """Of all frames in a folder."""
    paths = sorted(folder.glob("*.png"))
    assert paths
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def test_two_renders_have_the_same_frames_and_samples(tmp_path, four_parts, made):
    again = make(four_parts, tmp_path / "again")
    assert digest(made / "frames") == digest(again / "frames")
    assert (made / "sound.wav").read_bytes() == (again / "sound.wav").read_bytes()
    films_frames = zip(
        films.frames(made / "film.mp4"), films.frames(again / "film.mp4"), strict=True
    )
    for (at, frame), (also_at, other) in films_frames:
        assert at == also_at
        assert np.array_equal(frame, other)
    samples, _ = films.sound(made / "film.mp4")
    assert np.array_equal(samples, films.sound(again / "film.mp4")[0])


@pytest.mark.proof
def test_another_seed_is_another_film(tmp_path, four_parts, made):
    films.render(four_parts, "-o", f"{tmp_path}/2/", *SMALL, "--seed", 2)
    assert digest(made / "frames") != digest(tmp_path / "2")


def test_the_keyboard_is_the_video_of_parts_3_and_4_alone(made):
    light = {at: frame[:180].astype(float) for at, frame in films.frames(made / "film.mp4")}

    def corner(seconds: float) -> float:
        """How bright the left edge is, where no line is ever drawn but the keyboard is."""
        return float(light[min(light, key=lambda at: abs(at - seconds))][90:170, :40].std())

    assert corner(2.4) < 1.0 < corner(4.2)
    assert corner(6.0) > 1.0


def test_a_film_is_what_players_everywhere_take(made):
    film = made / "film.mp4"
    content = film.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays while it is being fetched
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.average_rate) == (320, 180, 12)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 48_000, 2)


def test_the_sound_of_a_film_is_in_tune_and_has_no_click(tmp_path):
    midi = films.melody(tmp_path / "a.mid", [(0.2, 69)], length_s=1.5)
    settings = ["--set", "synth.detune_scale=0"]
    films.render(midi, "-o", tmp_path / "f.mp4", *SMALL, "--part", 1, *settings)
    samples, rate = films.sound(tmp_path / "f.mp4")
    middle = samples[0, int(0.5 * rate) : int(1.4 * rate)].astype(float)
    for partial in (1, 2, 3):
        frequency, _ = partial_near(middle, 440.0 * partial, rate)
        assert abs(cents(frequency, 440.0 * partial)) < 1.0
    top = float(np.abs(samples).max())
    assert 0.05 < top < 1.0
    first, _ = jumps(samples[0].astype(float))
    # The steepest a sum of the partials at full level can be.
    assert first < top * sum(2 * np.pi * 440 * k / rate for k in (1, 2, 3, 4)) / 2
    assert np.abs(samples[:, -256:]).max() < 1e-3  # faded at the end


def test_wav_and_film_hold_the_same_sound(made):
    samples, _ = films.sound(made / "film.mp4")
    with wave.open(str(made / "sound.wav")) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 2, 3)
    whole = (raw.astype(np.int32) << [8, 16, 24]).sum(axis=2).astype(np.int32) / 2.0**31
    count = min(len(whole), samples.shape[1])
    error = samples[:, :count] - whole[:count].T
    loudest = np.abs(whole).max()
    assert np.sqrt(np.mean(error**2)) < 0.02 * loudest  # what AAC leaves out


def stopped(number, film):
    """Render a long film, and send a signal to the process and its children, as a terminal does,
    as soon as some of it is written. Returns the exit status and the output.
    """
    midi = films.melody(film.with_name("long.mid"), [(0.5 * n, 72) for n in range(400)])
    command = ["render", "--software", "-f", midi, "-o", film, *SMALL, "--part", 1]
    process = subprocess.Popen(
        [sys.executable, "-m", "descant.cli", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **OWN_GROUP,
    )
    try:
        hidden = film.parent.glob
        wait_until(lambda: any(p.stat().st_size > 20_000 for p in hidden(".unfinished-*.mp4")))
        os.killpg(process.pid, number)
        said = process.communicate(timeout=180)[0].decode()
    finally:
        process.kill()
        process.wait()
    return process.returncode, said


def test_sigterm_leaves_the_film_that_was_there(tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"former")
    status, said = stopped(signal.SIGTERM, film)
    assert status == 128 + signal.SIGTERM
    assert said.strip() == "descant: stopped by SIGTERM"
    assert film.read_bytes() == b"former"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["film.mp4", "long.mid"]


def test_ctrl_c_leaves_a_whole_film_of_what_was_done(tmp_path):
    film = tmp_path / "film.mp4"
    status, said = stopped(signal.SIGINT, film)
    assert status == 130
    assert "stopped at" in said
    length = max(at for at, _ in films.frames(film))
    samples, rate = films.sound(film)
    assert 0.5 < length < 200.0
    assert samples.shape[1] / rate == pytest.approx(length, abs=0.1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["film.mp4", "long.mid"]


@pytest.mark.parametrize("name", ["film.mp4", "sound.wav"])
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, name):
    midi = films.melody(tmp_path / "a.mid", [(0.1 * n, 72) for n in range(60)])
    (tmp_path / "out").mkdir()
    script = (
        "import resource, signal, sys\n"
        "from descant.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        f"sys.argv = ['descant', 'render', {str(midi)!r}, '-o', {str(tmp_path / 'out' / name)!r},\n"
        "            '--size', '320x180', '--part', '1', '--software']\n"
        "sys.exit(main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list((tmp_path / "out").iterdir()) == []


def wait_until(condition, timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
