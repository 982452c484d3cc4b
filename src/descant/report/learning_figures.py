# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Figures of the learning: learning curves, parameter trajectories, gradients."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import FuncFormatter, NullLocator

from descant.arrays import Floats, Ints
from descant.picture.palette import literal
from descant.report import style
from descant.report.attempts import Attempt, by_family
from descant.report.formatting import MINUS

LOWEST = 1e-9
"""Losses and gradients below this are drawn at this: a logarithmic axis has no 0."""
MAX_FAMILIES = 3
MEDIAN_SHARE = 4
"""A median ends where fewer than one in so many attempts continue: they are not representative."""
MIN_ATTEMPTS = 5
"""Least number of attempts for a median."""
LINEAR = 10
"""Number of steps up to which a long axis is linear."""
_ROLES = ("dissonance", "loss", "density", "velocity", "gradient", "text")
_MARKS = ("-", "--", "-.", ":", "-", "--")


def learning_curves(every: tuple[Attempt, ...], threshold: float | None) -> Figure:
    """The loss of every attempt by step; those that converged in another colour."""
    figure, axes = style.figure(style.COLUMN, 2.5)
    if not every:
        style.empty_panel(axes, "nothing was learned")
        return figure
    for role, converged in (("quiet", False), ("converged", True)):
        kept = [a for a in every if a.converged == converged]
        lines = [(a.step.astype(float), np.maximum(a.loss, LOWEST)) for a in kept]
        alpha = min(0.8, max(0.16, 12.0 / max(len(lines), 1)))
        style.draw_lines(axes, lines, role, lw=0.5, alpha=alpha)
    axes.set_yscale("log")
    _step_axis(axes, max(int(a.step[-1]) for a in every))
    _median(axes, every)
    if threshold is not None:
        axes.axhline(threshold, color=style.colour("text"), lw=0.6, ls=(0, (1, 2)))
        axes.annotate("threshold", (1.0, threshold), (-2, 2), xycoords=("axes fraction", "data"),
                      textcoords="offset points", ha="right", va="bottom",
                      color=style.colour("quiet"), fontsize=7, style="italic")  # fmt: skip
    axes.set_xlabel("gradient step")
    axes.set_ylabel("loss")
    return figure


def trajectories(every: tuple[Attempt, ...], names: dict[str, tuple[str, ...]]) -> Figure:
    """Pairs of parameters relative to their target, scaled so that each attempt begins at distance
    1. `names` are those of each family's parameters.
    """
    found = [(f, a) for f, a in by_family(every) if any(len(x.step) > 1 for x in a)]
    found = found[:MAX_FAMILIES]
    rows = max(1, len(found))
    figure, axes = style.figure(style.COLUMN, 1.75 * rows + 0.1, nrows=rows, ncols=2, squeeze=False)
    if not found:
        style.empty_panel(axes[0, 0], "nothing was learned")
        axes[0, 1].set_axis_off()
    for row, (family, attempts) in zip(axes, found, strict=False):
        count = attempts[0].offset.shape[1]
        known = tuple(map(literal, names.get(family, ())))
        labels = known or tuple(f"θ{n}" for n in range(1, count + 1))
        pairs = [(0, min(1, count - 1)), (count - 2, count - 1)]
        if count < 3:  # one panel shows all
            row[1].set_axis_off()
        for panel, pair in zip(row, pairs[: 1 if count < 3 else 2], strict=False):
            _trajectory_panel(panel, attempts, pair)
            panel.set_xlabel(f"{labels[pair[0]]} {MINUS} {labels[pair[0]]}*")
            panel.set_ylabel(f"{labels[pair[1]]} {MINUS} {labels[pair[1]]}*", labelpad=0)
        row[0].set_title(literal(family), loc="left", color=style.colour("quiet"), style="italic")
    return figure


def gradients(every: tuple[Attempt, ...], names: dict[str, tuple[str, ...]]) -> Figure:
    """The gradient's length by loss, and its components by step for the most frequent family:
    medians with quartiles.
    """
    figure, (left, right) = style.figure(style.COLUMN, 2.0, ncols=2)
    if not every:
        style.empty_panel(left, "nothing was learned")
        right.set_axis_off()
        return figure
    loss = np.maximum(np.concatenate([a.loss for a in every]), LOWEST)
    norm = np.concatenate([np.linalg.norm(a.gradient, axis=1) for a in every])
    norm = np.maximum(np.nan_to_num(norm, posinf=np.nan), LOWEST)
    for axis, values in (("x", loss), ("y", norm)):
        getattr(left, f"set_{axis}scale")("log")
        getattr(left, f"set_{axis}lim")(np.nanmin(values) / 1.5, np.nanmax(values) * 1.5)
    figure.draw_without_rendering()  # places the panel, which the points depend on
    style.draw_points(left, loss, norm, "gradient", size=1.1, alpha=0.5)
    left.set_xlabel("loss")
    left.set_ylabel("|∇L|", labelpad=0)
    family, attempts = next(by_family(every))
    _components(right, attempts, names.get(family, ()))
    right.set_title(literal(family), loc="right", color=style.colour("quiet"), style="italic")
    return figure


def _step_axis(axes: Axes, last: int) -> None:
    """Steps from 0; where there are many, logarithmic from `LINEAR` on."""
    if last > 5 * LINEAR:
        axes.set_xscale("symlog", linthresh=LINEAR, linscale=1.5)
        axes.set_xticks([s for s in (0, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if s <= last])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(0, max(last, 1))


def _median(axes: Axes, every: tuple[Attempt, ...]) -> None:
    by_step = _by_step([(a.step, np.maximum(a.loss, LOWEST)) for a in every])
    if len(by_step) > 1:
        steps, values = list(by_step), [np.median(v) for v in by_step.values()]
        axes.plot(steps, values, color=style.colour("loss"), lw=1.4, label="median")
        axes.legend(loc="upper right", borderaxespad=0.0)


def _by_step(lines: list[tuple[Ints, Floats]]) -> dict[int, Floats]:
    """The values of all attempts at each step that enough of them limited for a median."""
    if not lines:
        return {}
    steps = np.concatenate([step for step, _ in lines])
    values = np.concatenate([value for _, value in lines])
    order = np.argsort(steps, kind="stable")
    found, starts = np.unique(steps[order], return_index=True)
    groups = np.split(values[order], starts[1:])
    fewest = max(MIN_ATTEMPTS, len(lines) / MEDIAN_SHARE)
    return {int(s): v for s, v in zip(found, groups, strict=True) if len(v) >= fewest}


def _trajectory_panel(axes: Axes, attempts: list[Attempt], pair: tuple[int, int]) -> None:
    lines = []
    for attempt in attempts:
        start = float(np.linalg.norm(attempt.offset[0]))
        if start > 0.0 and len(attempt.step) > 1:
            path = attempt.offset[:, list(pair)] / start
            lines.append((path[:, 0], path[:, 1]))
    axes.add_patch(Circle((0, 0), 1.0, fill=False, ec=style.colour("rule"), lw=0.6))
    alpha = min(0.8, max(0.2, 20.0 / max(len(lines), 1)))
    style.draw_lines(axes, lines, "dissonance", lw=0.5, alpha=alpha)
    axes.plot([0], [0], "+", color=style.colour("loss"), ms=5, mew=1.0, zorder=5)
    limit = max([1.05, *(float(np.max(np.abs(np.stack(line)))) for line in lines)])
    limit = min(limit, 2.0)
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    axes.set_xticks([-1, 0, 1])
    axes.set_yticks([-1, 0, 1])


def _components(axes: Axes, attempts: list[Attempt], names: tuple[str, ...]) -> None:
    count = attempts[0].gradient.shape[1]
    for index in range(min(count, len(_ROLES))):
        by_step = _by_step([(a.step, np.abs(a.gradient[:, index])) for a in attempts])
        if len(by_step) < 2:
            continue
        steps = list(by_step)
        spread = np.array([np.percentile(v, [25, 50, 75]) for v in by_step.values()])
        low, middle, high = np.maximum(spread, LOWEST).T
        name = literal(names[index]) if index < len(names) else f"θ{index + 1}"
        tone = style.colour(_ROLES[index])
        axes.fill_between(steps, low, high, color=tone, alpha=0.15, lw=0)
        axes.plot(steps, middle, color=tone, lw=1.0, ls=_MARKS[index], label=f"∂L/∂{name}")
    if not axes.lines:
        style.empty_panel(axes, "too few steps")
        return
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    low, high = axes.get_ylim()
    axes.set_ylim(top=high * (high / low) ** 0.25)  # room for the legend
    axes.set_xlabel("gradient step")
    axes.set_ylabel("|component|", labelpad=0)
    axes.legend(loc="upper center", ncols=2, borderaxespad=0.0, labelspacing=0.15, fontsize=7,
                columnspacing=1.0)  # fmt: skip
