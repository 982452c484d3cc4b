# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw waveforms below each other, with marks, as an SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

WIDTH, ROW, LEFT, TOP = 1_000, 130, 150, 40
COLOURS = ("#2f6fb0", "#c2571a", "#333333")
STYLE = "font: 16px system-ui, sans-serif; fill: #333"


def waveform_svg(
    rows: Mapping[str, np.ndarray], rate: int, zero: int, marks: Mapping[str, float]
) -> str:
    """SVG of one waveform a row; frame `zero` is 0 ms, `marks` are names -> milliseconds."""
    frames = len(next(iter(rows.values())))
    scale = max(float(np.abs(row).max()) for row in rows.values())
    across = (WIDTH - LEFT - 20) / frames
    height = TOP + ROW * len(rows) + 40

    def x(frame: float) -> float:
        return LEFT + frame * across

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" style="{STYLE}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for index, (name, row) in enumerate(rows.items()):
        middle = TOP + ROW * (index + 0.5)
        points = " ".join(
            f"{x(i):.1f},{middle - 0.46 * ROW * value / scale:.1f}" for i, value in enumerate(row)
        )
        parts += [
            f'<text x="10" y="{middle + 5}">{escape(name)}</text>',
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[index % 3]}"/>',
        ]
    edges_ms = (-1_000 * zero / rate, 1_000 * (frames - zero) / rate)
    parts += _scale(lambda ms: x(zero + ms * rate / 1_000), edges_ms, marks, height)
    return "\n".join([*parts, "</svg>"])


def _scale(
    x: Callable[[float], float],
    edges_ms: tuple[float, float],
    marks: Mapping[str, float],
    height: int,
) -> list[str]:
    """The marks, and the times below the waveforms; `x` is the place of a time in ms."""
    parts: list[str] = []
    for name, ms in marks.items():
        at = x(ms)
        parts += [
            f'<path d="M{at:.1f} {TOP - 8}V{height - 40}" stroke="#888" stroke-dasharray="4 4"/>',
            f'<text x="{at + 4:.1f}" y="{TOP - 14}">{escape(name)}</text>',
        ]
    first, last = edges_ms
    for ms in range(int(np.ceil(first / 50)) * 50, int(last) + 1, 50):
        at = x(ms)
        parts.append(f'<text x="{at:.1f}" y="{height - 12}" text-anchor="middle">{ms} ms</text>')
    return parts
