# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sound and picture of a film in step: every onset in the sound against its change in the picture.

What is measured is what a player gets: the decoded MP4.
"""

from pathlib import Path

import av
import numpy as np
import pytest

from support import films

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # films take their time on a busy machine

FPS = 60
FRAME_S = 1.0 / FPS
# Onsets that lie everywhere between two frames; silence and rest before each of them.
TIMES = [round(0.5 + 0.613 * n, 3) for n in range(8)]
STILL = (
    "stage.follow_time=0",  # a curve is where it belongs at once, then rests
    "stage.knot_turn=0,0,0",
    "synth.release_treble=0.05",
    "synth.release_bass=0.05",
    "learner.learning_rate=0.01",  # far from rest all the time
    "render.crf=0",  # lossless: what differs was drawn so
    "render.preset=ultrafast",
)


def grey_video(path: Path) -> Path:
    """A second of the same grey."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), 128, np.uint8), format="rgb24")
        for _ in range(25):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def changes(path: Path, *, least: int = 1) -> list[float]:
    """When the picture begins to change after it has been at rest."""
    found, before, resting = [], None, True
    for seconds, picture in films.frames(path):
        if before is not None:
            changed = bool(np.abs(picture.astype(int) - before).max() >= least)
            if changed and resting:
                found.append(seconds)
            resting = not changed
        before = picture.astype(int)
    return found


def rendered(tmp_path: Path, strokes: list[tuple[float, int]], *more: object) -> Path:
    midi = films.melody(tmp_path / "keys.mid", strokes)
    film = tmp_path / "film.mp4"
    settings = [text for setting in STILL for text in ("--set", setting)]
    done = films.render(midi, "-o", film, "--size", "320x180", "--fps", FPS, *settings, *more)
    assert done.status == 0, done.output
    return film


def test_part_1_steps_when_it_sounds(tmp_path):
    film = rendered(tmp_path, [(t, 72) for t in TIMES], "--part", 1)
    heard = films.onsets(*films.sound(film), TIMES)
    steps = changes(film)
    # The first note opens the episode, every other one is a step.
    seen = [min(steps, key=lambda s, t=t: abs(s - t)) for t in heard]
    off = np.array(seen) - np.array(heard)
    assert np.abs(off).max() <= FRAME_S, off


def test_part_4_blows_a_bubble_when_it_sounds(tmp_path):
    video = grey_video(tmp_path / "grey.mp4")
    keys = [30 + 8 * n for n in range(len(TIMES))]  # each bubble at a place of its own
    film = rendered(
        tmp_path, list(zip(TIMES, keys, strict=True)), "--part", 4, "--camera", video,
        "--set", "stage.bubble_time=0.4", "--set", "stage.past_episodes=0",
        "--set", "learner.bass_below=0", "--set", "learner.upper_from=128",  # bubbles alone
    )  # fmt: skip
    heard = films.onsets(*films.sound(film), TIMES)
    bubbles = changes(film)
    seen = [min(bubbles, key=lambda s, t=t: abs(s - t)) for t in heard]
    off = np.array(seen) - np.array(heard)
    assert np.abs(off).max() <= FRAME_S, off


def test_sound_and_picture_are_equally_long_and_begin_at_zero(tmp_path):
    film = rendered(tmp_path, [(0.1, 60)], "--part", 1, "--set", "render.tail=0.3")
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.start_time, audio.start_time) == (0, 0)
        length = float(video.duration * video.time_base)
        assert float(audio.duration * audio.time_base) == pytest.approx(length, abs=FRAME_S)
