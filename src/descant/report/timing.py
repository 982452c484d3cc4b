"""How late messages were, and how evenly they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.report.gather import Gathered

Floats = NDArray[np.float64]

TOPICS = {
    "/notes": "notes",
    "/learner_state": "learner",
    "/camera/image": "camera",
    "/synth_state": "synthesiser",
}
"""Those that are drawn, and what they are called."""


@dataclass(frozen=True)
class Timing:
    """One topic: `latency` (ms) from the stamp, the cause, to the recorder; `jitter` (ms) how much
    that differs from the message before.

    Source of jitter: the difference D of RFC 3550, section 6.4.1, without its smoothing.
    """

    name: str
    latency: Floats
    jitter: Floats


def timings(gathered: Gathered) -> tuple[Timing, ...]:
    """The topics that are in the recording, in the order of `TOPICS`."""
    topics = np.array(gathered.columns["latencies"]["topic"])
    latency = gathered.floats("latencies", "lateness") * 1000.0
    found = []
    for topic, name in TOPICS.items():
        own = latency[topics == topic]
        if len(own) > 1:
            found.append(Timing(name, own, np.abs(np.diff(own))))
    return tuple(found)
