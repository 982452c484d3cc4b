# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The ring of audio_ring.c: the audio callback reads from it without Python."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import descant
from descant.arrays import Samples
from descant.synth.sinks.base import SinkError

LIBRARY = "audio_ring.so"
SIZE = 1 << 16  # frames
FADE_S = 0.005  # of the fades where the ring runs empty
TIMEOUT_S = 0.05  # without a heartbeat of the active ring, then the other takes over
CROSSFADE_S = 0.01  # of the fade from one to the other

_FLOATS = ctypes.POINTER(ctypes.c_float)
_FUNCTIONS = {
    "ring_new": (ctypes.c_void_p, [ctypes.c_uint32, ctypes.c_uint32]),
    "ring_free": (None, [ctypes.c_void_p]),
    "ring_filled": (ctypes.c_uint32, [ctypes.c_void_p]),
    "ring_periods": (ctypes.c_uint64, [ctypes.c_void_p]),
    "ring_gaps": (ctypes.c_uint64, [ctypes.c_void_p]),
    "ring_missing": (ctypes.c_uint64, [ctypes.c_void_p]),
    "ring_wait": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_double]),
    "ring_write": (
        ctypes.c_uint32,
        [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32],
    ),
    "ring_play": (None, [ctypes.c_void_p, ctypes.POINTER(_FLOATS), ctypes.c_uint32]),
    "ring_connect": (None, [ctypes.c_void_p] * 4),
    "ring_share": (
        ctypes.c_int,
        [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_uint32],
    ),
    "ring_set_other_ports": (None, [ctypes.c_void_p] * 3),
    "ring_is_active": (ctypes.c_int, [ctypes.c_void_p]),
    "ring_release": (None, [ctypes.c_void_p]),
    "failover_active": (ctypes.c_uint64, [ctypes.c_void_p]),
    "failover_heartbeat": (ctypes.c_uint64, [ctypes.c_void_p]),
    "failover_panics": (ctypes.c_uint64, [ctypes.c_void_p]),
    "failover_unshared": (ctypes.c_uint64, [ctypes.c_void_p]),
    "failover_send_panic": (ctypes.c_uint64, [ctypes.c_void_p]),
    "failover_report_unshared": (None, [ctypes.c_void_p]),
}


class AudioRing:
    """Stereo samples from one thread to one audio callback; `SinkError` where it is not built."""

    def __init__(self, sample_rate: int) -> None:
        self._library = library()
        self._sample_rate = sample_rate
        self.address: int = self._library.ring_new(SIZE, int(FADE_S * sample_rate))
        if not self.address:
            raise SinkError("no memory for a ring of samples")

    @property
    def callback(self) -> int:
        """Address of JACK's process callback, whose argument is `address`."""
        return ctypes.cast(self._library.ring_process, ctypes.c_void_p).value or 0

    @property
    def filled(self) -> int:
        """Frames that are written and not played."""
        return int(self._library.ring_filled(self.address))

    @property
    def periods(self) -> int:
        """Number of periods that were played."""
        return int(self._library.ring_periods(self.address))

    @property
    def gaps(self) -> int:
        """How often nothing was ready for the callback."""
        return int(self._library.ring_gaps(self.address))

    @property
    def missing(self) -> int:
        """Frames of silence and of fades in the gaps."""
        return int(self._library.ring_missing(self.address))

    def wait(self, ahead: int, seconds: float) -> bool:
        """Wait until fewer than `ahead` frames are filled; False after so many seconds."""
        return bool(self._library.ring_wait(self.address, ahead, seconds))

    def write(self, left: Samples, right: Samples) -> int:
        """Append samples as far as there is room; return how many frames."""
        frames = len(left)
        pointers = [ctypes.c_void_p(channel.ctypes.data) for channel in (left, right)]
        return int(self._library.ring_write(self.address, *pointers, frames))

    def play(self, left: Samples, right: Samples) -> None:
        """What the callback does: fill a period of each channel."""
        pointers = (_FLOATS * 2)(*(channel.ctypes.data_as(_FLOATS) for channel in (left, right)))
        self._library.ring_play(self.address, pointers, len(left))

    def connect(self, get_buffer: int, left: int, right: int) -> None:
        """Let the callback fill two ports of JACK; all three are addresses in memory."""
        self._library.ring_connect(self.address, get_buffer, left, right)

    def share(self, memory: int, number: int) -> None:
        """Share an output with another ring; `memory` is the address of their shared memory.

        `number` tells the rings apart and is not 0. Before the callback runs; `SinkError` where
        memory is lacking.
        """
        timeout, crossfade = (round(s * self._sample_rate) for s in (TIMEOUT_S, CROSSFADE_S))
        if not self._library.ring_share(self.address, memory, number, timeout, crossfade):
            raise SinkError("no memory for a ring of samples")

    def set_other_ports(self, left: int, right: int) -> None:
        """Silence these ports of JACK while their ring is stopped; 0: none."""
        self._library.ring_set_other_ports(self.address, left, right)

    @property
    def is_active(self) -> bool:
        """Whether this ring is active; always where it shares its output with no other."""
        return bool(self._library.ring_is_active(self.address))

    def release(self) -> None:
        """Fade out, and let the other ring become active."""
        self._library.ring_release(self.address)

    def free(self) -> None:
        """Free the memory; no callback may use it any more."""
        address, self.address = self.address, 0
        if address:
            self._library.ring_free(address)


@cache
def library() -> ctypes.CDLL:
    """The compiled audio_ring.c; `SinkError` where it is missing or does not load."""
    for folder in descant.__path__:
        path = Path(folder) / LIBRARY
        if path.is_file():
            break
    else:
        raise SinkError(f"{LIBRARY} is not built")
    try:
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
        loaded.ring_process  # noqa: B018 -- looks it up
    except (OSError, AttributeError) as error:
        raise SinkError(f"{path} does not load: {error}") from None
    return loaded
