# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parts of a recording on the time axis."""

from __future__ import annotations

import json

from descant.bags.recording import Recording
from descant.picture import palette
from descant.picture.layout import LOSSES, PART, ROLL, Panels
from descant.picture.note_bars import TimeSpan
from descant.plain_text import plain

CHARACTER_POINTS = 5.2
"""Mean width of a character of a label (measured: 5.1)."""


def part_label(number: int, title: str) -> str:
    """'part 2: Knots', or 'part 2' where a recording has no titles."""
    return f"part {number}: {plain(title)}" if title else f"part {number}"


def part_starts(recording: Recording, span: TimeSpan) -> list[tuple[float, str]]:
    """Start (s) and label of each part that is played in `span`."""
    starts: list[tuple[float, str]] = []
    for part in recording.parts:
        if part.time_ns >= span.end_ns:
            continue
        title = json.loads(part.description).get("title", "") if part.description else ""
        start_s = max(0.0, span.seconds(part.time_ns))
        while starts and starts[-1][0] >= start_s:  # over before the picture begins
            starts.pop()
        starts.append((start_s, part_label(part.number, title)))
    return starts


def draw_parts(panels: Panels, starts: list[tuple[float, str]]) -> None:
    """Draw a line where one part follows another, and the labels that do not overlap below."""
    changes = [start_s for start_s, _ in starts if start_s > 0.0]
    panels.behind.vlines(changes, LOSSES[0], ROLL[1], color=palette.QUIET, lw=0.8)
    free_from = 0.0
    for start_s, label in starts:
        if start_s >= free_from:
            text = palette.literal(label)
            panels.behind.text(start_s, PART, text, va="bottom", **palette.label(italic=True))
            free_from = start_s + CHARACTER_POINTS * len(label) * panels.seconds_per_point
