"""One picture of a recording: time from left to right, the playing above, the learning below."""

from __future__ import annotations

from pathlib import Path

import matplotlib.style
from matplotlib.figure import Figure

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.picture import frame as frames
from descant.picture import learning, losses, note_bars, piano_roll
from descant.types import SOFT, SUSTAIN

SIZE = (2400, 1350)
"""Default size in pixels."""
SMALLEST_SIZE, LARGEST_SIZE = 400, 12_000


def draw(recording: Recording, *, title: str = "", size: tuple[int, int] = SIZE) -> Figure:
    """The picture as a matplotlib figure; `UserError` where there is nothing to draw."""
    drawn = note_bars.span(recording)
    with matplotlib.style.context("default"):  # whatever a matplotlibrc says
        return _draw(recording, drawn, title, size)


def save(
    recording: Recording, path: Path, *, title: str = "", size: tuple[int, int] = SIZE
) -> None:
    """Draw it into a PNG file: the same bytes for the same recording."""
    figure = draw(recording, title=title, size=size)
    with matplotlib.style.context("default"):
        try:
            figure.savefig(path, format="png", metadata={"Software": None}, facecolor="auto")
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}") from None


def parse_size(text: str) -> tuple[int, int]:
    """'2400x1350' -> (2400, 1350), in pixels; `UserError` says what is allowed."""
    width, _, height = text.lower().partition("x")
    if width.isdecimal() and height.isdecimal():
        size = int(width), int(height)
        if all(SMALLEST_SIZE <= pixels <= LARGEST_SIZE for pixels in size):
            return size
    raise UserError(
        f"a size is WIDTHxHEIGHT in pixels, each {SMALLEST_SIZE} to {LARGEST_SIZE}, "
        f"such as {SIZE[0]}x{SIZE[1]}, not '{text}'"
    )


def summary(bars: int, duration_s: float, lines: tuple[learning.Curve, ...]) -> str:
    """What the picture shows in one line, e.g. '0:34 · 147 notes · 7 episodes, 1 converged'."""
    parts = [frames.clock(round(duration_s)), _count(bars, "note")]
    if lines:
        episodes = sum(line.attempt == 0 for line in lines)
        rested = sum(line.converged is not None for line in lines)
        diverged = sum(line.attempt > 0 for line in lines)
        parts.append(
            _count(episodes, "episode")
            + (f", {rested} converged" if rested else "")
            + (f", {_count(diverged, 'new start')}" if diverged else "")
        )
    return "  ·  ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _draw(recording: Recording, drawn: note_bars.Span, title: str, size: tuple[int, int]) -> Figure:
    bars = note_bars.bars(recording, drawn)
    threshold = learning.threshold(recording)
    lines = learning.curves(recording, drawn)
    made = frames.frame(*size, drawn.duration_s)
    low, high = piano_roll.key_range(bars)
    piano_roll.draw_keyboard(made, low, high)
    piano_roll.draw_bars(made, bars, threshold)
    piano_roll.draw_pedals(
        made,
        note_bars.pedal_curve(recording.pedals, SUSTAIN, drawn),
        note_bars.pedal_curve(recording.pedals, SOFT, drawn),
    )
    losses.draw_losses(made, lines, threshold)
    losses.draw_episodes(made, _starts(bars, lines, low, high))
    frames.draw_time(made, drawn.duration_s)
    frames.draw_title(made, title, summary(len(bars), drawn.duration_s, lines))
    return made.figure


def _starts(
    bars: tuple[note_bars.Bar, ...], lines: tuple[learning.Curve, ...], low: int, high: int
) -> list[tuple[float, int, float]]:
    """Where each episode begins, and how high its bass note lies in the figure."""
    bottom, top = frames.ROLL
    lowest: dict[float, int] = {}
    for bar in bars:
        lowest[bar.start_s] = min(bar.key, lowest.get(bar.start_s, bar.key))
    starts = []
    for line in (line for line in lines if line.attempt == 0):
        key = lowest.get(line.start_s, low)
        y = bottom + (top - bottom) * (key + 0.5 - low) / (high + 1 - low)
        starts.append((line.start_s, line.episode, y))
    return starts
