# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parameters of the piano node, and the forms of its `source`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter
from descant.resources import SourceName, parse_source


def parse_midi_source(text: str) -> SourceName:
    """Parse auto, port:NAME PART, file:PATH, bag:PATH or virtual:NAME.

    `ParameterError` for any other text.
    """
    return parse_source(
        text,
        bare=("auto",),
        named=("port", "file", "bag", "virtual"),
        expected="port:NAME PART, file:PATH, bag:PATH, virtual:NAME or auto",
    )


@dataclass(frozen=True, kw_only=True)
class PianoSettings(Settings):
    """Source and playback of the piano node; none of it changes the time of a played event."""

    source: str = parameter(
        "auto",
        "source of the notes: port:NAME PART (a MIDI input port whose name contains it), file:PATH"
        " (a Standard MIDI File, or the name of a bundled one, played in real time), bag:PATH (a"
        " recording, played in real time), virtual:NAME (a new port for other programs), auto (the"
        " first MIDI input port that leads to a device)",
        live=False,
    )
    backend: str = parameter(
        "auto",
        "MIDI system of the ports; auto: the first available one that has a matching port",
        choices=("auto", "alsa", "jack"),
        live=False,
    )
    start: float = parameter(
        0.0,
        "position at which a MIDI file or bag starts to play",
        unit="s",
        ge=0.0,
        le=86_400.0,
        live=False,
    )
    speed: float = parameter(
        1.0,
        "speed at which a MIDI file or bag plays, as a factor; 2 is twice as fast",
        ge=0.1,
        le=10.0,
        live=False,
    )
    loop: bool = parameter(False, "play a MIDI file or bag again, from 'start', when it has ended")
    listeners: int = parameter(
        0,
        "number of nodes that must subscribe to /notes before a MIDI file or bag starts to play,"
        " within 'listeners_timeout'",
        ge=0,
        le=100,
        live=False,
    )
    awaited: str = parameter(
        "",
        "names of the nodes, separated by spaces, that must subscribe to /notes before a MIDI file"
        " or bag starts to play, within 'listeners_timeout'",
        live=False,
    )
    listeners_timeout: float = parameter(
        20.0,
        "longest time for which a MIDI file or bag waits for subscribers of /notes",
        unit="s",
        ge=0.0,
        le=600.0,
        live=False,
    )
    bag_namespace: str = parameter(
        "",
        "namespace of the performance that is played of a bag with several; empty: that of its"
        " recorder",
        live=False,
    )
    bag_parameters: bool = parameter(
        True,
        "playing a bag sets the part and the learner's parameters, its seed included, as recorded",
        live=False,
    )
    velocity_prefix_controller: int = parameter(
        88,
        "MIDI controller with the low 7 bits of the next note's velocity: 88 (MIDI CA-031) or 16"
        " (some Disklavier charts)",
        ge=0,
        le=119,
    )
    silence_timeout: float = parameter(
        1.0,
        "time without a message after which a piano that sends active sensing (every 0.3 s)"
        " counts as lost",
        unit="s",
        ge=0.4,
        le=10.0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        parse_midi_source(self.source)
