# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Compute the points of a family's curve from its parameters.

A family that is not built in is drawn by the function of its name in the entry-point group
`descant.curves`: `points(target, theta)`, called with theta for the learned curve and with None for
the target; docs/curves.md builds one. Its result, an array of shape (n, columns):
- 2 columns are a graph: x in -1 .. 1 spans most of the screen;
- 3 are a thread in space, x to the right, y up, z towards the viewer, each in -1 .. 1; closed where
  the last point is the first, else with round ends;
- 4 are such a thread and its thickness, 0 .. 1 of the full one; where it is thinner it is cooler.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Floats
from descant.errors import UserError
from descant.plugins import Registry, installed

Vector = tuple[float, ...]
Curve = Callable[[Vector, Vector | None], Floats]

CURVES = Registry(
    "descant.curves",
    "curve",
    {
        "cubic": "descant.stage.curves:cubic",
        "knot": "descant.stage.curves:knot",
        "harmonograph": "descant.stage.curves:harmonograph",
    },
)
CUBIC_REACH = 1.3  # the cubic is drawn a little beyond its sample points, where it fades
CUBIC_POINTS = 105
KNOT_POINTS = (200, 2000)
KNOT_POINTS_A_TURN = 50
BEND_MOST = 8.0  # radians per unit of time and highest frequency
EVEN = 1.0  # density added everywhere, as a fraction of the mean bend
HARMONOGRAPH_POINTS_A_TURN = 66
HARMONOGRAPH_TURNS = 3  # one is learned; the others show where the curve winds to
THINNEST = 0.12
LEAST_DAMPING = -0.05  # lowest that is drawn, as a theta may be anywhere before it has converged
FARTHEST = 1e3
WIDE = 1.6  # width of a graph in space, of its height
BOW = 0.5  # depth of a graph in space, before and behind its middle


def cubic(target: Vector, theta: Vector | None) -> Floats:
    """The graph of a x^3 + b x^2 + c x + d over -1.3 .. 1.3."""
    a, b, c, d = target if theta is None else theta
    x = np.linspace(-CUBIC_REACH, CUBIC_REACH, CUBIC_POINTS)
    return np.stack([x, ((a * x + b) * x + c) * x + d], axis=1)


def knot(target: Vector, theta: Vector | None) -> Floats:
    """(cos(n_x t + a), cos(n_y t + b), cos(n_z t + c)) once around.

    `target` is (n_x, n_y, n_z, a, b, c), `theta` (a, b, c). The first point comes again as the
    last. Integers with a common divisor g close after 1/g of the way.
    """
    n = np.rint(target[:3]).astype(int)
    divisor = max(math.gcd(*(int(v) for v in n)), 1)
    phases = np.asarray(target[3:6] if theta is None else theta)
    low, high = KNOT_POINTS
    count = int(np.clip(KNOT_POINTS_A_TURN * int(np.abs(n).max()) // divisor, low, high))
    t = _denser_at_bends(np.linspace(0.0, 2.0 * math.pi / divisor, count + 1), n, phases)
    points: Floats = np.cos(np.outer(t, n) + phases)
    return points


def _denser_at_bends(t: Floats, n: NDArray[np.int_], phases: Floats) -> Floats:
    """As many times over the same span, closer where the knot bends and fewer where it is straight.

    They move smoothly with the phases, so the points do as well.
    """
    angle = np.outer(t, n) + phases
    x, y, z = (-n * np.sin(angle)).T
    u, v, w = (-n * n * np.cos(angle)).T
    turned = np.sqrt((y * w - z * v) ** 2 + (z * u - x * w) ** 2 + (x * v - y * u) ** 2)
    most = BEND_MOST * max(float(np.abs(n).max()), 1.0)  # where it stands still to turn back
    rate = np.minimum(turned / np.maximum(x * x + y * y + z * z, 1e-9), most)
    rate += EVEN * rate.mean() + 1e-9
    passed = np.concatenate([[0.0], np.cumsum(rate[1:] + rate[:-1])])
    return np.interp(np.linspace(0.0, passed[-1], len(t)), passed, t)


def harmonograph(target: Vector, theta: Vector | None) -> Floats:
    """exp(-d t / 2 pi) (cos(n_x t + a), cos(n_y t + b), cos(n_z t + c)) over three turns.

    `target` is (n_x, n_y, n_z, a, b, c, d), `theta` (a, b, c, d). Thickness falls with the
    amplitude, so that the inner shells lie clear within the outer ones.
    """
    n = np.rint(target[:3])
    *phases, damping = target[3:7] if theta is None else theta
    low, high = KNOT_POINTS
    a_turn = int(np.clip(HARMONOGRAPH_POINTS_A_TURN * int(np.abs(n).max()), low, high // 2))
    # Denser at the outside: a point's distance from the last shrinks with the amplitude.
    turns = HARMONOGRAPH_TURNS * np.linspace(0.0, 1.0, 2 * a_turn + 1) ** 1.6
    fade = np.exp(-max(damping, LEAST_DAMPING) * turns)
    points = np.cos(np.outer(2.0 * math.pi * turns, n) + np.asarray(phases)) * fade[:, None]
    return np.column_stack([points, THINNEST + (1.0 - THINNEST) * np.minimum(fade, 1.0)])


def is_thread(points: Floats) -> bool:
    """Whether these points lie in space, as a knot's; else they are a graph."""
    return bool(points.shape[1] > 2)


def in_form(points: Floats, form: str, height: float) -> Floats:
    """`points` as the parameter `curve` has them drawn.

    'graph': x and y. 'thread': a graph in space, where y = `height` is 1, bent into a bow so that
    it is never seen edge-on. 'auto': as they are.
    """
    if form == "graph":
        return points[:, :2]
    if form == "auto" or is_thread(points):
        return points
    inside = points[np.abs(points[:, 0]) <= 1.0]
    x, y = (inside if len(inside) > 1 else points).T
    return np.column_stack([WIDE * x, y / height, BOW * (1.0 - 2.0 * x * x)])


@cache
def curve(family: str) -> Curve | None:
    """The function that computes the curves of `family`; None where there is none.

    `UserError` where the function cannot be loaded; the function raises one where it fails or its
    result is not an array as above. Points that are not finite or far out of sight are clipped.
    """
    if family not in CURVES.names():
        return None
    loaded: Curve = CURVES.load(family)
    return loaded if family in CURVES.built_in else _checked(family, loaded)


def _checked(family: str, own: Curve) -> Curve:
    name = f"the curve '{family}' ({installed(CURVES.group)[family].value})"

    def checked(target: Vector, theta: Vector | None) -> Floats:
        try:
            points = np.asarray(own(target, theta), float)
        except Exception as error:  # whatever fails in somebody else's module is one line here
            raise UserError(f"{name} raises {type(error).__name__}: {error}") from None
        if points.ndim != 2 or len(points) < 2 or points.shape[1] not in (2, 3, 4):
            raise UserError(
                f"{name} returns an array of shape {points.shape}; expected (n, 2), (n, 3) or "
                "(n, 4) with n at least 2"
            )
        near: Floats = np.clip(np.nan_to_num(points, nan=0.0), -FARTHEST, FARTHEST)
        return near

    return checked
