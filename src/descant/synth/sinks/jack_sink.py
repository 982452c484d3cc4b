# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""JACK (or PipeWire's JACK): a client with two output ports, connected to the first two playback
ports of the sound card where there are any.

pyo's own JACK output is not used: it ends the process when there are no playback ports, and ends
its server, with all voices, when JACK ends.
"""

from __future__ import annotations

import contextlib
from typing import Any

from descant.synth.sinks.base import Pull, Sink, SinkError
from descant.synth.sinks.jack_calls import copier

CLIENT = "descant"


class JackSink(Sink):
    """An open client; JACK decides sample rate and period."""

    name = "jack"

    def __init__(self) -> None:
        super().__init__()
        self._jack = _library()
        try:
            self._client = self._jack.Client(CLIENT, no_start_server=True)
        except self._jack.JackOpenError:
            raise SinkError("no JACK server is running") from None
        self.sample_rate = int(self._client.samplerate)
        self.period = int(self._client.blocksize)
        self._ports = [self._client.outports.register(f"out_{n}") for n in (1, 2)]
        self._copy = copier(self._jack, self._ports)
        self._pull: Pull | None = None

    def start(self, pull: Pull) -> None:
        """See `Sink.start`."""
        self._pull = pull
        self._client.set_process_callback(self._process)
        self._client.set_shutdown_callback(self._shut_down)
        self._client.set_samplerate_callback(self._rate_changed)
        try:
            self._client.activate()
            self._connect()
        except self._jack.JackError as error:
            raise SinkError(f"JACK refused to play: {error}") from None

    def close(self) -> None:
        """See `Sink.close`."""
        with contextlib.suppress(Exception):
            self._client.close(ignore_errors=True)

    def _process(self, frames: int) -> None:
        """In JACK's thread, where an exception would end the client without a message."""
        if self._pull is None or self.failure is not None:
            return
        try:
            left, right = self._pull(frames)
            self._copy(left, right, frames)
            self.pulls += 1
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            self._failed(error)

    def _connect(self) -> None:
        """Connect to the card's first two inputs; without a card other clients may connect."""
        playback = self._client.get_ports(is_physical=True, is_input=True, is_audio=True)
        for ours, theirs in zip(self._ports, playback, strict=False):
            with contextlib.suppress(self._jack.JackErrorCode):
                self._client.connect(ours, theirs)

    def _shut_down(self, _status: Any, reason: str) -> None:
        self._failed("the JACK server has shut down" + (f" ({reason})" if reason else ""))

    def _rate_changed(self, rate: int) -> None:
        if int(rate) != self.sample_rate:
            self._failed(f"JACK changed its sample rate to {rate} Hz")


def _library() -> Any:
    try:
        import jack  # noqa: PLC0415 -- a device library: only where and when used
    except (ImportError, OSError) as error:
        raise SinkError(f"JACK's client library does not load: {error}") from None
    # It prints every failed attempt on standard error; LiveSynth logs them once.
    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    return jack
