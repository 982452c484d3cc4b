# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Record what JACK 2 plays of two synths without being connected to them, and read it again.

python bench/failover_recording.py FILE
"""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

import numpy as np

RATE = 48_000
CLIENTS = ("descant", "descant_standby")
LATE = 0.6  # of a period
AUDIBLE = 0.02


def record(path: Path) -> None:
    """Write what JACK plays of each synth, period by period, until standard input is closed.

    The buffers are read late in the period, when every client that runs has written: what the sound
    card would be given next. A connected client would wait for one that is stopped. A period that
    this process misses, which is Python, is left out: the frame of each is written as well.
    """
    import jack  # noqa: PLC0415 -- where there is a library

    jack.set_error_function(lambda _: None)
    client = jack.Client("observer", no_start_server=True)
    library, memory = jack._lib, jack._ffi
    found: list[list[object]] = [[], []]
    with path.open("wb") as file, Path(f"{path}.frames").open("wb") as frames_file:

        @client.set_process_callback
        def process(frames: int) -> None:
            now = client.last_frame_time
            time.sleep(LATE * frames / RATE)
            both = np.zeros((frames, 2), np.float32)
            for number, ports in enumerate(found):
                for port in ports:
                    data = library.jack_port_get_buffer(port, frames)
                    both[:, number] += np.frombuffer(memory.buffer(data, 4 * frames), np.float32)
            if client.last_frame_time == now:
                file.write(both.tobytes())
                frames_file.write(np.uint32(now).tobytes())

        client.activate()
        while not select.select([sys.stdin], [], [], 0.005)[0]:
            for number, name in enumerate(CLIENTS):
                ports = client.get_ports(rf"^{name}(-\d+)?:out_1$", is_output=True)
                found[number] = [port._ptr for port in ports]
        for each in (file, frames_file):
            each.flush()
        os._exit(0)  # what JACK's thread does now is of no interest


def both_sounds(raw: Path) -> tuple[np.ndarray, np.ndarray]:
    """What was heard of each, (frames, 2), from the first sound on, and which frames were read.

    A period that was not read is between its neighbours as if it had stood still.
    """
    read = np.fromfile(raw, np.float32)
    frames = np.fromfile(f"{raw}.frames", np.uint32).astype(np.int64)
    period = len(read) // len(frames) // 2
    blocks = read[: len(frames) * period * 2].reshape(len(frames), period, 2)
    place = (frames - frames[0]) // period
    which = np.searchsorted(place, np.arange(place[-1] + 1), side="right") - 1
    known = place[which] == np.arange(place[-1] + 1)
    sound = np.where(known[:, None, None], blocks[which], blocks[which][:, -1:, :]).reshape(-1, 2)
    first = int(np.flatnonzero(np.abs(sound).max(axis=1) > AUDIBLE)[0])
    return sound[first:], np.repeat(known, period)[first:]


if __name__ == "__main__":
    record(Path(sys.argv[1]))
