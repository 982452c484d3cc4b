# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Copy samples into JACK's ports, 375 times a second, without the layers of JACK-Client.

JACK-Client's `get_array` reads the client's period, makes a buffer of the port's memory and an
array of that: in an audio thread, whose code is never in the caches, that costs as much as four
notes. Its C library and the ports' pointers are private; where they are not found, `get_array` is
used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from descant.arrays import Samples

Copy = Callable[[Samples, Samples, int], None]
BYTES = 4  # a JACK sample is a float of 32 bits


def copier(jack: Any, ports: list[Any]) -> Copy:
    """A function for the process callback, which copies frames left and right into two ports."""
    library, memory = getattr(jack, "_lib", None), getattr(jack, "_ffi", None)
    pointers = [getattr(port, "_ptr", None) for port in ports]
    if library is None or memory is None or None in pointers:
        return _plain(ports)
    buffer, move = library.jack_port_get_buffer, memory.memmove
    first, second = pointers

    def copy(left: Samples, right: Samples, frames: int) -> None:
        move(buffer(first, frames), left, frames * BYTES)
        move(buffer(second, frames), right, frames * BYTES)

    return copy


def _plain(ports: list[Any]) -> Copy:
    def copy(left: Samples, right: Samples, _frames: int) -> None:
        ports[0].get_array()[:] = left
        ports[1].get_array()[:] = right

    return copy
