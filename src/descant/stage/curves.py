"""From a family's parameters to the points of its curve.

A family that is not here is drawn by the function under its name in the entry-point group
`descant.curves`: `points(target, theta) -> array of shape (n, 2) or (n, 3)`, called with theta for
the learned curve and with None for the target. Two columns are drawn as a graph (x in -1 .. 1
spans most of the screen), three as a knot (each in -1 .. 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Vector = tuple[float, ...]
Curve = Callable[[Vector, Vector | None], Floats]

GROUP = "descant.curves"
CUBIC_REACH = 1.3  # the cubic is drawn a little beyond its sample points, where it fades
CUBIC_POINTS = 105
KNOT_POINTS = (200, 2000)
KNOT_POINTS_A_TURN = 66


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
    t = np.linspace(0.0, 2.0 * math.pi / divisor, count + 1)
    points: Floats = np.cos(np.outer(t, n) + phases)
    return points


BUILT_IN: dict[str, Curve] = {"cubic": cubic, "knot": knot}


@cache
def curve(family: str) -> Curve | None:
    """How the curves of `family` are drawn; None where nobody knows."""
    if family in BUILT_IN:
        return BUILT_IN[family]
    for point in entry_points(group=GROUP):
        if point.name == family:
            return point.load()  # type: ignore[no-any-return]
    return None
