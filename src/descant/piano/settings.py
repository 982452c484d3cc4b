"""The parameters of the piano node, and what its `source` may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from descant.parameters import ParameterError, Settings, parameter
from descant.resources import path_of


class SourceKind(Enum):
    """Where the notes come from."""

    AUTO = "auto"
    PORT = "port"
    FILE = "file"
    BAG = "bag"
    VIRTUAL = "virtual"


@dataclass(frozen=True)
class Source:
    """A parsed `source`: `name` is part of a port's name, a path, a virtual port's name, or ''."""

    kind: SourceKind
    name: str

    @property
    def path(self) -> Path:
        """The MIDI file or bag, `~` resolved."""
        return path_of(self.name)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value


def parse_source(text: str) -> Source:
    """'auto', 'port:NAME PART', 'file:PATH', 'bag:PATH' or 'virtual:NAME'.

    `ParameterError` for all else.
    """
    word, _, name = text.partition(":")
    kinds = {kind.value: kind for kind in SourceKind}
    kind = kinds.get(word.strip().lower())
    name = name.strip()
    if kind is None or (kind is SourceKind.AUTO) != (not name):
        raise ParameterError(
            f"parameter 'source' must be port:NAME PART, file:PATH, bag:PATH, virtual:NAME or"
            f" auto, not {text!r}"
        )
    return Source(kind, name)


@dataclass(frozen=True, kw_only=True)
class PianoSettings(Settings):
    """Everything that can be set at the piano node; none of it changes a played event's time."""

    source: str = parameter(
        "auto",
        "where the notes come from: port:NAME PART (a MIDI input port whose name contains it),"
        " file:PATH (a Standard MIDI File in real time, or the name of a bundled one),"
        " bag:PATH (a recording, played again), virtual:NAME (a port others connect to),"
        " auto (the first port that is a real one)",
        live=False,
    )
    backend: str = parameter(
        "auto",
        "system of the MIDI ports; auto takes the first that answers",
        choices=("auto", "alsa", "jack"),
        live=False,
    )
    start: float = parameter(
        0.0, "where a file or bag begins to play", unit="s", ge=0.0, le=86_400.0, live=False
    )
    speed: float = parameter(
        1.0, "how fast a file or bag plays; 2 is twice as fast", ge=0.1, le=10.0, live=False
    )
    loop: bool = parameter(False, "a file or bag begins again (at 'start') when it ends")
    listeners: int = parameter(
        0,
        "a file or bag waits until so many nodes listen to /notes, at most 'listeners_timeout'",
        ge=0,
        le=100,
        live=False,
    )
    awaited: str = parameter(
        "",
        "and until these nodes do, their names separated by spaces, at most as long",
        live=False,
    )
    listeners_timeout: float = parameter(
        20.0, "how long a file or bag waits for listeners", unit="s", ge=0.0, le=600.0, live=False
    )
    bag_parameters: bool = parameter(
        True,
        "a bag sets the learner's parameters (its seed among them) and the part as recorded",
        live=False,
    )
    velocity_prefix_controller: int = parameter(
        88,
        "controller that carries the low 7 bits of the next velocity: 88 (MIDI CA-031) or 16"
        " (some Disklavier charts)",
        ge=0,
        le=119,
    )
    silence_timeout: float = parameter(
        1.0,
        "a piano that has sent active sensing (every 0.3 s) and then nothing for so long is gone",
        unit="s",
        ge=0.4,
        le=10.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        parse_source(self.source)
