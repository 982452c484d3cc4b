# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Render one film: from a request to the file."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from descant.bags.reader import read as read_bag
from descant.errors import UserError
from descant.programme.programme import Programme
from descant.render import camera_pictures, film_events
from descant.render.camera_pictures import CameraPictures
from descant.render.drawing import FrameDrawer
from descant.render.film_events import FilmEvents
from descant.render.inputs import InputKind
from descant.render.mp4 import Mp4Output
from descant.render.outputs import Output, OutputKind, Target
from descant.render.pipeline import Proceed, render_film, render_sound, samples_of
from descant.render.settings import PerformanceSettings
from descant.render.sound import FilmSound
from descant.render.wav_and_png import PngOutput, WavOutput
from descant.types import NANOSECONDS


@dataclass(frozen=True)
class RenderRequest:
    """What to render. `part`: this part of the programme throughout, None for all of them;
    `camera`: a video of the performer; `first_s` and `last_s`: only what lies between these times
    of the film, seconds; `namespace`: of several performances in a bag that in it.
    """

    kind: InputKind
    path: Path
    target: Target
    size: tuple[int, int]
    fps: Fraction
    settings: PerformanceSettings
    programme: Programme
    part: int | None = None
    camera: Path | None = None
    software: bool = False
    first_s: float = 0.0
    last_s: float = math.inf
    namespace: str | None = None


@dataclass(frozen=True)
class RenderResult:
    """The length of what was rendered, and the length it should have, seconds.

    `warnings` has a line for whatever was odd in the input.
    """

    seconds: float
    expected_seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it was not stopped before its end."""
        return self.seconds >= self.expected_seconds


def render(request: RenderRequest, proceed: Callable[[float, float], bool]) -> RenderResult:
    """Render what is requested. `proceed` gets the seconds done and those in all; False stops.

    Raises `UserError` where input or output is wrong, and leaves no file then.
    """
    film = read(request)
    frames = frame_numbers(request, film)
    seconds = float(len(frames) / request.fps)
    run = _render_sound if request.target.kind is OutputKind.WAV else _render_film
    result = run(request, film, frames, lambda done: proceed(done, seconds))
    warnings = (f"{request.path}: {line}" for line in (*film.remarks, *result.warnings))
    return dataclasses.replace(result, warnings=tuple(warnings))


def read(request: RenderRequest) -> FilmEvents:
    """The events of the film."""
    settings, programme = request.settings, request.programme
    if request.kind is InputKind.MIDI:
        return film_events.of_midi(
            request.path, settings, programme, part=request.part, until_ns=_last_ns(request)
        )
    recording = read_bag(request.path, request.namespace)
    return film_events.of_recording(recording, settings, programme, name=str(request.path))


def _last_ns(request: RenderRequest) -> int | None:
    """The time after which no event can be seen or heard in what is requested; None: there is no
    such time.
    """
    last = request.first_s if request.target.kind is OutputKind.STILL else request.last_s
    return None if math.isinf(last) else math.ceil((last + 1.0) * NANOSECONDS)


def frame_numbers(request: RenderRequest, film: FilmEvents) -> range:
    """The numbers of the frames; `UserError` where there are none between the requested times."""
    end = math.ceil(film.end_ns * request.fps / NANOSECONDS)
    first = math.floor(request.first_s * request.fps)
    if not 0 <= request.first_s < request.last_s or first >= end:
        raise UserError(
            f"no frames from {request.first_s:g} s to "
            f"{'the end' if math.isinf(request.last_s) else f'{request.last_s:g} s'}: "
            f"the film is {float(end / request.fps):.1f} s long"
        )
    if request.target.kind is OutputKind.STILL:
        return range(first, first + 1)
    last = math.ceil(min(request.last_s, float(end / request.fps)) * request.fps)
    return range(first, min(last, end))


def film_sound(request: RenderRequest, film: FilmEvents, frames: range) -> FilmSound:
    """The sound that goes with these frames."""
    synth, events = film.sound(request.settings)
    first = samples_of(frames.start, synth.sample_rate, request.fps)
    length = samples_of(len(frames), synth.sample_rate, request.fps)
    fade = request.settings.render.fade
    return FilmSound(events, synth, fade=fade, first=first, length=length)


def pictures_of(request: RenderRequest, film: FilmEvents) -> CameraPictures:
    """The requested video, else the recorded pictures, else the keyboard."""
    if not film.shows_camera(request.settings):
        return camera_pictures.NoPictures()
    if request.camera is not None:
        return camera_pictures.VideoPictures(request.camera, request.settings.camera)
    if request.kind is InputKind.BAG:
        recorded = camera_pictures.recorded_pictures(request.path, film.zero_ns, request.namespace)
        if recorded is not None:
            return recorded
    return camera_pictures.KeyboardPictures(film.notes(), request.settings.camera)


def _render_sound(
    request: RenderRequest, film: FilmEvents, frames: range, proceed: Proceed
) -> RenderResult:
    rate = request.settings.synth.sample_rate
    with contextlib.ExitStack() as closing:
        sound = film_sound(request, film, frames)
        closing.callback(sound.close)
        output = WavOutput(request.target.path, rate, sound.length)
        closing.callback(output.abort)
        done = render_sound(sound, output, proceed=proceed)
    return RenderResult(done / rate, sound.length / rate)


def _render_film(
    request: RenderRequest, film: FilmEvents, frames: range, proceed: Proceed
) -> RenderResult:
    fps = request.fps
    pictures = pictures_of(request, film)
    with contextlib.ExitStack() as closing:
        output = _open_output(request)
        closing.callback(output.abort)  # after `finish` this does nothing
        sound = None
        if request.target.kind is OutputKind.MP4:
            sound = film_sound(request, film, frames)
            closing.callback(sound.close)
        drawer = FrameDrawer(
            film, pictures, request.settings,
            size=request.size, fps=fps, software=request.software,
        )  # fmt: skip
        closing.callback(drawer.close)
        done = render_film(
            drawer, sound, output, frames=frames, size=request.size, fps=fps, proceed=proceed
        )
    return RenderResult(float(done / fps), float(len(frames) / fps), pictures.remarks)


def _open_output(request: RenderRequest) -> Output:
    if request.target.kind in (OutputKind.PNG, OutputKind.STILL):
        return PngOutput(request.target)
    return Mp4Output(
        request.target.path,
        request.settings.render,
        size=request.size,
        fps=request.fps,
        sample_rate=request.settings.synth.sample_rate,
    )
