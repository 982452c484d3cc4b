"""How a graph (the cubic) stands on the screen: curves, sample points, residuals, the past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.stage.episode_curves import Figure, Past
from descant.stage.frame import Dots, Segments, Stroke
from descant.stage.settings import StageSettings, screen_units

Floats = NDArray[np.float64]
ACROSS = 0.78  # x = 1 lies at so much of the way from the middle to the right edge
UP = 0.86  # and the height of the view at so much of the way to the upper edge
PAST_SCALE = 0.45  # size of a past episode when it is out of sight
PAST_RISE = 0.5
FAR = 10.0  # depth of what is flat: all of it behind any knot


def on_screen(points: Floats, view: float, aspect: float) -> Floats:
    """From (x, y) of the graph to the screen, y = view at the upper end of the view."""
    scale: Floats = np.array([ACROSS * aspect, UP / view])
    return points * scale


def _tinted(colour: Floats | tuple[float, ...], opacity: Floats) -> Floats:
    return np.column_stack([np.tile(colour, (len(opacity), 1)), opacity])


def _fading_ends(x: Floats) -> Floats:
    """1 over the sample points, 0 at the ends of the curve."""
    reach = float(np.abs(x).max())
    return np.clip((reach - np.abs(x)) / max(reach - 1.0, 1e-9), 0.0, 1.0) ** 1.5


def _stroke(line: Floats, rgba: Floats, *, width: float, glow: float, depth: float) -> Stroke:
    """`width` in pixels at 1080 lines."""
    count = len(line)
    half = np.full(count, screen_units(width) / 2.0)
    return Stroke(line, half, np.full(count, depth), rgba, glow=glow)


def present(
    figure: Figure, settings: StageSettings, aspect: float, weight: float
) -> tuple[list[Stroke], list[Segments], list[Dots]]:
    """The figure being learned, seen with `weight` 0 .. 1."""
    alpha = figure.shown * weight
    target, learned = figure.aim(), figure.learned()
    strokes = [
        _stroke(
            on_screen(line, figure.view, aspect),
            _tinted(colour, alpha * _fading_ends(line[:, 0])),
            width=settings.line_width * size,
            glow=settings.glow * alpha,
            depth=FAR - order,
        )
        for line, colour, size, order in (
            (target, settings.target_colour, 1.0, 0.0),
            (learned, settings.learned_colour, 0.9, 1.0),
        )
    ]
    if not len(figure.points):
        return strokes, [], []
    return (
        strokes,
        [_residuals(figure, settings, aspect, alpha)],
        [_samples(figure, settings, aspect, alpha)],
    )


def _residuals(figure: Figure, settings: StageSettings, aspect: float, alpha: float) -> Segments:
    """From the target at each sample point to the learned curve there."""
    top = on_screen(figure.points, figure.view, aspect)
    fitted = np.stack([figure.points[:, 0], figure.learned_at_samples()], axis=1)
    bottom = on_screen(fitted, figure.view, aspect)
    ends = np.concatenate([top, bottom], axis=1)
    colour = np.tile([*settings.residual_colour, 0.75 * alpha], (len(ends), 1))
    return Segments(ends, np.full(len(ends), screen_units(settings.residual_width) / 2), colour)


def _samples(figure: Figure, settings: StageSettings, aspect: float, alpha: float) -> Dots:
    points = on_screen(figure.points, figure.view, aspect)
    radius = np.full(len(points), screen_units(settings.dot_size) / 2)
    return Dots(points, radius, np.tile([*settings.target_colour, alpha], (len(points), 1)))


def past(figure: Past, settings: StageSettings, aspect: float, weight: float) -> list[Stroke]:
    """An episode gone by: smaller, higher, turned, towards grey and out."""
    gone = figure.gone**0.8
    scale = 1.0 + (PAST_SCALE - 1.0) * gone
    angle = np.radians(figure.turn * gone)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    rise = np.array([0.0, PAST_RISE * gone])
    strokes = []
    early = 1.0 - min(1.0, 12.0 * figure.gone)  # its own colours are given up first
    for line, colour in (
        (figure.target, settings.target_colour),
        (figure.learned, settings.learned_colour),
    ):
        if line is None:
            continue
        grey = np.asarray(settings.past_colour)
        tint = grey + (np.asarray(colour) - grey) * early
        opacity = figure.strength * weight * (0.65 + 0.35 * early) * _fading_ends(line[:, 0])
        at = on_screen(line, figure.view, aspect) @ turn + rise
        strokes.append(
            _stroke(
                at,
                _tinted(tint, opacity),
                width=settings.line_width * (0.4 + 0.6 * early) * scale,
                glow=settings.glow * early * figure.strength * weight,
                depth=FAR + 1.0 + figure.gone,
            )
        )
    return strokes
