# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sound without a sink: events in, samples out, as fast as the machine can.

The same allocator, voices and master as live; only the caller of `Engine.render` differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from descant.arrays import Samples
from descant.synth.engine import Engine, SynthReport
from descant.synth.settings import SettingsChange, SynthSettings
from descant.synth.stream import block_size
from descant.types import NANOSECONDS, Event, State

TAIL = 3.0


def blocks(
    events: Iterable[Event | State | SettingsChange],
    settings: SynthSettings,
    *,
    tail: float = TAIL,
    reports: list[SynthReport] | None = None,
) -> Iterator[tuple[Samples, Samples]]:
    """The sound of `events` from time 0, block by block, until `tail` seconds after the last.

    Times are nanoseconds from the start of the sound; an event takes effect in the first block that
    begins at or after it. Events of one time keep their order. The arrays of a block hold until the
    next is asked for. `reports` receives one report a block.
    """
    frames = block_size(settings.block, 0)
    engine = Engine(settings, frames=frames, sample_rate=settings.sample_rate)
    queue = sorted(events, key=lambda event: event.time_ns)
    end = (queue[-1].time_ns if queue else 0) + int(tail * NANOSECONDS)
    taken = 0
    try:
        while (now := engine.blocks * frames * NANOSECONDS // settings.sample_rate) < end:
            while taken < len(queue) and queue[taken].time_ns <= now:
                event = queue[taken]
                taken += 1
                engine.inbox.append(event.settings if isinstance(event, SettingsChange) else event)
            yield engine.render()
            if reports is not None:
                reports.append(engine.report())
    finally:
        engine.close()
