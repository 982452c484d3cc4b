"""The parameters of the camera node, and what its `source` may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from descant.parameters import ParameterError, Settings, parameter
from descant.resources import path_of


class SourceKind(Enum):
    """Where the pictures come from."""

    AUTO = "auto"
    DEVICE = "device"
    FILE = "file"
    URL = "url"
    KEYBOARD = "keyboard"


@dataclass(frozen=True)
class Asked:
    """A parsed `source`: `name` is a number, path, URL, part of a name, or ''."""

    kind: SourceKind
    name: str

    @property
    def path(self) -> Path:
        """The video file, `~` resolved."""
        return path_of(self.name)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value


_BARE = (SourceKind.AUTO, SourceKind.KEYBOARD)


def parse_source(text: str) -> Asked:
    """'auto', 'device:0', 'file:PATH', 'url:URL' or 'keyboard'; `ParameterError` for all else."""
    word, _, name = text.partition(":")
    kind = {kind.value: kind for kind in SourceKind}.get(word.strip().lower())
    name = name.strip()
    if kind is None or (kind in _BARE) != (not name):
        raise ParameterError(
            "parameter 'source' must be auto, device:NUMBER, device:PATH, device:NAME PART,"
            f" file:PATH, url:URL or keyboard, not {text!r}"
        )
    return Asked(kind, name)


@dataclass(frozen=True, kw_only=True)
class CameraSettings(Settings):
    """What is seen and how it is published; the camera's exposure and focus are left alone."""

    source: str = parameter(
        "auto",
        "where the pictures come from: device:NUMBER, device:PATH or device:NAME PART (a camera),"
        " file:PATH (a video), url:URL (a stream), keyboard (a moving test picture: a piano"
        " keyboard with the keys that are down), auto (the first camera that gives a picture at"
        " the start, else keyboard)",
        live=False,
    )
    width: int = parameter(
        1280, "width of the published pictures", unit="pixels", ge=64, le=3840, live=False
    )
    height: int = parameter(
        720, "height of the published pictures", unit="pixels", ge=64, le=2160, live=False
    )
    rate: float = parameter(
        30.0,
        "pictures published a second, at most; a source that gives fewer is not padded",
        unit="Hz",
        ge=1.0,
        le=120.0,
        live=False,
    )
    fit: str = parameter(
        "crop",
        "a source of another shape: crop (fills, edges are cut), bars (whole, on black), stretch",
        choices=("crop", "bars", "stretch"),
    )
    mirror: bool = parameter(False, "left and right exchanged")
    flip: bool = parameter(False, "upside down")
    loop: bool = parameter(True, "a video file begins again when it has ended")
    freeze_timeout: float = parameter(
        1.5,
        "a camera that gives no picture, or the same one, for so long is lost and opened again;"
        " 0: never (repeated pictures are then published)",
        unit="s",
        ge=0.0,
        le=60.0,
    )
    retry_period: float = parameter(
        1.0, "pause between attempts to open a camera", unit="s", ge=0.05, le=60.0
    )
    velocity_glow: float = parameter(
        1.0, "how brightly keys glow in the test picture; 0: not at all", ge=0.0, le=2.0
    )
