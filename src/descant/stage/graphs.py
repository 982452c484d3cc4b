# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Graphs (the cubic's) on the screen: curves, sample points, residuals, past episodes."""

from __future__ import annotations

import numpy as np

from descant.arrays import Floats
from descant.stage.episode_curves import EpisodeCurve, PastEpisode
from descant.stage.frame import Dots, Segments, Stroke
from descant.stage.settings import StageSettings, screen_units

ACROSS = 0.78  # where x = 1 is, as a fraction of the way from the middle to the right edge
UP = 0.86  # where the top of the view is, as a fraction of the way to the upper edge
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
    """1 over the sample points, 0 at the ends of a curve that goes beyond them."""
    reach = float(np.abs(x).max())
    if reach <= 1.0:
        return np.ones(len(x))
    return np.clip((reach - np.abs(x)) / max(reach - 1.0, 1e-9), 0.0, 1.0) ** 1.5


def _stroke(line: Floats, rgba: Floats, *, width: float, glow: float, depth: float) -> Stroke:
    """`width` in pixels at 1080 lines."""
    count = len(line)
    half = np.full(count, screen_units(width) / 2.0)
    return Stroke(line, half, np.full(count, depth), rgba, glow=glow)


def current_episode(
    curve: EpisodeCurve, settings: StageSettings, aspect: float
) -> tuple[list[Stroke], list[Segments], list[Dots]]:
    """The episode that is being learned."""
    alpha = curve.shown
    target, learned = curve.target_points(), curve.learned_points()
    strokes = [
        _stroke(
            on_screen(line, curve.view, aspect),
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
    if not len(curve.samples):
        return strokes, [], []
    return strokes, [_residuals(curve, settings, aspect)], [_samples(curve, settings, aspect)]


def _residuals(curve: EpisodeCurve, settings: StageSettings, aspect: float) -> Segments:
    """From the target at each sample point to the learned curve there."""
    top = on_screen(curve.samples, curve.view, aspect)
    fitted = np.stack([curve.samples[:, 0], curve.learned_at_samples()], axis=1)
    bottom = on_screen(fitted, curve.view, aspect)
    ends = np.concatenate([top, bottom], axis=1)
    colour = np.tile([*settings.residual_colour, 0.75 * curve.shown], (len(ends), 1))
    return Segments(ends, np.full(len(ends), screen_units(settings.residual_width) / 2), colour)


def _samples(curve: EpisodeCurve, settings: StageSettings, aspect: float) -> Dots:
    points = on_screen(curve.samples, curve.view, aspect)
    radius = np.full(len(points), screen_units(settings.dot_size) / 2)
    colour = np.tile([*settings.target_colour, curve.shown], (len(points), 1))
    return Dots(points, radius, colour)


def past_episode(past: PastEpisode, settings: StageSettings, aspect: float) -> list[Stroke]:
    """An episode that is over: it shrinks, rises, turns, greys and fades."""
    gone = past.gone**0.8
    scale = 1.0 + (PAST_SCALE - 1.0) * gone
    angle = np.radians(past.turn * gone)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    rise = np.array([0.0, PAST_RISE * gone])
    strokes = []
    early = 1.0 - min(1.0, 12.0 * past.gone)  # the colours go first
    for line, colour in (
        (past.target, settings.target_colour),
        (past.learned, settings.learned_colour),
    ):
        if line is None:
            continue
        grey = np.asarray(settings.past_colour)
        tint = grey + (np.asarray(colour) - grey) * early
        opacity = past.strength * (0.65 + 0.35 * early) * _fading_ends(line[:, 0])
        at = on_screen(line, past.view, aspect) @ turn + rise
        strokes.append(
            _stroke(
                at,
                _tinted(tint, opacity),
                width=settings.line_width * (0.4 + 0.6 * early) * scale,
                glow=settings.glow * early * past.strength,
                depth=FAR + 1.0 + past.gone,
            )
        )
    return strokes
