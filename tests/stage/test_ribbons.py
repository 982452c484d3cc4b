# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lines as triangles."""

import numpy as np
import pytest

from descant.stage.frame import Dots, Frame, Segments, Stroke
from descant.stage.ribbons import FLOATS, build_flat, build_tubes
from support.staging import picture

PIXEL = 2.0 / 720


def stroke(points: list[tuple[float, float]], depth: float = 0.0, **more: object) -> Stroke:
    count = len(points)
    return Stroke(
        np.array(points, float),
        np.full(count, 0.02),
        np.full(count, depth),
        np.ones((count, 4)),
        **more,  # type: ignore[arg-type]
    )


def test_nothing_is_no_triangle() -> None:
    for build in (build_flat, build_tubes):
        vertices, indices = build(Frame(), PIXEL)
        assert vertices.shape == (0, FLOATS)
        assert indices.size == 0


def test_a_straight_line_is_as_wide_as_it_says_and_a_soft_edge() -> None:
    vertices, indices = build_flat(Frame(strokes=(stroke([(-1, 0), (0, 0), (1, 0)]),)), PIXEL)
    assert len(indices) == 2 * 6
    assert np.allclose(np.abs(vertices[:, 1]), 0.02 + 1.5 * PIXEL)
    assert np.allclose(0.02 * vertices[:, 3], vertices[:, 1]), "the offset is the way out"


def test_neighbours_meet_at_the_mitre() -> None:
    vertices, _ = build_flat(Frame(strokes=(stroke([(-0.5, 0), (0, 0), (0.4, 0.3)]),)), PIXEL)
    first, second = vertices.reshape(-1, 4, FLOATS)
    assert np.allclose(first[2:, :2], second[:2, :2], atol=1e-6)


def test_where_a_line_turns_back_a_disc_closes_the_gap() -> None:
    vertices, indices = build_tubes(
        Frame(strokes=(stroke([(0, 0), (1, 0), (0, 0.01)], round=True),)), PIXEL
    )
    assert len(indices) == 5 * 6, "two segments, the bend and two round ends"
    assert np.abs(vertices[:, :2]).max() < 1.1, "no spike"


def test_what_is_far_is_drawn_first() -> None:
    there_and_back = [(0, 0), (1, 0), (0, 0)]
    lines = tuple(stroke(there_and_back, depth=d, round=True) for d in (-1.0, 5.0, 2.0))
    vertices, _ = build_tubes(Frame(strokes=lines), PIXEL)
    depths = [float(v[0, 9]) for v in vertices.reshape(-1, 4, FLOATS)]
    assert sorted(depths, reverse=True) == depths
    assert set(depths) == {5.0, 2.0, -1.0}


def test_an_open_tube_has_round_ends() -> None:
    vertices, indices = build_tubes(Frame(strokes=(stroke([(0, 0), (1, 0)], round=True),)), PIXEL)
    assert len(indices) == 3 * 6
    reach = 0.02 + 1.5 * PIXEL
    assert vertices[:, 0].min() == pytest.approx(-reach, abs=1e-6)
    assert vertices[:, 0].max() == pytest.approx(1.0 + reach, abs=1e-6)


def test_residuals_lie_under_the_lines_and_dots_over_them() -> None:
    frame = Frame(
        strokes=(stroke([(0, 0), (1, 0)], glow=0.5),),
        dots=(Dots(np.zeros((1, 2)), np.array([0.1]), np.ones((1, 4))),),
        segments=(Segments(np.array([[0, 0, 0, 1.0]]), np.array([0.03]), np.ones((1, 4))),),
    )
    vertices, _ = build_flat(frame, PIXEL)
    half_widths = vertices.reshape(-1, 4, FLOATS)[:, 0, 4]
    assert np.allclose(half_widths, [0.03, 0.02, 0.1])


@pytest.mark.parametrize(
    "points", [[(0, 0), (0, 0), (0, 0)], [(0, 0), (1, 1)], [(0, 0), (1, 0), (0, 0)]]
)
def test_a_degenerate_line_gives_finite_triangles(points: list[tuple[float, float]]) -> None:
    for closed in (True, False):
        frame = Frame(strokes=(stroke(points, round=closed, glow=0.3),))
        vertices, _ = (build_tubes if closed else build_flat)(frame, PIXEL)
        assert np.all(np.isfinite(vertices))


def test_a_flat_line_with_a_glow_has_no_gaps_where_it_bends(draw) -> None:
    """The glow is wide: offsets at both ends of a segment once cancelled in its middle."""
    angle = np.linspace(0.0, 2.0 * np.pi, 17)
    circle = 0.3 * np.column_stack([np.cos(angle), np.sin(angle)])
    line = stroke([tuple(point) for point in circle], depth=10.0, glow=0.35)
    drawn = draw(Frame(video=1.0, strokes=(line,)), picture(640, 360))
    middle = (circle[1:] + circle[:-1]) / 2.0
    column = np.rint((middle[:, 0] * 9 / 16 + 1.0) * 320 - 0.5).astype(int)
    row = np.rint((1.0 - middle[:, 1]) * 180 - 0.5).astype(int)
    assert drawn[row, column].min() > 240
