# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Build triangles of lines and discs: of all that is on stage besides the camera picture.

Every segment of a line is a quad of its own. Neighbours meet at a mitre, so they never overlap and
a translucent edge is drawn once; where a line turns back on itself (a knot seen along its thread)
each keeps its own end and a disc closes the gap, as it does at the ends of an open tube. A vertex
carries its offset from the middle of the line, from which the fragment shader computes coverage,
light and halo: a lit tube costs two triangles. Quads are ordered from far to near, those of one
line and all lines together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.stage.frame import Frame, Segments, Stroke

Floats = NDArray[np.floating[Any]]
Arrays = tuple[NDArray[np.float32], NDArray[np.uint32]]

LAYOUT = (("position", 2), ("offset", 2), ("half_width", 1), ("colour", 4), ("extra", 1))
FLOATS = sum(count for _, count in LAYOUT)
"""`offset` in half widths; `extra`: the glow (0 .. 1) of a flat line, the depth of a tube."""
NO_SHADOW = -1.0  # the glow of a disc on a flat line: its shadow would cover the line

EDGE = 1.5  # pixels beyond the body for its soft edge
HALO = 0.45  # width of the halo beyond a tube's body, in half widths
GLOW = 7.0  # width of the glow beyond a flat line's body, in half widths
SHARP = 0.4  # cosine of the turn from which a mitre would be a spike
STRAIGHT = 0.995  # cosine of the turn of a line that hardly bends
TIGHT = 0.9  # half width times curvature from which a mitre folds over
CORNERS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
SIDES = np.array([1.0, -1.0, 1.0, -1.0])[None, :, None]
QUAD = np.array([0, 1, 2, 2, 1, 3], np.uint32)


def build_flat(frame: Frame, pixel: float) -> Arrays:
    """Residuals, flat lines from far to near, dots: vertices (n, FLOATS) and indices.

    `pixel`: the size of one on the screen, in screen units.
    """
    quads = [_segments(s, pixel) for s in frame.segments]
    quads += _sorted([_stroke(s, pixel) for s in frame.strokes if not s.round])
    quads += [_discs(d.points, d.radius, d.colour, pixel) for d in frame.dots]
    return _arrays(quads)


def build_tubes(frame: Frame, pixel: float) -> Arrays:
    """Tubes from far to near: vertices (n, FLOATS) and indices."""
    return _arrays(_sorted([_stroke(s, pixel) for s in frame.strokes if s.round]))


def _arrays(quads: list[Floats]) -> Arrays:
    if not quads:
        return np.zeros((0, FLOATS), np.float32), np.zeros(0, np.uint32)
    vertices = (np.concatenate(quads) if len(quads) > 1 else quads[0]).reshape(-1, FLOATS)
    count = len(vertices) // 4
    indices = (np.arange(count, dtype=np.uint32)[:, None] * 4 + QUAD).ravel()
    return vertices.astype(np.float32, copy=False), indices


def _sorted(strokes: Sequence[tuple[Floats, Floats]]) -> list[Floats]:
    """All quads of all lines, the farthest first; equally far ones in the order given."""
    if not strokes:
        return []
    quads = np.concatenate([q for q, _ in strokes])
    depth = np.concatenate([d for _, d in strokes])
    return [quads[np.argsort(-depth, kind="stable")]]


def _quads(positions: Floats, offsets: Floats, half: Floats, colour: Floats) -> Floats:
    """(n, 4, FLOATS) from (n, 4, 2), (n, 4, 2), (n, 4) and (n, 4, 4); nothing extra."""
    quads = np.empty((len(positions), 4, FLOATS), np.float32)
    quads[..., 0:2] = positions
    quads[..., 2:4] = offsets
    quads[..., 4] = half
    quads[..., 5:9] = colour
    quads[..., 9] = 0.0
    return quads


def _stroke(stroke: Stroke, pixel: float) -> tuple[Floats, Floats]:
    """Quads of one line and their depths."""
    points, half, depth = stroke.points, stroke.half_width, stroke.depth
    step = points[1:] - points[:-1]
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]
    start, end, tight = _mitres(points, normal, length, half)
    if stroke.round and not _is_closed(points):
        tight[[0, -1]] = True  # a disc makes a round end
    # With a wide glow, offsets of two directions would cancel in the middle of a segment: where a
    # flat line bends, they are distances from the line instead.
    bent = not stroke.round and bool(((normal[1:] * normal[:-1]).sum(axis=1) < STRAIGHT).any())
    quads = _segment_quads(stroke, start, end, ~(tight[:-1] | tight[1:]), pixel, bent=bent)
    middle = (depth[:-1] + depth[1:]) / 2.0
    if not tight.any():
        return quads, middle
    discs = _discs(points[tight], half[tight], stroke.colour[tight], pixel)
    discs[..., 9] = depth[tight, None] if stroke.round else NO_SHADOW
    return np.concatenate([quads, discs]), np.concatenate([middle, depth[tight]])


def _segment_quads(
    stroke: Stroke,
    start: Floats,
    end: Floats,
    mitred: NDArray[np.bool_],
    pixel: float,
    *,
    bent: bool,
) -> Floats:
    """One quad for each segment, whose ends go along `start` and `end`."""
    points, half = stroke.points, stroke.half_width
    # How far quads reach, in half widths: glow and halo of unmitred ones would stick out.
    edge = 1.0 + EDGE * pixel / np.maximum(half, 1e-9)
    light = 1.0 + (HALO if stroke.round else (GLOW if stroke.glow > 0.0 else 0.0))
    quads = np.empty((len(points) - 1, 4, FLOATS), np.float32)
    for corners, ends, across in (
        (quads[:, :2], slice(-1), start),
        (quads[:, 2:], slice(1, None), end),
    ):
        reach = np.where(mitred, np.maximum(edge[ends], light), edge[ends])
        # Square to the line at both ends of a segment, so that light runs smoothly along it.
        square = across * (reach / np.maximum(np.hypot(across[:, 0], across[:, 1]), 1e-9))[:, None]
        if bent:
            square = np.column_stack([np.zeros(len(reach)), reach])
        out = across * (half[ends] * reach)[:, None]
        corners[:, 0, 0:2], corners[:, 1, 0:2] = points[ends] + out, points[ends] - out
        corners[:, 0, 2:4], corners[:, 1, 2:4] = square, -square
        corners[..., 4] = half[ends, None]
        corners[..., 5:9] = stroke.colour[ends, None]
        corners[..., 9] = stroke.depth[ends, None] if stroke.round else stroke.glow
    return quads


def _is_closed(points: Floats) -> bool:
    return bool(np.abs(points[0] - points[-1]).max() < 1e-9)


def _mitres(
    points: Floats, normal: Floats, length: Floats, half: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Offset of each segment's two ends for a half width of 1, and which points need a disc."""
    closed = _is_closed(points)
    before = np.concatenate([normal[-1:] if closed else normal[:1], normal])
    after = np.concatenate([normal, normal[:1] if closed else normal[-1:]])
    cosine = (before * after).sum(axis=1)
    shorter = np.minimum(
        np.concatenate([length, length[-1:]]), np.concatenate([length[:1], length])
    )
    bend = np.arccos(np.clip(cosine, -1.0, 1.0)) / shorter
    tight = (cosine < SHARP) | (bend * half > TIGHT)
    mitre = (before + after) / np.maximum(1.0 + cosine, 1e-6)[:, None]
    broken = tight[:, None]
    start = np.where(broken[:-1], normal, mitre[:-1])
    end = np.where(broken[1:], normal, mitre[1:])
    return start, end, tight


def _discs(points: Floats, radius: Floats, colour: Floats, pixel: float) -> Floats:
    extent = 1.0 + EDGE * pixel / np.maximum(radius, 1e-9)
    offsets = CORNERS[None] * extent[:, None, None]
    at = points[:, None] + offsets * radius[:, None, None]
    return _quads(at, offsets, radius[:, None], colour[:, None])


def _segments(segments: Segments, pixel: float) -> Floats:
    start, end = segments.ends[:, :2], segments.ends[:, 2:]
    step = end - start
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / length[:, None]
    half = segments.half_width
    extent = 1.0 + EDGE * pixel / np.maximum(half, 1e-9)
    offsets = normal[:, None] * SIDES * extent[:, None, None]
    at = np.stack([start, start, end, end], axis=1) + offsets * half[:, None, None]
    return _quads(at, offsets, half[:, None], segments.colour[:, None])
