# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The process of `sound.FilmSound`: a pickled task on standard input, samples on standard output.

The samples are float32, left and right in turn. What libraries print goes to standard error.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator, Sequence

import numpy as np

from descant.errors import UserError
from descant.render.film_events import SoundEvent
from descant.render.sound import Samples, end_of
from descant.synth.settings import SynthSettings

CHUNK = 8_192  # frames written at once


def chunks(
    events: Sequence[SoundEvent], settings: SynthSettings, first: int, end: int
) -> Iterator[Samples]:
    """The frames from number `first` up to `end` of the sound of `events`, as (n, 2) arrays.

    An array is valid until the next is computed.
    """
    from descant.synth.offline import blocks  # noqa: PLC0415 -- pyo

    end_ns = end_of(end, settings.sample_rate)
    events = [e for e in events if e.time_ns <= end_ns]
    last_ns = max((e.time_ns for e in events), default=0)
    tail = (end_ns - last_ns) / 1e9 + 0.1  # blocks end on their own grid
    chunk: Samples = np.empty((CHUNK, 2), np.float32)
    have, at = 0, 0
    for left, right in blocks(events, settings, tail=tail):
        skip, stop = max(0, first - at), min(len(left), end - at)
        at += len(left)
        if stop <= skip:
            continue
        until = have + stop - skip
        chunk[have:until, 0], chunk[have:until, 1] = left[skip:stop], right[skip:stop]
        have = until
        if have + len(left) > CHUNK:
            yield chunk[:have]
            have = 0
    yield chunk[:have]


def main() -> int:
    """Run the process. It ignores ctrl-c, as its parent stops it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    task = pickle.load(sys.stdin.buffer)
    gc.freeze()  # later collections skip the events: they are many
    try:
        for chunk in chunks(*task):
            data = memoryview(chunk.tobytes())
            while data:
                data = data[output.write(data) :]
    except BrokenPipeError:
        return 0
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
