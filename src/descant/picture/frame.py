"""Where the panels lie, and the axis of time they share."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from descant.picture import palette

WIDTH_INCHES = 12.0
"""Type and lines are given for this width; a picture of other pixels scales as a whole."""
LEFT, RIGHT = 0.066, 0.974
ROLL = (0.412, 0.902)
PEDALS = (0.362, 0.402)
LOSSES = (0.082, 0.345)
KEYBOARD_WIDTH = 0.0155
TITLE = 0.948
TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
MOST_TICKS = 12


@dataclass(frozen=True)
class Frame:
    """The figure and its panels, all with the same x in seconds but the keyboard."""

    figure: Figure
    behind: Axes  # spans all panels, y 0..1 in figure coordinates: what connects them
    keyboard: Axes
    roll: Axes
    pedals: Axes
    losses: Axes

    @property
    def seconds_per_point(self) -> float:
        """Width of one typographic point on the axis of time, s."""
        low, high = self.roll.get_xlim()
        return float(high - low) / ((RIGHT - LEFT) * WIDTH_INCHES * 72.0)

    def points(self, fraction: float) -> float:
        """A fraction of the figure's height in typographic points."""
        return float(fraction * self.figure.get_figheight() * 72.0)


def frame(width: int, height: int, duration_s: float) -> Frame:
    """An empty picture of `width` x `height` pixels for `duration_s` seconds."""
    dpi = width / WIDTH_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, height / dpi), dpi=dpi, facecolor=palette.BACKGROUND)
    made = Frame(
        figure,
        _panel(figure, (LEFT, 0.0, RIGHT - LEFT, 1.0)),
        _panel(figure, (LEFT - KEYBOARD_WIDTH, ROLL[0], KEYBOARD_WIDTH, ROLL[1] - ROLL[0])),
        _panel(figure, (LEFT, ROLL[0], RIGHT - LEFT, ROLL[1] - ROLL[0])),
        _panel(figure, (LEFT, PEDALS[0], RIGHT - LEFT, PEDALS[1] - PEDALS[0])),
        _panel(figure, (LEFT, LOSSES[0], RIGHT - LEFT, LOSSES[1] - LOSSES[0])),
    )
    for panel in (made.behind, made.roll, made.pedals, made.losses):
        panel.set_xlim(-0.012 * duration_s, 1.008 * duration_s)
    made.behind.set_ylim(0.0, 1.0)
    made.keyboard.set_xlim(0.0, 1.0)
    return made


def _panel(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    panel = figure.add_axes(box)
    panel.set_facecolor("none")
    panel.set_axis_off()
    return panel


def tick_step(duration_s: float) -> int:
    """Seconds between two marks on the axis of time, so that there are at most a dozen."""
    enough = (step for step in TICK_STEPS_S if duration_s / step <= MOST_TICKS)
    return next(enough, TICK_STEPS_S[-1])


def clock(seconds: int) -> str:
    """65 -> '1:05', 3665 -> '1:01:05'."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def draw_time(made: Frame, duration_s: float) -> None:
    """Marks of time below the losses."""
    step = tick_step(duration_s)
    for tick in range(0, int(duration_s) + 1, step):
        made.behind.text(
            tick,
            LOSSES[0] - 0.018,
            clock(tick),
            color=palette.QUIET,
            fontproperties=palette.font(12),
            ha="center",
            va="top",
        )


def draw_title(made: Frame, title: str, summary: str) -> None:
    """The title at the top left, what it is made of at the top right."""
    for x, text, colour, size, align in (
        (LEFT - KEYBOARD_WIDTH, title, palette.TEXT, 21, "left"),
        (RIGHT, summary, palette.QUIET, 13, "right"),
    ):
        made.figure.text(
            x,
            TITLE,
            text,
            color=colour,
            fontproperties=palette.font(size, italic=align == "right"),
            ha=align,
            va="baseline",
        )
