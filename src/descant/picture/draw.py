# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One picture of a recording: piano roll above, losses below, over the same time axis."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
from matplotlib.figure import Figure

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.picture import layout, loss_panel, note_bars, palette, piano_roll
from descant.picture.loss_curves import LossCurve, convergence_threshold, loss_curves
from descant.picture.part_labels import draw_parts, part_starts
from descant.types import SOFT, SUSTAIN
from descant.whole_file import write_whole

SIZE = (2400, 1350)
"""Default size in pixels."""
SMALLEST_SIZE, LARGEST_SIZE = 400, 12_000


def draw(recording: Recording, *, title: str = "", size: tuple[int, int] = SIZE) -> Figure:
    """The picture as a matplotlib figure; `UserError` where there is nothing to draw."""
    span = note_bars.time_span(recording)
    with _style():
        return _draw(recording, span, title, size)


def save(
    recording: Recording, path: Path, *, title: str = "", size: tuple[int, int] = SIZE
) -> None:
    """Write the picture as a PNG file: the same bytes for the same recording."""
    figure = draw(recording, title=title, size=size)
    data = io.BytesIO()
    with _style():
        figure.savefig(data, format="png", metadata={"Software": None}, facecolor="auto")
    write_whole(path, data.getvalue())


def parse_size(text: str) -> tuple[int, int]:
    """'2400x1350' -> (2400, 1350), in pixels; `UserError` says what is allowed."""
    width, _, height = text.lower().partition("x")
    if len(text) < 20 and width.isdecimal() and height.isdecimal():
        size = int(width), int(height)
        if all(SMALLEST_SIZE <= pixels <= LARGEST_SIZE for pixels in size):
            return size
    raise UserError(
        f"a size is WIDTHxHEIGHT in pixels, each {SMALLEST_SIZE} to {LARGEST_SIZE}, "
        f"such as {SIZE[0]}x{SIZE[1]}, not '{text}'"
    )


def summary(notes: int, duration_s: float, curves: tuple[LossCurve, ...]) -> str:
    """The picture's contents in one line, e.g. '0:34 · 147 notes · 7 episodes, 1 converged'."""
    parts = [layout.clock(round(duration_s)), _count(notes, "note")]
    if curves:
        episodes = sum(curve.attempt == 0 for curve in curves)
        converged = sum(curve.converged is not None for curve in curves)
        diverged = sum(curve.attempt > 0 for curve in curves)
        parts.append(
            _count(episodes, "episode")
            + (f", {converged} converged" if converged else "")
            + (f", {_count(diverged, 'divergence')}" if diverged else "")
        )
    return "  ·  ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@contextmanager
def _style() -> Iterator[None]:
    """Draw and save with these settings only, whatever a matplotlibrc contains."""
    with matplotlib.style.context("default"), palette.no_glyph_warnings():
        yield


def _draw(
    recording: Recording, span: note_bars.TimeSpan, title: str, size: tuple[int, int]
) -> Figure:
    bars = note_bars.note_bars(recording, span)
    threshold = convergence_threshold(recording)
    curves = loss_curves(recording, span)
    panels = layout.make_panels(*size, span.duration_s)
    low, high = piano_roll.key_range(bars)
    piano_roll.draw_keyboard(panels, low, high)
    piano_roll.draw_bars(panels, bars, threshold)
    piano_roll.draw_pedals(
        panels,
        note_bars.pedal_curve(recording.pedals, SUSTAIN, span),
        note_bars.pedal_curve(recording.pedals, SOFT, span),
    )
    loss_panel.draw_losses(panels, curves, threshold)
    loss_panel.draw_episodes(panels, _episode_starts(bars, curves, low, high))
    parts = part_starts(recording, span)
    if len(parts) > 1:
        draw_parts(panels, parts)
    layout.draw_ticks(panels, span.duration_s)
    layout.draw_title(panels, palette.literal(title), summary(len(bars), span.duration_s, curves))
    return panels.figure


def _episode_starts(
    bars: tuple[note_bars.NoteBar, ...], curves: tuple[LossCurve, ...], low: int, high: int
) -> list[tuple[float, int, float]]:
    """Where each episode begins (s), its number, and the height of its bass note in the figure."""
    bottom, top = layout.ROLL
    lowest: dict[float, int] = {}
    for bar in bars:
        lowest[bar.start_s] = min(bar.key, lowest.get(bar.start_s, bar.key))
    starts = []
    for curve in (curve for curve in curves if curve.attempt == 0):
        key = lowest.get(curve.start_s, low)
        y = bottom + (top - bottom) * (key + 0.5 - low) / (high + 1 - low)
        starts.append((curve.start_s, curve.episode, y))
    return starts
