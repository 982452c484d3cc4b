# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""PortAudio: a sound card without JACK."""

from __future__ import annotations

import contextlib
from typing import Any

from descant.synth.sinks.base import Pull, Sink, SinkError


class PortaudioSink(Sink):
    """An open output stream on the default device, or the first whose name has `device` in it."""

    name = "portaudio"

    def __init__(self, device: str, sample_rate: int) -> None:
        super().__init__()
        self._library = _library()
        # The library lists the devices when it starts: restart it to find new ones.
        self._library._terminate()
        self._library._initialize()
        index = self._find(device)
        self.sample_rate = sample_rate
        self.period = 0
        self._pull: Pull | None = None
        try:
            self._stream = self._library.OutputStream(
                samplerate=sample_rate,
                channels=2,
                dtype="float32",
                latency="low",
                device=index,
                callback=self._process,
                finished_callback=self._finished,
            )
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            raise SinkError(f"PortAudio cannot open the device: {error}") from None
        self._closing = False

    def start(self, pull: Pull) -> None:
        """See `Sink.start`."""
        self._pull = pull
        try:
            self._stream.start()
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            raise SinkError(f"PortAudio cannot start the device: {error}") from None

    def close(self) -> None:
        """See `Sink.close`."""
        self._closing = True
        with contextlib.suppress(Exception):
            self._stream.close(ignore_errors=True)

    def _process(self, out: Any, frames: int, _time: Any, _status: Any) -> None:
        """In PortAudio's thread."""
        if self._pull is None or self.failure is not None:
            out.fill(0.0)
            return
        try:
            out[:, 0], out[:, 1] = self._pull(frames)
            self.pulls += 1
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            out.fill(0.0)
            self._failed(error)

    def _finished(self) -> None:
        if not self._closing:
            self._failed("the sound device has stopped")

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
