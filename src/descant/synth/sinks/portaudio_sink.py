# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""PortAudio: a sound card without JACK."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import numpy as np

from descant.synth.sinks.base import Pull, Sink, SinkError
from descant.synth.sinks.scheduling import request_real_time

STOP_S = 1.0


class PortaudioSink(Sink):
    """An open output stream on the default device, or the first whose name has `device` in it.

    A thread computes `frames` at a time and writes them to PortAudio's own ring, whose callback
    needs no Python; it holds `ahead_s` and a period at least, and what the card asks for.
    """

    name = "portaudio"

    def __init__(self, device: str, sample_rate: int, frames: int, ahead_s: float) -> None:
        super().__init__()
        self._library = _library()
        # The library lists the devices when it starts: restart it to find new ones.
        self._library._terminate()
        self._library._initialize()
        index = self._find(device)
        self.sample_rate = sample_rate
        self.period = frames
        self._how = ""
        try:
            card = self._library.query_devices(index, "output")
            self._stream = self._library.OutputStream(
                samplerate=sample_rate,
                channels=2,
                dtype="float32",
                latency=max(card["default_low_output_latency"], ahead_s + frames / sample_rate),
                device=index,
            )
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            raise SinkError(f"PortAudio cannot open the device: {error}") from None
        self._stop, self._ready = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Pull) -> None:
        """See `Sink.start`."""
        try:
            self._stream.start()
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            raise SinkError(f"PortAudio cannot start the device: {error}") from None
        self._thread = threading.Thread(
            target=self._run, args=(pull,), name="sound ahead", daemon=True
        )
        self._thread.start()
        self._ready.wait()

    @property
    def details(self) -> str:
        """See `Sink.details`."""
        return f"{1000 * self._stream.latency:.1f} ms of latency, {self._how}"

    def close(self) -> None:
        """See `Sink.close`."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
        with contextlib.suppress(Exception):
            self._stream.stop(ignore_errors=True)  # plays what was written
            self._stream.close(ignore_errors=True)

    def _run(self, pull: Pull) -> None:
        self._how = request_real_time()
        self._ready.set()
        both = np.zeros((self.period, 2), np.float32)
        try:
            while not self._stop.is_set():
                both[:, 0], both[:, 1] = pull(self.period)
                self.gaps += bool(self._stream.write(both)) and self.pulls > 0
                self.pulls += 1
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            self._failed(error)

    def _find(self, wanted: str) -> int | None:
        outputs = {
            index: str(device["name"])
            for index, device in enumerate(self._library.query_devices())
            if device["max_output_channels"] >= 2
        }
        if not outputs:
            raise SinkError("PortAudio finds no output device")
        if not wanted:
            return None
        for index, name in outputs.items():
            if wanted.lower() in name.lower():
                return index
        raise SinkError(
            f"no output device has '{wanted}' in its name; there are: "
            + ", ".join(outputs.values())
        )


def _library() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 -- a device library: only where and when used
    except (ImportError, OSError) as error:
        raise SinkError(f"PortAudio does not load: {error}") from None
    return sounddevice
