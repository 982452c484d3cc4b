# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording as JSON for the page: notes, attempts, states, parts and dissonance.

Times are milliseconds from the first note or pedal. Arrays are little-endian, in base64. The steps
of an attempt are not in it where the page can compute them from seed and settings, which
`recording_attempts` has tried; then of a state only what is drawn on the time axis is kept, and its
step, with which the page finds the rest.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.dissonance.over_time import dissonance_over_time
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.page.recording_attempts import RecordedAttempt, all_settings, read_attempts
from descant.picture.loss_curves import convergence_threshold
from descant.picture.note_bars import NoteBar, TimeSpan, note_bars, time_span
from descant.picture.palette import loss_heat
from descant.programme.layers import described, with_known_description
from descant.programme.reading import load_programme
from descant.research.export import identify
from descant.types import NANOSECONDS, LearningStatus, Part, State

MOST_CHARACTERS = 1_000_000
"""Size up to which every step is kept; above it every second, fourth .. step of an attempt is."""
LARGEST_STRIDE = 256
DISSONANCE_RATE = 10.0
MOST_SAMPLES = 6_000
"""Dissonance: samples a second, and the largest number of them."""
LONGEST_MS = 65_535
LATEST_MS = 2**32 - 1
"""The largest time that fits: 49 days."""
UNKNOWN = 255
"""Colour of a note that was played while nothing was learned."""
MS = 1_000_000  # ns


def recording_data(path: Path, namespace: str | None = None) -> dict[str, Any]:
    """The recording in the bag `path`, of that in `namespace`, as `ui/night_data.js` reads it.

    A bag that is damaged or was cut off is read as far as it goes, with a remark. `UserError` where
    there is no bag, or no note or no state of the learner in it.
    """
    recording = read(path, namespace)
    for found, what in ((recording.notes, "note"), (recording.states, "learning")):
        if not found:
            why = recording.why_incomplete
            raise UserError(f"{path}: nothing to show in the page: no {what} in this bag{why}")
    recording = _described(recording)
    attempts, span = read_attempts(recording), _span(recording)
    data = {
        **_heading(path, recording, namespace),
        "duration": round(span.duration_s, 3),
        "threshold": convergence_threshold(recording),
        "notes": _notes(note_bars(recording, span), convergence_threshold(recording)),
        "pedals": _pedals(recording, span),
        "parts": list(_parts(recording.parts, span)),
        "dissonance": _dissonance(recording, span),
    }
    return _with_attempts(data, recording, attempts, span)


def _heading(path: Path, recording: Recording, namespace: str | None) -> dict[str, Any]:
    identity = identify(path, namespace=namespace)
    begun = datetime.fromtimestamp(identity.start_ns // NANOSECONDS, timezone.utc)
    remarks = [
        f"The recording is damaged or was cut off, and is shown as far as it goes ({line})."
        for line in recording.damage
    ]
    remarks += [f"{line[:1].upper()}{line[1:]}." for line in recording.remarks]
    return {"title": identity.name, "date": f"{begun:%Y-%m-%dT%H:%M:%SZ}", "remarks": remarks}


def _described(recording: Recording) -> Recording:
    """With the parts of the paper's programme where version 0.1 recorded no description."""
    programme = load_programme("paper")
    parts = [with_known_description(part, programme) for part in recording.parts]
    return replace(recording, parts=tuple(parts))


def _span(recording: Recording) -> TimeSpan:
    """From the first note or pedal to the last note, pedal or state."""
    span = time_span(recording)
    last = max(entry.state.time_ns for entry in recording.states)
    return TimeSpan(span.start_ns, max(span.end_ns, last))


def _notes(bars: Sequence[NoteBar], threshold: float) -> dict[str, str]:
    loss = np.array([np.nan if bar.loss is None else bar.loss for bar in bars])
    known = np.array([bar.loss is not None for bar in bars])
    heat = np.nan_to_num(loss_heat(loss, threshold), nan=1.0)  # a loss of NaN is a diverged one
    names = ("start_s", "end_s", "tail_s")
    start, end, tail = (
        np.minimum(np.rint([getattr(bar, name) * 1e3 for bar in bars]), LATEST_MS) for name in names
    )
    return {
        "start": _packed(start, "<u4"),
        "length": _packed(np.minimum(end - start, LONGEST_MS), "<u2"),
        "tail": _packed(np.minimum(tail - end, LONGEST_MS), "<u2"),
        "key": _packed([bar.key for bar in bars], "u1"),
        "velocity": _packed([bar.velocity for bar in bars], "u1"),
        "heat": _packed(np.where(known, np.rint(heat * (UNKNOWN - 1)), UNKNOWN), "u1"),
    }


def _pedals(recording: Recording, span: TimeSpan) -> dict[str, str]:
    moves = sorted(recording.pedals, key=lambda pedal: pedal.time_ns)
    return {
        "time": _packed([_ms(p.time_ns, span) for p in moves], "<u4"),
        "pedal": _packed([p.pedal for p in moves], "u1"),
        "value": _packed([p.value for p in moves], "u1"),
    }


def _parts(parts: Sequence[Part], span: TimeSpan) -> Iterator[dict[str, Any]]:
    ordered = sorted((p for p in parts if p.time_ns < span.end_ns), key=lambda p: p.time_ns)
    for part, following in pairwise([*ordered, None]):
        assert part is not None
        if following is not None and following.time_ns <= max(part.time_ns, span.start_ns):
            continue  # it is over before the first note
        of = described(part)
        yield {
            "start": _ms(part.time_ns, span),
            "number": part.number,
            "title": of.title,
            "synth": dict(of.synth),
        }


def _dissonance(recording: Recording, span: TimeSpan) -> dict[str, Any]:
    rate = min(DISSONANCE_RATE, MOST_SAMPLES / span.duration_s)
    times, values = dissonance_over_time(recording, rate=rate, end_ns=span.end_ns)
    highest = float(values.max()) or 1.0
    return {
        "start": int(times[0] - span.start_ns) // MS,
        "rate": rate,
        "highest": highest,
        "values": _packed(np.rint(values / highest * LONGEST_MS), "<u2"),
    }


def _with_attempts(
    data: Mapping[str, Any],
    recording: Recording,
    attempts: Sequence[RecordedAttempt],
    span: TimeSpan,
) -> dict[str, Any]:
    """`data` with attempts and states, of which so many are left out that it is small enough."""
    stride = 1
    while True:
        every = {**data, **_learning(recording, attempts, span, stride), "stride": stride}
        size = len(json.dumps(every))
        if size <= MOST_CHARACTERS or stride >= LARGEST_STRIDE:
            return every
        stride *= 2


def _learning(
    recording: Recording, attempts: Sequence[RecordedAttempt], span: TimeSpan, stride: int
) -> dict[str, Any]:
    kept = [_thinned(attempt.states, stride) for attempt in attempts]
    settings = all_settings(attempts)
    families = list(dict.fromkeys(states[0].family for states in kept))
    first = np.cumsum([0, *(len(states) for states in kept)])[:-1]
    return {
        "settings": [_differences(entry) for entry in settings],
        "families": families,
        "attempts": {
            "first": _packed(first, "<u4"),
            "number": _packed([s[0].episode for s in kept], "<u4"),
            "attempt": _packed([s[0].attempt for s in kept], "<u4"),
            "seed": _packed(np.array([s[0].seed for s in kept], np.uint64), "<u8"),
            "family": _packed([families.index(s[0].family) for s in kept], "u1"),
            "loss": _packed([s[0].loss for s in kept], "<f8"),
        },
        "changes": _changes(attempts, settings),
        "stored": _stored(recording, attempts, kept),
        "states": _states([state for states in kept for state in states], recording, span),
    }


def _thinned(states: Sequence[State], stride: int) -> list[State]:
    """Every `stride`-th step, the first, the last, and each at which the status is another."""
    last = len(states) - 1
    return [
        state
        for n, state in enumerate(states)
        if state.step % stride == 0 or n in (0, last) or state.status is not states[n - 1].status
    ]


def _differences(settings: LearnerSettings) -> dict[str, Any]:
    defaults = LearnerSettings.defaults()
    return {name: value for name, value in settings.values().items() if value != defaults[name]}


def _changes(
    attempts: Sequence[RecordedAttempt], settings: Sequence[LearnerSettings]
) -> list[list[int]]:
    """(attempt, from this step on, index of settings), where it is not that of the one before."""
    found: list[list[int]] = []
    for number, attempt in enumerate(attempts):
        indices = [[number, step, settings.index(entry)] for step, entry in attempt.changes]
        found += indices
    return found


def _stored(
    recording: Recording, attempts: Sequence[RecordedAttempt], kept: Sequence[Sequence[State]]
) -> dict[int, dict[str, Any]]:
    """All numbers of the attempts that the page cannot compute, by their index."""
    names = {episode.family: list(episode.parameter_names) for episode in recording.episodes}
    return {
        number: {
            "names": names.get(states[0].family, []),
            "target": _packed(states[0].target, "<f8"),
            "theta": _packed([s.theta for s in states], "<f8"),
            "loss": _packed([s.loss for s in states], "<f8"),
            "residual": _packed([s.residual for s in states], "<f8"),
            "gradient": _packed([s.gradient for s in states], "<f8"),
        }
        for number, (attempt, states) in enumerate(zip(attempts, kept, strict=True))
        if not attempt.computed
    }


def _states(states: Sequence[State], recording: Recording, span: TimeSpan) -> dict[str, str]:
    onsets = sorted((n for n in recording.notes if n.on), key=lambda note: (note.time_ns, note.id))
    index = {note.id: number for number, note in enumerate(onsets)}
    named = [[index[note] for note in state.notes if note in index] for state in states]
    return {
        "time": _packed([_ms(s.time_ns, span) for s in states], "<u4"),
        "step": _packed([s.step for s in states], "<u4"),
        "loss": _packed([s.loss for s in states], "<f4"),
        "status": _packed([int(LearningStatus(s.status)) for s in states], "u1"),
        "noteCount": _packed([len(notes) for notes in named], "u1"),
        "notes": _packed([note for notes in named for note in notes], "<u4"),
    }


def _ms(time_ns: int, span: TimeSpan) -> int:
    return max(0, min(round((time_ns - span.start_ns) / MS), LATEST_MS))


def _packed(values: ArrayLike, kind: str) -> str:
    with np.errstate(over="ignore"):  # a diverged loss may be too large for 32 bits
        return base64.b64encode(np.asarray(values).astype(kind).tobytes()).decode("ascii")
