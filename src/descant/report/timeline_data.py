# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The data of the page's time axis as JSON with little-endian arrays in base64."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from descant.picture.palette import loss_heat
from descant.picture.part_labels import part_label
from descant.report.attempts import Attempt
from descant.report.bag_data import BagData
from descant.report.faults import Fault
from descant.report.note_arrays import NoteArrays
from descant.report.time_series import TimeSeries

MAX_TIMES = 4000
"""Number of faults of one kind that are listed; of more, the worst of each group."""
UNKNOWN = 255


def timeline_json(
    data: BagData, notes: NoteArrays, every: tuple[Attempt, ...], series: TimeSeries, *,
    faults: Sequence[Fault], threshold: float,
) -> str:  # fmt: skip
    """One JSON object for a <script> element."""
    heat = loss_heat(notes.loss, threshold)
    return _script_json(
        {
            "begin": float(series.dissonance_time[0]),
            "end": float(series.dissonance_time[-1]),
            "threshold": threshold,
            "notes": {
                "start": _f32(notes.start), "end": _f32(notes.end), "tail": _f32(notes.tail),
                "key": _u8(notes.key), "velocity": _u8(notes.velocity), "loss": _f32(notes.loss),
                "heat": _u8(np.where(np.isfinite(heat), np.nan_to_num(heat) * 254, UNKNOWN)),
            },
            "states": _states(every),
            "pedal": _pedal(data),
            "dissonance": _series(series.dissonance_time, series.dissonance),
            "density": _series(series.time, series.density),
            "velocity": _series(series.time, series.velocity),
            "parts": _parts(data),
            "faults": [{"kind": f.kind, "times": _times(f)} for f in faults if f.times],
        }
    )  # fmt: skip


def _states(every: tuple[Attempt, ...]) -> dict[str, str]:
    """The states of all attempts, concatenated; `attempt` is their number."""
    ordered = sorted(every, key=lambda attempt: float(attempt.time[0]))
    empty = np.zeros(0)
    number = [np.full(len(a.time), n) for n, a in enumerate(ordered)]
    converged = [np.arange(len(a.time)) == a.converged_at for a in ordered]
    norm = [np.linalg.norm(a.gradient, axis=1) for a in ordered]
    return {
        "time": _f32(np.concatenate([empty, *(a.time for a in ordered)])),
        "loss": _f32(np.concatenate([empty, *(a.loss for a in ordered)])),
        "gradient": _f32(np.concatenate([empty, *norm])),
        "step": _f32(np.concatenate([empty, *(a.step for a in ordered)])),
        "attempt": _f32(np.concatenate([empty, *number])),
        "converged": _u8(np.concatenate([empty, *converged])),
    }


def _pedal(data: BagData) -> dict[str, str]:
    columns = data.columns["pedals"]
    rows = zip(columns["time_ns"], columns["pedal"], columns["value"], strict=True)
    movements = sorted((data.seconds(t), value) for t, name, value in rows if name == "sustain")
    return {"time": _f32([t for t, _ in movements]), "value": _u8([v for _, v in movements])}


def _series(time: np.ndarray[Any, Any], values: ArrayLike) -> dict[str, Any]:
    step = float(time[-1] - time[0]) / max(len(time) - 1, 1)
    return {"begin": float(time[0]), "step": step, "value": _f32(values)}


def _parts(data: BagData) -> list[dict[str, Any]]:
    columns = data.columns["parts"]
    rows = zip(*(columns[name] for name in ("begin", "end", "part", "title")), strict=True)
    return [{"begin": b, "end": e, "label": part_label(p, title)} for b, e, p, title in rows]


def _times(fault: Fault) -> list[list[float]]:
    times = [[round(t, 3), n] for t, n in zip(fault.times, fault.amounts, strict=True)]
    stride = -(-len(times) // MAX_TIMES)
    groups = [times[i : i + stride] for i in range(0, len(times), stride)]
    return [[max(g, key=lambda m: m[1])[0], sum(m[1] for m in g)] for g in groups]


def _f32(values: ArrayLike) -> str:
    limits = np.finfo(np.float32)  # an invalid loss may be beyond them
    within = np.clip(np.asarray(values, float), float(limits.min), float(limits.max))
    return base64.b64encode(within.astype("<f4").tobytes()).decode("ascii")


def _u8(values: ArrayLike) -> str:
    return base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode("ascii")


def _script_json(value: Any) -> str:
    """JSON that cannot end a <script> element."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
