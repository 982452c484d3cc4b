"""A recording in numbers: the table of the report."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from descant.report.analysis import Analysis
from descant.report.formatting import DASH, NONE, clock, number
from descant.report.spread import Compared
from descant.research.measures import dynamic_range

FAINT = 1e-5
"""Dissonance that is drawn as none: what dies away has ever less of it."""
Fact = tuple[str, str, str]
"""Name, value and unit, as they are shown."""


def facts(analysis: Analysis) -> tuple[Fact, ...]:
    """What the summary says, in its order; the same names for every recording."""
    return (*_playing(analysis), *_learning(analysis), *_machine(analysis))


def compared(analyses: list[Analysis]) -> list[Compared]:
    """What is drawn of several recordings beside each other."""

    def each(value: Callable[[Analysis], NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
        return tuple(value(analysis) for analysis in analyses)

    return [
        Compared("note density", "notes/s", "density", each(lambda a: a.courses.density)),
        Compared("velocity", f"1{DASH}127", "velocity", each(lambda a: a.bars.velocity)),
        Compared("note length", "s", "velocity", each(lambda a: a.bars.end - a.bars.start),
                 log=True),
        Compared("loss over time", "", "loss", each(lambda a: a.courses.loss), log=True),
        Compared("dissonance over time", "", "dissonance",
                 each(lambda a: np.maximum(a.courses.dissonance, FAINT)), log=True),
        Compared("steps of an episode", "", "loss",
                 each(lambda a: a.gathered.floats("episodes", "steps"))),
        Compared("rate of convergence", "ln loss/step", "gradient",
                 each(lambda a: a.gathered.floats("episodes", "convergence_rate"))),
        Compared("latency of notes", "ms", "quiet", each(lambda a: _latency(a, "notes")), log=True),
        Compared("latency of the learner", "ms", "quiet", each(lambda a: _latency(a, "learner")),
                 log=True),
    ]  # fmt: skip


def _playing(analysis: Analysis) -> tuple[Fact, ...]:
    gathered, bars, courses = analysis.gathered, analysis.bars, analysis.courses
    span = float(bars.end.max() - bars.start.min()) if len(bars.start) else 0.0
    return (
        ("length", clock(round(gathered.duration)), "min:s"),
        ("notes", f"{len(bars.start):,}", ""),
        ("mean density", number(len(bars.start) / span if span else np.nan), "notes/s"),
        ("peak density", number(float(courses.density.max())), "notes/s"),
        ("mean velocity", number(float(bars.velocity.mean())), ""),
        (f"dynamics (5{DASH}95 %)", number(dynamic_range(bars.velocity)), ""),
        ("mean dissonance", number(float(courses.dissonance.mean())), ""),
    )


def _learning(analysis: Analysis) -> tuple[Fact, ...]:
    columns = analysis.gathered.columns["episodes"]
    episodes, rested = len(columns["converged"]), sum(columns["converged"])
    steps = [s for s, c in zip(columns["steps"], columns["converged"], strict=True) if c]
    loss = analysis.courses.loss[np.isfinite(analysis.courses.loss)]
    share = f"{100 * rested / episodes:.0f} %" if episodes else ""
    parts = analysis.gathered.columns["parts"]["part"]
    return (
        ("parts", " ".join(str(part) for part in sorted(set(parts))) or NONE, ""),
        ("episodes", f"{episodes:,}", ""),
        ("converged", f"{rested:,}", share),
        ("steps to converge", number(float(np.median(steps))) if steps else NONE, "median"),
        ("states", f"{len(analysis.gathered.columns['states']['time']):,}", ""),
        ("mean loss", number(float(loss.mean())) if len(loss) else NONE, "over time"),
    )


def _machine(analysis: Analysis) -> tuple[Fact, ...]:
    latency = _latency(analysis, "notes")
    shown = (number(float(np.percentile(latency, q))) if len(latency) else NONE for q in (50, 99))
    middle, worst = shown
    known = sum(fault.count for fault in analysis.faults)
    return (
        ("messages", f"{analysis.gathered.messages:,}", ""),
        ("note latency", middle, "ms, median"),
        ("99 % of notes", worst, "ms"),
        ("faults", f"{known:,}", ""),
        ("damage", "; ".join(analysis.gathered.damage) or "none", ""),
    )


def _latency(analysis: Analysis, name: str) -> NDArray[np.float64]:
    found = [timing.latency for timing in analysis.timings if timing.name == name]
    return found[0] if found else np.zeros(0)
