# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Latency and jitter of the messages of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from descant import topics
from descant.arrays import Floats
from descant.report.bag_data import BagData

TOPICS = {
    topics.NOTES.name: "notes",
    topics.LEARNER_STATE.name: "learner",
    "": "camera",  # whatever its pictures are called
    topics.SYNTH_STATE.name: "synthesiser",
}
"""The topics that are drawn, and their labels."""


@dataclass(frozen=True)
class Timing:
    """One topic: `latency` (ms) from the stamp, the time of the cause, to the recorder; `jitter`
    (ms) the difference to the latency of the message before.

    Source of jitter: the difference D of RFC 3550, section 6.4.1, without its smoothing.
    """

    name: str
    latency: Floats
    jitter: Floats


def timings(data: BagData) -> tuple[Timing, ...]:
    """The topics that are in the recording, in the order of `TOPICS`."""
    recorded = data.columns["latencies"]["topic"]
    names = {**data.usual_names, data.camera: ""}
    topics = np.array([names.get(name, name) for name in recorded])
    latency = data.floats("latencies", "lateness") * 1000.0
    found = []
    for topic, name in TOPICS.items():
        own = latency[topics == topic]
        if len(own) > 1:
            found.append(Timing(name, own, np.abs(np.diff(own))))
    return tuple(found)
