# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The panels of the picture, and the time axis they share."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from descant.picture import palette

WIDTH_INCHES = 12.0
"""Fonts and lines are given for this width; a picture of any other size is scaled as a whole."""
LEFT, RIGHT = 0.066, 0.974
ROLL = (0.412, 0.902)
PEDALS = (0.362, 0.402)
LOSSES = (0.082, 0.345)
KEYBOARD_WIDTH = 0.0155
TITLE = 0.948
PART = 0.012
TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
MAX_TICKS = 12


@dataclass(frozen=True)
class Panels:
    """The figure and its panels. All but the keyboard have time in seconds as x."""

    figure: Figure
    behind: Axes  # spans all panels, y 0..1 in figure coordinates: for lines that connect them
    keyboard: Axes
    roll: Axes
    pedals: Axes
    losses: Axes

    @property
    def seconds_per_point(self) -> float:
        """Width of one typographic point on the time axis, s."""
        low, high = self.roll.get_xlim()
        return float(high - low) / ((RIGHT - LEFT) * WIDTH_INCHES * 72.0)

    def points(self, fraction: float) -> float:
        """A fraction of the figure's height in typographic points."""
        return float(fraction * self.figure.get_figheight() * 72.0)


def make_panels(width: int, height: int, duration_s: float) -> Panels:
    """An empty picture of `width` x `height` pixels for `duration_s` seconds."""
    dpi = width / WIDTH_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, height / dpi), dpi=dpi, facecolor=palette.BACKGROUND)
    panels = Panels(
        figure,
        _panel(figure, (LEFT, 0.0, RIGHT - LEFT, 1.0)),
        _panel(figure, (LEFT - KEYBOARD_WIDTH, ROLL[0], KEYBOARD_WIDTH, ROLL[1] - ROLL[0])),
        _panel(figure, (LEFT, ROLL[0], RIGHT - LEFT, ROLL[1] - ROLL[0])),
        _panel(figure, (LEFT, PEDALS[0], RIGHT - LEFT, PEDALS[1] - PEDALS[0])),
        _panel(figure, (LEFT, LOSSES[0], RIGHT - LEFT, LOSSES[1] - LOSSES[0])),
    )
    for panel in (panels.behind, panels.roll, panels.pedals, panels.losses):
        panel.set_xlim(-0.012 * duration_s, 1.008 * duration_s)
    panels.behind.set_ylim(0.0, 1.0)
    panels.keyboard.set_xlim(0.0, 1.0)
    return panels


def _panel(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    panel = figure.add_axes(box)
    panel.set_facecolor("none")
    panel.set_axis_off()
    return panel


def tick_step(duration_s: float) -> int:
    """Seconds between two ticks of the time axis, so that there are at most `MAX_TICKS`."""
    enough = (step for step in TICK_STEPS_S if duration_s / step <= MAX_TICKS)
    return next(enough, TICK_STEPS_S[-1])


def clock(seconds: int) -> str:
    """65 -> '1:05', 3665 -> '1:01:05'."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def draw_ticks(panels: Panels, duration_s: float) -> None:
    """Draw the numbers of the time axis below the losses."""
    for tick in range(0, int(duration_s) + 1, tick_step(duration_s)):
        panels.behind.text(
            tick, LOSSES[0] - 0.018, clock(tick), ha="center", va="top", **palette.label()
        )


def draw_title(panels: Panels, title: str, summary: str) -> None:
    """Draw the title at the top left and the summary at the top right."""
    panels.figure.text(
        LEFT - KEYBOARD_WIDTH, TITLE, title, color=palette.TEXT, fontproperties=palette.font(21)
    )
    panels.figure.text(RIGHT, TITLE, summary, ha="right", **palette.label(13, italic=True))
