"""Every figure of a report, for the page and for print, each with what it says below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from descant.errors import UserError
from descant.report import learning, spread, style, timeline_figure
from descant.report.analysis import Analysis
from descant.report.correlograms import correlograms
from descant.report.formatting import number
from descant.report.summary import compared

METADATA = {"pdf": {"CreationDate": None, "Producer": None, "Creator": None},
            "svg": {"Date": None, "Creator": None}}  # fmt: skip
_BAND = (
    "The band is what 95 % of the series shifted in a circle stay within at every lag; a filled "
    "dot is the strongest correlation where it is more than chance, corrected for the number of "
    "pairs."
)


@dataclass(frozen=True)
class Shown:
    """A figure with its file's name, its title and the text below it."""

    name: str
    title: str
    caption: str
    figure: Figure


def over_time(analysis: Analysis) -> Shown:
    """The time axis, for print; the page has its own."""
    drawn = timeline_figure.score(
        analysis.bars, analysis.attempts, analysis.courses, analysis.threshold
    )
    return Shown("time", "Over time", "", drawn)


def of_one(analysis: Analysis) -> Iterator[Shown]:
    """The figures of one recording beside its time axis."""
    if any(relation.test for relation in analysis.relations):
        yield Shown("correlation", "Correlation by lag", _BAND, correlograms(analysis.relations))
    every, names = analysis.attempts, analysis.parameter_names
    yield Shown("descents", "Descents", _descents(analysis),
                learning.descents(every, analysis.threshold))  # fmt: skip
    yield Shown(
        "portraits", "Phase portraits",
        "Parameters of each attempt seen from their target, in pairs. Each begins at distance 1 "
        "(in all parameters together, so within the circle) and is to come to the cross.",
        learning.portraits(every, names),
    )  # fmt: skip
    yield Shown(
        "gradients", "Gradients",
        "Left, the gradient's length at every state beside the loss. Right, its components at each "
        "step: the median of all attempts, with the middle half of them.",
        learning.gradients(every, names),
    )  # fmt: skip
    yield Shown("latency", "Latency and jitter", _latency(analysis),
                spread.latencies(analysis.timings))  # fmt: skip


def of_many(names: Sequence[str], analyses: list[Analysis]) -> Shown:
    """The recordings beside each other."""
    return Shown(
        "comparison", "Side by side",
        "Median (stroke), middle half (broad), 5 to 95 % (line), lowest and highest (dots) of each "
        "measure in each recording. Density, loss and dissonance are over time, the others over "
        "notes, episodes and messages.",
        spread.comparison(names, compared(analyses)),
    )  # fmt: skip


def save(shown: Shown, folder: Path, form: str) -> Path:
    """Write a figure for print into `folder`, which is made: NAME.pdf or NAME.svg."""
    path = folder / f"{shown.name}.{form}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A file for print carries its fonts: embedded in a PDF, as outlines in an SVG.
        with style.style(), style.outlines():
            shown.figure.savefig(path, format=form, dpi=600, metadata=METADATA[form])
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    return path


def _descents(analysis: Analysis) -> str:
    rested = sum(a.converged for a in analysis.attempts)
    return (
        f"The loss by steps of all {len(analysis.attempts):,} attempts; the {rested:,} that came "
        f"to rest (at or below {number(analysis.threshold)}) in blue-green. "
        "Their median is drawn as far as one in four goes on."
    )


def _latency(analysis: Analysis) -> str:
    text = "Latency: from a message's cause (its stamp) to the recorder. Jitter: how much that "
    text += "differs from the message before."
    for timing in analysis.timings:
        text += (
            f" {timing.name.capitalize()}: median {_percentile(timing.latency, 50)} ms, "
            f"99 % below {_percentile(timing.latency, 99)} ms."
        )
    return text


def _percentile(values: spread.Floats, share: float) -> str:
    return number(float(np.percentile(values, share)))
