# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The dissonance of one recording over time.

No audio file is analysed. The notes, the pedals and the synthesiser's rules give the partials that
sound at each moment and their amplitudes (`sampled_notes`), the recorded states give the stretch of
the overtones (`overtone_stretch`), and `sethares` the dissonance of all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from descant.arrays import Floats, Ints
from descant.bags.recording import Recording
from descant.dissonance.performance_dissonance import PerformanceDissonance
from descant.dissonance.sampled_notes import RATE, sample_notes
from descant.dissonance.state_arrays import state_arrays
from descant.errors import UserError
from descant.parameters import Value
from descant.programme.layers import PartLayers
from descant.synth.settings import SettingsChange, SynthSettings, settings_at
from descant.types import Event, Part


def dissonance_over_time(
    recording: Recording,
    synth: SynthSettings | None = None,
    *,
    rate: float = RATE,
    end_ns: int | None = None,
) -> tuple[Ints, Floats]:
    """Times (ns since the epoch) and the sensory dissonance of all sounding partials then, >= 0.

    `rate` samples a second, from the first event to `end_ns` (the last event). The unit is that of
    two sines of amplitude 1, the amplitude of a fundamental at full velocity. `synth`: a recording
    has no settings of the synthesiser; the default is the profile `paper`. The states of every run
    of the learner count, and every part's own parameters. `UserError` where there is no note.
    """
    if not recording.notes:
        raise UserError("no dissonance: the recording has no notes")
    events: list[Event] = [*recording.notes, *recording.pedals]
    events.sort(key=lambda event: event.time_ns)
    last_ns = max(events[-1].time_ns, end_ns or 0)
    dissonance = prepare_dissonance(
        events, recording.parts, synth or SynthSettings(), rate=rate, end_ns=last_ns
    )
    return dissonance.over_time(state_arrays([entry.state for entry in recording.states]))


def prepare_dissonance(
    events: Sequence[Event],
    parts: Iterable[Part],
    synth: SynthSettings,
    *,
    rate: float,
    end_ns: int,
    fixed: Mapping[str, Value] | None = None,
) -> PerformanceDissonance:
    """The dissonance of `events` (sorted by time, at least one) up to `end_ns`, for any states.

    `synth` holds but for the overrides of each of `parts`, and `fixed` over both.
    """
    layers = PartLayers(synth, "synth", fixed)
    start, start_ns = layers.current, events[0].time_ns
    ordered = sorted(parts, key=lambda part: part.time_ns)
    changes = [SettingsChange(part.time_ns, layers.begin(part)) for part in ordered]
    settings = settings_at(start_ns, start, changes)
    during = [change for change in changes if change.time_ns > start_ns]
    merged = sorted([*during, *events], key=lambda event: event.time_ns)
    notes = sample_notes(merged, settings, rate, end_ns)
    return PerformanceDissonance(notes, settings, during)
