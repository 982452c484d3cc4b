# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Fill JACK's ports without the layers of JACK-Client: from a ring in C, or at least with a copy.

JACK-Client's C library and its pointers are private. Where they are not found, `get_array` is used:
it reads the client's period, makes a buffer of the port's memory and an array of that, which costs
as much as four notes in an audio thread, whose code is never in the caches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from descant.arrays import Samples
from descant.synth.sinks.audio_ring import AudioRing
from descant.synth.sinks.base import SinkError

Copy = Callable[[Samples, Samples, int], None]
BYTES = 4  # a JACK sample is a float of 32 bits


def play_ring(jack: Any, client: Any, ports: list[Any], ring: AudioRing) -> None:
    """Let JACK's thread fill two ports from a ring; `SinkError` where that cannot be set."""
    library, memory = getattr(jack, "_lib", None), getattr(jack, "_ffi", None)
    pointers = [getattr(thing, "_ptr", None) for thing in (client, *ports)]
    if library is None or memory is None or None in pointers:
        raise SinkError("this JACK-Client takes no callback in C")

    def address(pointer: Any) -> int:
        return int(memory.cast("uintptr_t", pointer))

    get_buffer = memory.addressof(library, "jack_port_get_buffer")
    ring.connect(*map(address, (get_buffer, *pointers[1:])))
    process = memory.cast("JackProcessCallback", ring.callback)
    if library.jack_set_process_callback(pointers[0], process, memory.cast("void *", ring.address)):
        raise SinkError("JACK refused the callback")


def addresses(jack: Any, ports: list[Any]) -> list[int]:
    """Addresses of ports, of whatever client; none where JACK is not JACK 2 or they are private.

    JACK 2 alone gives every client the buffers of all ports, to write as well.
    """
    memory, pointers = getattr(jack, "_ffi", None), [getattr(p, "_ptr", None) for p in ports]
    if memory is None or None in pointers or not jack.version_string().startswith("1.9."):
        return []
    return [int(memory.cast("uintptr_t", pointer)) for pointer in pointers]


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
