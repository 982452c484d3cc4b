# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The summary of a recording in numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from descant.arrays import Floats
from descant.report.analysis import Analysis
from descant.report.distributions import ComparedMeasure
from descant.report.formatting import DASH, NONE, clock, number
from descant.research.measures import dynamic_range

FAINT = 1e-5
"""Dissonance below this is drawn at this: a decaying sound never reaches 0."""
Fact = tuple[str, str, str]
"""Name, value and unit, as they are shown."""


def facts(analysis: Analysis) -> tuple[Fact, ...]:
    """The facts of the summary in their order; the names are the same for every recording."""
    return (*_playing(analysis), *_learning(analysis), *_technical(analysis))


def compared_measures(analyses: list[Analysis]) -> list[ComparedMeasure]:
    """The measures that are compared in several recordings."""

    def measure(
        name: str,
        unit: str,
        role: str,
        value: Callable[[Analysis], Floats],
        *,
        log: bool = False,
    ) -> ComparedMeasure:
        values = tuple(value(analysis) for analysis in analyses)
        return ComparedMeasure(name, unit, role, values, log)

    return [
        measure("note density", "notes/s", "density", lambda a: a.series.density),
        measure("velocity", f"1{DASH}127", "velocity", lambda a: a.notes.velocity),
        measure("note length", "s", "velocity", lambda a: a.notes.end - a.notes.start, log=True),
        measure("loss over time", "", "loss", lambda a: a.series.loss, log=True),
        measure("dissonance over time", "", "dissonance",
                lambda a: np.maximum(a.series.dissonance, FAINT), log=True),
        measure("steps per episode", "", "loss", lambda a: a.data.floats("episodes", "steps")),
        measure("convergence rate", "ln loss/step", "gradient",
                lambda a: a.data.floats("episodes", "convergence_rate")),
        measure("note latency", "ms", "quiet", lambda a: _latency(a, "notes"), log=True),
        measure("learner latency", "ms", "quiet", lambda a: _latency(a, "learner"), log=True),
    ]  # fmt: skip


def _playing(analysis: Analysis) -> tuple[Fact, ...]:
    data, notes, series = analysis.data, analysis.notes, analysis.series
    span = float(notes.end.max() - notes.start.min()) if len(notes.start) else 0.0
    return (
        ("length", clock(round(data.duration)), "min:s"),
        ("notes", f"{len(notes.start):,}", ""),
        ("mean density", number(len(notes.start) / span if span else np.nan), "notes/s"),
        ("peak density", number(float(series.density.max())), "notes/s"),
        ("mean velocity", number(float(notes.velocity.mean())), ""),
        (f"dynamics (5{DASH}95 %)", number(dynamic_range(notes.velocity)), ""),
        ("mean dissonance", number(float(series.dissonance.mean())), ""),
    )


def _learning(analysis: Analysis) -> tuple[Fact, ...]:
    columns = analysis.data.columns["episodes"]
    episodes, converged = len(columns["converged"]), sum(columns["converged"])
    steps = [s for s, c in zip(columns["steps"], columns["converged"], strict=True) if c]
    loss = analysis.series.loss[np.isfinite(analysis.series.loss)]
    share = f"{100 * converged / episodes:.0f} %" if episodes else ""
    parts = analysis.data.columns["parts"]
    played = sorted(set(zip(parts["part"], parts["title"], strict=True)))
    return (
        ("parts", ", ".join(f"{n} {title}".strip() for n, title in played) or NONE, ""),
        ("episodes", f"{episodes:,}", ""),
        ("converged", f"{converged:,}", share),
        ("steps to converge", number(float(np.median(steps))) if steps else NONE, "median"),
        ("states", f"{len(analysis.data.columns['states']['time']):,}", ""),
        ("mean loss", number(float(loss.mean())) if len(loss) else NONE, "over time"),
    )


def _technical(analysis: Analysis) -> tuple[Fact, ...]:
    latency = _latency(analysis, "notes")
    percentiles = (
        number(float(np.percentile(latency, q))) if len(latency) else NONE for q in (50, 99)
    )
    median, worst = percentiles
    faults = sum(fault.count for fault in analysis.faults)
    return (
        ("messages", f"{analysis.data.messages:,}", ""),
        ("note latency", median, "ms, median"),
        ("99 % of notes", worst, "ms"),
        ("faults", f"{faults:,}", ""),
        ("damage", "; ".join(analysis.data.damage) or "none", ""),
    )


def _latency(analysis: Analysis, name: str) -> Floats:
    found = [timing.latency for timing in analysis.timings if timing.name == name]
    return found[0] if found else np.zeros(0)
