# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Open the sink that the parameter `sink` names."""

from __future__ import annotations

from collections.abc import Callable

from descant.errors import UserError
from descant.synth.settings import SynthSettings
from descant.synth.sinks.base import Sink, SinkError
from descant.synth.sinks.failover_memory import FailoverMemory
from descant.synth.sinks.jack_sink import JackSink
from descant.synth.sinks.paced_sink import PacedSink
from descant.synth.sinks.portaudio_sink import PortaudioSink

WORDS = "auto, jack, portaudio, portaudio:DEVICE, wav:PATH or none"


def check(sink: str) -> None:
    """`UserError` where `sink` is not one of WORDS."""
    word, _, rest = sink.partition(":")
    bare = word in ("auto", "jack", "none") and not rest and ":" not in sink
    if not (bare or word == "portaudio" or (word == "wav" and rest not in ("", "-"))):
        raise UserError(f"parameter 'sink' must be {WORDS}, not '{sink}'")


def open_sink(settings: SynthSettings, memory: FailoverMemory | None = None) -> tuple[Sink, str]:
    """The sink that the settings name, open, and one line about it for a person.

    `auto` is the first that opens: JACK, PortAudio, none; the line has the errors of the others.
    With `memory` the output is shared, where it can be; a second synth has no other.
    """
    try:
        return open_device(settings, memory)
    except SinkError as error:
        if settings.sink != "auto" or (memory is not None and memory.is_second):
            raise
        return _OPEN["none"]("", settings, memory), f"nothing will be heard: {error}"


def open_device(settings: SynthSettings, memory: FailoverMemory | None = None) -> tuple[Sink, str]:
    """As `open_sink`, but `auto` is never none: `SinkError` where there is no device."""
    word, _, rest = settings.sink.partition(":")
    reasons: list[str] = []
    candidates = ("jack", "portaudio") if word == "auto" else (word,)
    if memory is not None and memory.is_second:
        candidates = ("jack",)
        if word not in ("auto", "jack"):
            raise SinkError(f"only JACK's output can be shared, not '{word}'")
    for candidate in candidates:
        try:
            sink = _OPEN[candidate](rest, settings, memory)
        except SinkError as error:
            reasons.append(str(error))
        else:
            return sink, "; ".join([_described(sink), *reasons])
    raise SinkError("; ".join(reasons))


def _described(sink: Sink) -> str:
    period = f", {sink.period} frames a period" if sink.name == "jack" else ""
    return f"sound goes to {sink.name} at {sink.sample_rate} Hz{period}"


def _paced(path: str | None, settings: SynthSettings, _memory: FailoverMemory | None) -> Sink:
    return PacedSink(path, sample_rate=settings.sample_rate, frames=settings.block)


_OPEN: dict[str, Callable[[str, SynthSettings, FailoverMemory | None], Sink]] = {
    "jack": lambda _rest, settings, memory: JackSink(settings.ahead, memory),
    "portaudio": lambda rest, settings, _memory: PortaudioSink(
        rest, settings.sample_rate, settings.block, settings.ahead
    ),
    "wav": _paced,
    "none": lambda _rest, settings, memory: _paced(None, settings, memory),
}
