"""One film from what was asked for to what was made."""

from __future__ import annotations

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
from descant.events import NANOSECONDS
from descant.render import inputs, outputs, pictures, score
from descant.render.drawing import Drawer
from descant.render.mp4 import Mp4
from descant.render.pipeline import render_film, render_sound
from descant.render.plain import Frames, Wav
from descant.render.settings import Rooms
from descant.render.sound import Sound

SMALLEST, LARGEST = 64, 8192
MOST_FPS = 240
NTSC = 1001


@dataclass(frozen=True)
class Request:
    """What is asked for. `part` None: the conductor's rules; `camera`: a video of the performer."""

    kind: inputs.Kind
    path: Path
    target: outputs.Target
    size: tuple[int, int]
    fps: Fraction
    rooms: Rooms
    part: int | None = None
    camera: Path | None = None
    software: bool = False


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


def parse_size(text: str, kind: outputs.Kind) -> tuple[int, int]:
    """'1920x1080' -> (1920, 1080); `UserError` says what is allowed."""
    width, _, height = text.lower().partition("x")
    if width.isdecimal() and height.isdecimal():
        size = int(width), int(height)
        if all(SMALLEST <= pixels <= LARGEST for pixels in size):
            if kind is outputs.Kind.MP4 and (size[0] % 2 or size[1] % 2):
                raise UserError(f"H.264 films have even width and height, not {text}")
            return size
    raise UserError(
        f"a size is WIDTHxHEIGHT in pixels, each {SMALLEST} to {LARGEST}, such as 1920x1080, "
        f"not '{text}'"
    )


def parse_fps(text: str) -> Fraction:
    """'60', '23.976' or '30000/1001' as frames a second; `UserError` says what is allowed."""
    try:
        fps = Fraction(text)
    except (ValueError, ZeroDivisionError):
        fps = Fraction(0)
    if not 1 <= fps <= MOST_FPS:
        raise UserError(
            f"frames a second are 1 to {MOST_FPS}, such as 60, 29.97 or 30000/1001, not '{text}'"
        )
    ntsc = Fraction(round(fps) * 1000, NTSC)
    return ntsc if abs(fps - ntsc) < Fraction(1, 1000) else fps.limit_denominator(NTSC)


def make(
    request: Request, *, stopped: Callable[[], bool], told: Callable[[float, float], None]
) -> Made:
    """Render what is asked for. `told` is given the seconds done, and those in all.

    Raises `UserError` where anything is wrong with input or output; nothing is left behind then.
    """
    played = read(request)
    seconds = played.end_ns / NANOSECONDS
    render = _sound if request.target.kind is outputs.Kind.WAV else _film
    made = render(request, played, stopped=stopped, told=lambda done: told(done, seconds))
    return dataclasses.replace(made, remarks=tuple(remarks(request)))


def remarks(request: Request) -> Iterator[str]:
    """What a person should know of the input: a recording that is not whole."""
    if request.kind is inputs.Kind.BAG:
        for file in bag_files(request.path):
            if not is_finished(file):
                yield f"{file} was cut off: the film ends where it ends"


def read(request: Request) -> score.Score:
    """What happens in the film."""
    if request.kind is inputs.Kind.MIDI:
        return score.of_midi(request.path, request.rooms, part=request.part)
    return score.of_recording(read_bag(request.path), request.rooms, name=str(request.path))


def pictures_of(request: Request, played: score.Score) -> pictures.Pictures:
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
    played: score.Score,
    *,
    stopped: Callable[[], bool],
    told: Callable[[float], None],
) -> Made:
    rate = request.rooms.synth.sample_rate
    output = Wav(request.target.path, rate)
    sound = Sound(played, request.rooms.synth, fade=request.rooms.render.fade)
    try:
        done = render_sound(sound, output, stopped=stopped, told=lambda n: told(n / rate))
    finally:
        sound.close()
    return Made(done / rate, sound.length / rate)


def _film(
    request: Request,
    played: score.Score,
    *,
    stopped: Callable[[], bool],
    told: Callable[[float], None],
) -> Made:
    fps, rooms = request.fps, request.rooms
    frames = math.ceil(played.end_ns * fps / NANOSECONDS)
    performer = pictures_of(request, played)
    output = _output(request)
    sound = None
    try:
        if request.target.kind is outputs.Kind.MP4:
            sound = Sound(played, rooms.synth, fade=rooms.render.fade)
        drawer = Drawer(
            played,
            performer,
            rooms.stage,
            size=request.size,
            fps=fps,
            software=request.software,
        )
    except BaseException:
        output.abort()
        if sound is not None:
            sound.close()
        raise
    try:
        done = render_film(
            drawer, sound, output, frames=frames, size=request.size, fps=fps,
            stopped=stopped, told=lambda n: told(float(n / fps)),
        )  # fmt: skip
    finally:
        drawer.close()
        if sound is not None:
            sound.close()
    return Made(float(done / fps), float(frames / fps))


def _output(request: Request) -> outputs.Output:
    if request.target.kind is outputs.Kind.PNG:
        return Frames(request.target)
    return Mp4(
        request.target.path,
        request.rooms.render,
        size=request.size,
        fps=request.fps,
        sample_rate=request.rooms.synth.sample_rate,
    )
