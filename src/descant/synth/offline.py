"""Sound without a sink: events in, samples out, as fast as the machine can.

The same allocator, voices and master as live; only who asks for the blocks differs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from descant.synth.bus import Samples
from descant.synth.engine import Engine, Report
from descant.synth.settings import SynthSettings
from descant.synth.sinks.wav_file import WavFile
from descant.synth.stream import block_size
from descant.types import NANOSECONDS, Event, State

TAIL = 3.0


def blocks(
    events: Iterable[Event | State],
    settings: SynthSettings,
    *,
    tail: float = TAIL,
    reports: list[Report] | None = None,
) -> Iterator[tuple[Samples, Samples]]:
    """The sound of `events` from time 0, block by block, until `tail` seconds after the last.

    Times are nanoseconds from the start of the sound; an event is heard from the first block
    that begins at or after it. Events of one time keep their order. The arrays of a block
    hold until the next is asked for. `reports` receives one report a block.
    """
    frames = block_size(settings.block, 0)
    engine = Engine(settings, frames=frames, sample_rate=settings.sample_rate)
    queue = sorted(events, key=lambda event: event.time_ns)
    end = (queue[-1].time_ns if queue else 0) + int(tail * NANOSECONDS)
    taken = 0
    try:
        while (now := engine.blocks * frames * NANOSECONDS // settings.sample_rate) < end:
            while taken < len(queue) and queue[taken].time_ns <= now:
                engine.inbox.append(queue[taken])
                taken += 1
            yield engine.render()
            if reports is not None:
                reports.append(engine.report())
    finally:
        engine.close()


def render_notes(
    events: Iterable[Event],
    states: Iterable[State],
    settings: SynthSettings,
    *,
    tail: float = TAIL,
    reports: list[Report] | None = None,
) -> Samples:
    """The sound of notes and pedals, tuned by `states`, as an array (2, frames)."""
    together = _together(events, states)
    made = [np.stack(block) for block in blocks(together, settings, tail=tail, reports=reports)]
    return np.concatenate(made, axis=1) if made else np.zeros((2, 0), np.float32)


def render_file(
    path: Path,
    events: Iterable[Event],
    states: Iterable[State],
    settings: SynthSettings,
    *,
    tail: float = TAIL,
) -> None:
    """As `render_notes`, into a WAV file; `SinkError` where it cannot be written."""
    file = WavFile(path, settings.sample_rate)
    try:
        for block in blocks(_together(events, states), settings, tail=tail):
            file.write(*block)
    finally:
        file.close()


def _together(events: Iterable[Event], states: Iterable[State]) -> Iterator[Event | State]:
    """By time; a state comes after the note of the same time that caused it."""
    return heapq.merge(
        sorted(events, key=lambda e: e.time_ns),
        sorted(states, key=lambda s: s.time_ns),
        key=lambda e: e.time_ns,
    )
