"""One film from what was asked for to what was made."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from descant.bags.files import bag_files
from descant.bags.reader import read as read_bag
from descant.bags.scan import is_finished
from descant.errors import UserError
from descant.render import film_events, inputs, outputs, pictures
from descant.render.drawing import Drawer
from descant.render.mp4 import Mp4
from descant.render.pipeline import render_film, render_sound, samples_of
from descant.render.plain import Frames, Wav
from descant.render.settings import Rooms
from descant.render.sound import Sound
from descant.types import NANOSECONDS


@dataclass(frozen=True)
class Request:
    """What is asked for. `part` None: the conductor's rules; `camera`: a video of the performer;
    `first_s` and `last_s`: only what lies between these times of the film, seconds."""

    kind: inputs.Kind
    path: Path
    target: outputs.Target
    size: tuple[int, int]
    fps: Fraction
    rooms: Rooms
    part: int | None = None
    camera: Path | None = None
    software: bool = False
    first_s: float = 0.0
    last_s: float = math.inf


@dataclass(frozen=True)
class Made:
    """What was made: its length, and the length it should have had (seconds)."""

    seconds: float
    of_seconds: float
    remarks: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it was not stopped before its end."""
        return self.seconds >= self.of_seconds


def make(
    request: Request, *, stopped: Callable[[], bool], told: Callable[[float, float], None]
) -> Made:
    """Render what is asked for. `told` is given the seconds done, and those in all.

    Raises `UserError` where anything is wrong with input or output; nothing is left behind then.
    """
    played = read(request)
    frames = span(request, played)
    seconds = float(len(frames) / request.fps)
    render = _sound if request.target.kind is outputs.Kind.WAV else _film
    made = render(request, played, frames, stopped=stopped, told=lambda done: told(done, seconds))
    return dataclasses.replace(made, remarks=tuple(remarks(request)))


def span(request: Request, played: film_events.Score) -> range:
    """The numbers of the frames; `UserError` where the film has none between the wanted times."""
    end = math.ceil(played.end_ns * request.fps / NANOSECONDS)
    first = math.floor(request.first_s * request.fps)
    if not 0 <= request.first_s < request.last_s or first >= end:
        raise UserError(
            f"nothing from {request.first_s:g} s to "
            f"{'its end' if math.isinf(request.last_s) else f'{request.last_s:g} s'}: "
            f"the film is {float(end / request.fps):.1f} s long"
        )
    if request.target.kind is outputs.Kind.STILL:
        return range(first, first + 1)
    last = math.ceil(min(request.last_s, float(end / request.fps)) * request.fps)
    return range(first, min(last, end))


def sound_of(request: Request, played: film_events.Score, frames: range) -> Sound:
    """The sound that goes with these frames."""
    synth = request.rooms.synth
    first = samples_of(frames.start, synth.sample_rate, request.fps)
    length = samples_of(len(frames), synth.sample_rate, request.fps)
    fade = request.rooms.render.fade
    return Sound(played, synth, fade=fade, first=first, length=length)


def remarks(request: Request) -> Iterator[str]:
    """What a person should know of the input: a recording that is not whole."""
    if request.kind is inputs.Kind.BAG:
        for file in bag_files(request.path):
            if not is_finished(file):
                yield f"{file} was cut off: the film ends where it ends"


def read(request: Request) -> film_events.Score:
    """What happens in the film."""
    if request.kind is inputs.Kind.MIDI:
        return film_events.of_midi(request.path, request.rooms, part=request.part)
    return film_events.of_recording(read_bag(request.path), request.rooms, name=str(request.path))


def pictures_of(request: Request, played: film_events.Score) -> pictures.Pictures:
    """The performer's picture: what was asked for, what was recorded, else the keyboard."""
    if not played.shows_video():
        return pictures.Nothing()
    if request.camera is not None:
        return pictures.VideoFile(request.camera, request.rooms.camera)
    if request.kind is inputs.Kind.BAG and pictures.are_recorded(request.path):
        return pictures.Recorded(request.path, played.zero_ns)
    return pictures.Keyboard(played.notes(), request.rooms.camera)


def _sound(
    request: Request,
    played: film_events.Score,
    frames: range,
    *,
    stopped: Callable[[], bool],
    told: Callable[[float], None],
) -> Made:
    rate = request.rooms.synth.sample_rate
    with contextlib.ExitStack() as closing:
        output = Wav(request.target.path, rate)
        closing.callback(output.abort)
        sound = sound_of(request, played, frames)
        closing.callback(sound.close)
        done = render_sound(sound, output, stopped=stopped, told=lambda n: told(n / rate))
    return Made(done / rate, sound.length / rate)


def _film(
    request: Request,
    played: film_events.Score,
    frames: range,
    *,
    stopped: Callable[[], bool],
    told: Callable[[float], None],
) -> Made:
    fps = request.fps
    performer = pictures_of(request, played)
    with contextlib.ExitStack() as closing:
        output = _output(request)
        closing.callback(output.abort)  # after it is finished this does nothing
        sound = None
        if request.target.kind is outputs.Kind.MP4:
            sound = sound_of(request, played, frames)
            closing.callback(sound.close)
        drawer = Drawer(
            played, performer, request.rooms.stage,
            size=request.size, fps=fps, software=request.software,
        )  # fmt: skip
        closing.callback(drawer.close)
        done = render_film(
            drawer, sound, output, frames=frames, size=request.size, fps=fps,
            stopped=stopped, told=lambda n: told(float(n / fps)),
        )  # fmt: skip
    return Made(float(done / fps), float(len(frames) / fps))


def _output(request: Request) -> outputs.Output:
    if request.target.kind in (outputs.Kind.PNG, outputs.Kind.STILL):
        return Frames(request.target)
    return Mp4(
        request.target.path,
        request.rooms.render,
        size=request.size,
        fps=request.fps,
        sample_rate=request.rooms.synth.sample_rate,
    )
