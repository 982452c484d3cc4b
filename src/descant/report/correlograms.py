# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The figure of lagged correlations, with the band of the surrogate test."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from descant.report import style
from descant.report.pair_correlations import LEVEL, NAMES, PairCorrelation

_COLUMNS = 2


def correlograms(correlations: Sequence[PairCorrelation]) -> Figure:
    """One panel for each pair: r by lag, and the band that 95 % of the shifted series do not leave
    at any lag.
    """
    rows = -(-len(correlations) // _COLUMNS)
    figure, panels = style.figure(
        style.COLUMN, 1.12 * rows + 0.15, nrows=rows, ncols=_COLUMNS, squeeze=False, sharey=True
    )
    for axes, correlation in zip(panels.flat, correlations, strict=False):
        _panel(axes, correlation)
    for axes in panels.flat[len(correlations) :]:
        axes.set_axis_off()
        axes.text(0.04, 0.5, _LEGEND, transform=axes.transAxes, va="center", fontsize=7,
                  color=style.colour("quiet"), linespacing=1.4)  # fmt: skip
    tests = [correlation.test for correlation in correlations if correlation.test]
    limit = max([0.2, *(1.15 * max(abs(t.r), t.quantiles[0.95]) for t in tests)])
    panels[0, 0].set_ylim(-limit, limit)  # shared by all
    for row in panels:
        row[0].set_ylabel("correlation r", labelpad=0)
    return figure


_LEGEND = "band: 95 % of shifted series\nstay within it at all lags\nlag > 0: the second is later"


def _panel(axes: Axes, correlation: PairCorrelation) -> None:
    names = f"{NAMES[correlation.first]} → {NAMES[correlation.second]}"
    axes.set_title(names, loc="left", fontsize=7.5, pad=3)
    test = correlation.test
    if test is None:
        style.empty_panel(axes, "too short to test")
        return
    lags, r = test.correlation.lags, test.correlation.r
    band = test.quantiles[0.95]
    axes.axhspan(-band, band, color=style.colour("quiet"), alpha=0.16, lw=0)
    axes.axhline(0.0, color=style.colour("rule"), lw=0.6)
    axes.axvline(0.0, color=style.colour("rule"), lw=0.6)
    found = correlation.adjusted <= LEVEL
    tone = style.colour("loss" if found else "quiet")
    axes.plot(lags, r, color=tone, lw=1.1)
    axes.plot(test.lag, test.r, "o", ms=3.2, color=tone, mfc=tone if found else "none")
    axes.set_xlim(float(lags[0]), float(lags[-1]))
    axes.set_xlabel("lag (s)", labelpad=1)
