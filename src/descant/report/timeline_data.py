"""What the page's time axis draws, as numbers in text: little-endian arrays in base64."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from descant.report.attempts import Attempt
from descant.report.bars import Bars
from descant.report.faults import Fault
from descant.report.gather import Gathered
from descant.report.time_series import Courses

MOMENTS = 4000
"""Moments of one kind of fault that are told one by one; of more, the worst of each stretch."""
UNKNOWN = 255


def packed(
    gathered: Gathered, bars: Bars, every: tuple[Attempt, ...], courses: Courses, *,
    faults: Sequence[Fault], threshold: float,
) -> str:  # fmt: skip
    """One JSON object for a <script> element; docs/report.md names its fields."""
    heat = bars.heat(threshold)
    return _safe(
        {
            "begin": float(courses.fine_time[0]),
            "end": float(courses.fine_time[-1]),
            "threshold": threshold,
            "notes": {
                "start": _f32(bars.start), "end": _f32(bars.end), "tail": _f32(bars.tail),
                "key": _u8(bars.key), "velocity": _u8(bars.velocity), "loss": _f32(bars.loss),
                "heat": _u8(np.where(np.isfinite(heat), np.nan_to_num(heat) * 254, UNKNOWN)),
            },
            "states": _states(every),
            "pedal": _pedal(gathered),
            "dissonance": _series(courses.fine_time, courses.dissonance),
            "density": _series(courses.time, courses.density),
            "velocity": _series(courses.time, courses.velocity),
            "parts": _parts(gathered),
            "faults": [{"kind": f.kind, "moments": _moments(f)} for f in faults if f.times],
        }
    )  # fmt: skip


def _states(every: tuple[Attempt, ...]) -> dict[str, str]:
    """The states of all attempts behind each other; `attempt` counts them."""
    ordered = sorted(every, key=lambda attempt: float(attempt.time[0]))
    empty = np.zeros(0)
    number = [np.full(len(a.time), n) for n, a in enumerate(ordered)]
    rest = [np.arange(len(a.time)) == a.rest for a in ordered]
    norm = [np.linalg.norm(a.gradient, axis=1) for a in ordered]
    return {
        "time": _f32(np.concatenate([empty, *(a.time for a in ordered)])),
        "loss": _f32(np.concatenate([empty, *(a.loss for a in ordered)])),
        "gradient": _f32(np.concatenate([empty, *norm])),
        "step": _f32(np.concatenate([empty, *(a.step for a in ordered)])),
        "attempt": _f32(np.concatenate([empty, *number])),
        "rest": _u8(np.concatenate([empty, *rest])),
    }


def _pedal(gathered: Gathered) -> dict[str, str]:
    columns = gathered.columns["pedals"]
    rows = zip(columns["time_ns"], columns["pedal"], columns["value"], strict=True)
    moved = sorted((gathered.seconds(t), value) for t, name, value in rows if name == "sustain")
    return {"time": _f32([t for t, _ in moved]), "value": _u8([v for _, v in moved])}


def _series(time: np.ndarray[Any, Any], values: ArrayLike) -> dict[str, Any]:
    step = float(time[-1] - time[0]) / max(len(time) - 1, 1)
    return {"begin": float(time[0]), "step": step, "value": _f32(values)}


def _parts(gathered: Gathered) -> list[dict[str, Any]]:
    columns = gathered.columns["parts"]
    rows = zip(columns["begin"], columns["end"], columns["part"], strict=True)
    return [{"begin": b, "end": e, "part": p} for b, e, p in rows]


def _moments(fault: Fault) -> list[list[float]]:
    moments = [[round(t, 3), n] for t, n in zip(fault.times, fault.amounts, strict=True)]
    stride = -(-len(moments) // MOMENTS)
    groups = [moments[i : i + stride] for i in range(0, len(moments), stride)]
    return [[max(g, key=lambda m: m[1])[0], sum(m[1] for m in g)] for g in groups]


def _f32(values: ArrayLike) -> str:
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode("ascii")


def _u8(values: ArrayLike) -> str:
    return base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode("ascii")


def _safe(what: Any) -> str:
    """JSON that nothing in it can end a <script> element with."""
    return json.dumps(what, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
