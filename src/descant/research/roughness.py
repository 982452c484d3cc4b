"""The dissonance of one recording over time: what sounded, as the learner tuned it.

Nothing is computed by an audio file: fingers, pedals and the synthesiser's rules say which partials
sound at each moment and how loud (`whatif.sounding`), the recorded states how far they are
stretched, and `dissonance` how rough that is, after Sethares (1993).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.synth.settings import SynthSettings
from descant.types import Event
from descant.whatif.measuring import RATE
from descant.whatif.roughness import Roughness
from descant.whatif.sounding import sound
from descant.whatif.state_arrays import said

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def dissonance_over_time(
    recording: Recording,
    synth: SynthSettings | None = None,
    *,
    rate: float = RATE,
    end_ns: int | None = None,
) -> tuple[Ints, Floats]:
    """Times (ns since the epoch) and the sensory dissonance of all sounding partials then, >= 0.

    `rate` samples a second, from the first event to `end_ns` (the last event). In units of two
    sines of amplitude 1, which is that of a fundamental at full velocity. `synth` are the
    synthesiser's settings, which no recording holds: those of the profile `paper` by default.
    States of every run of the learner count. `UserError` where there is no note.
    """
    if not recording.notes:
        raise UserError("no dissonance: the recording has no notes")
    events: list[Event] = [*recording.notes, *recording.pedals]
    events.sort(key=lambda event: event.time_ns)
    settings = SynthSettings() if synth is None else synth
    last = max(events[-1].time_ns, end_ns or 0)
    sounding = sound(events, settings, rate, last)
    return Roughness(sounding, settings).course(said([entry.state for entry in recording.states]))
