# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every figure of a report, for the page and for print, with its caption."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from descant.arrays import Floats
from descant.report import distributions, learning_figures, style
from descant.report.analysis import Analysis
from descant.report.correlograms import correlograms
from descant.report.formatting import number
from descant.report.summary import compared_measures
from descant.report.timeline_figure import timeline

METADATA = {"pdf": {"CreationDate": None, "Producer": None, "Creator": None},
            "svg": {"Date": None, "Creator": None}}  # fmt: skip


@dataclass(frozen=True)
class ReportFigure:
    """A figure with the name of its file, its title and its caption."""

    name: str
    title: str
    caption: str
    figure: Figure


def timeline_figure(analysis: Analysis) -> ReportFigure:
    """The time axis for print; the page has an interactive one."""
    drawn = timeline(analysis.notes, analysis.attempts, analysis.series, analysis.threshold)
    return ReportFigure("time", "Over time", "", drawn)


def recording_figures(analysis: Analysis) -> Iterator[ReportFigure]:
    """The figures of one recording, without its time axis."""
    if any(correlation.test for correlation in analysis.correlations):
        yield ReportFigure(
            "correlation", "Correlation by lag",
            "95 % of the circularly shifted series stay within the band at every lag. A filled dot "
            "is the strongest correlation where it is more than chance, corrected for the number "
            "of pairs.",
            correlograms(analysis.correlations),
        )  # fmt: skip
    every, names = analysis.attempts, analysis.parameter_names
    yield ReportFigure("learning_curves", "Learning curves", _learning_caption(analysis),
                       learning_figures.learning_curves(every, analysis.threshold))  # fmt: skip
    yield ReportFigure(
        "trajectories", "Parameter trajectories",
        "Pairs of parameters of each attempt relative to the target (cross), scaled so that each "
        "attempt begins at distance 1 in all parameters together, so within the circle.",
        learning_figures.trajectories(every, names),
    )  # fmt: skip
    yield ReportFigure(
        "gradients", "Gradients",
        "Left: length of the gradient by loss, at every state. Right: its components by step, "
        "median and quartiles of all attempts.",
        learning_figures.gradients(every, names),
    )  # fmt: skip
    yield ReportFigure("latency", "Latency and jitter", _latency_caption(analysis),
                       distributions.latencies(analysis.timings))  # fmt: skip


def comparison_figure(names: Sequence[str], analyses: list[Analysis]) -> ReportFigure:
    """The comparison of several recordings."""
    return ReportFigure(
        "comparison", "Comparison",
        "Median (tick), quartiles (bar), 5 to 95 % (line), minimum and maximum (dots) of each "
        "measure in each recording. Density, loss and dissonance are over time, the others over "
        "notes, episodes and messages.",
        distributions.comparison(names, compared_measures(analyses)),
    )  # fmt: skip


def save(figure: ReportFigure, folder: Path, form: str) -> Path:
    """Write a figure for print into `folder`, which is made: NAME.pdf or NAME.svg. `OSError` where
    that fails.
    """
    path = folder / f"{figure.name}.{form}"
    # A file for print contains its fonts: embedded in a PDF, as outlines in an SVG.
    with style.style(), style.outlines():
        data = io.BytesIO()  # matplotlib's PDF raises errors of zlib where the disk is full
        figure.figure.savefig(data, format=form, dpi=600, metadata=METADATA[form])
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.getvalue())
    return path


def _learning_caption(analysis: Analysis) -> str:
    converged = sum(a.converged for a in analysis.attempts)
    return (
        f"The loss by step of all {len(analysis.attempts):,} attempts; the {converged:,} that "
        f"converged (at or below {number(analysis.threshold)}) in blue-green. The median is drawn "
        "as far as one attempt in four continues."
    )


def _latency_caption(analysis: Analysis) -> str:
    text = "Latency: from the stamp of a message (the time of its cause) to the recorder. Jitter: "
    text += "difference to the message before."
    for timing in analysis.timings:
        text += (
            f" {timing.name.capitalize()}: median {_percentile(timing.latency, 50)} ms, "
            f"99 % below {_percentile(timing.latency, 99)} ms."
        )
    return text


def _percentile(values: Floats, share: float) -> str:
    return number(float(np.percentile(values, share)))
