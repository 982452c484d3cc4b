# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A long, poor line between the stage's machine and the switch, for bench/network.py.

    python bench/line.py NEAR FAR

Two Ethernet interfaces, NEAR and FAR; what goes into one comes out of the other `delay` seconds
later, or never. Every frame of every protocol passes here, the fragments of large datagrams one by
one, as on a cable. Settings come on the standard input, one JSON object a line: {"delay": seconds,
"loss": 0..1}; `ready` is printed when the interfaces are there.

This is what tc netem does within the kernel. It needs no netem (many small kernels have none), only
/dev/net/tun, and costs a copy and about 0.1 ms.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import select
import struct
import sys
import time
from collections import deque

TUNSETIFF, TAP, NO_HEADER = 0x400454CA, 0x0002, 0x1000  # of linux/if_tun.h
LARGEST_FRAME = 65_536
AT_ONCE = 64  # frames taken from one end before the other has its turn


class Way:
    """One direction: frames from file `source` to file `sink`."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self._sink = source, sink
        self._frames: deque[tuple[float, bytes]] = deque()

    def take(self, delay: float, loss: float) -> None:
        """Take what waits at the source."""
        for _ in range(AT_ONCE):
            try:
                frame = os.read(self.source, LARGEST_FRAME)
            except OSError:  # there is no more; or this end is down
                return
            if loss == 0.0 or random.random() >= loss:
                self._frames.append((time.monotonic() + delay, frame))

    def give(self) -> float:
        """Let out what is due; returns the seconds to the next frame, 1 where there is none."""
        while self._frames:
            wait = self._frames[0][0] - time.monotonic()
            if wait > 0.0:
                return min(wait, 1.0)
            with contextlib.suppress(OSError):  # an end that is down takes nothing
                os.write(self._sink, self._frames.popleft()[1])
        return 1.0


def interface(name: str) -> int:
    """A new Ethernet interface; what is written to the file comes in there."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), TAP | NO_HEADER))
    return file


def main(near: str, far: str) -> None:
    """Carry frames until the standard input ends."""
    ends = interface(near), interface(far)
    ways = [Way(*ends), Way(*reversed(ends))]
    delay = loss = 0.0
    random.seed(1)
    print("ready", flush=True)
    while True:
        wait = min(way.give() for way in ways)
        readable, _, _ = select.select([*ends, sys.stdin], [], [], wait)
        for way in ways:
            if way.source in readable:
                way.take(delay, loss)
        if sys.stdin in readable:
            line = sys.stdin.readline()
            if not line:
                return
            settings = json.loads(line)
            delay, loss = settings["delay"], settings["loss"]


if __name__ == "__main__":
    main(*sys.argv[1:])
