# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""JACK (or PipeWire's JACK): a client with two output ports, connected to the first two playback
ports of a sound card, as soon as there are any.

With something computed ahead, its audio callback is C and reads from a ring, which a thread fills;
else, and where the C part is not built, it is Python and computes each period when it is due.
pyo's own JACK output is not used: it ends the process when there are no playback ports, and ends
its server, with all voices, when JACK ends.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from descant.synth.sinks.ahead import AheadThread
from descant.synth.sinks.audio_ring import CROSSFADE_S, AudioRing
from descant.synth.sinks.base import Pull, Sink, SinkError
from descant.synth.sinks.failover_memory import FailoverMemory
from descant.synth.sinks.jack_calls import addresses, copier, play_ring

CLIENT, STANDBY_CLIENT = "descant", "descant_standby"
DRAIN_S = 0.2  # for what is in the ring when the sink is closed


class JackSink(Sink):
    """An open client; JACK decides sample rate and period. `ahead_s`: seconds computed ahead.

    `memory`: the output is shared with another synth, and one of them is active.
    """

    name = "jack"

    def __init__(self, ahead_s: float, memory: FailoverMemory | None = None) -> None:
        super().__init__()
        self._memory = memory
        self.is_active = memory is None
        self._jack = _library()
        try:
            name = STANDBY_CLIENT if memory is not None and memory.is_second else CLIENT
            self._client = self._jack.Client(name, no_start_server=True)
        except self._jack.JackOpenError:
            raise SinkError("no JACK server is running") from None
        self.sample_rate = int(self._client.samplerate)
        self.period = int(self._client.blocksize)
        self._ports = [self._client.outports.register(f"out_{n}") for n in (1, 2)]
        self._ahead_s = ahead_s
        self._ring: AudioRing | None = None
        self._thread: AheadThread | None = None
        self._pull: Pull | None = None
        self._how = ""
        self._connected: tuple[str, ...] = ()
        self._playback: set[str] = set()  # the ports that there were when all was connected

    def start(self, pull: Pull) -> None:
        """See `Sink.start`."""
        self._pull = pull
        self._client.set_shutdown_callback(self._shut_down)
        self._client.set_samplerate_callback(self._rate_changed)
        self._client.set_blocksize_callback(self._period_changed)
        self._client.set_xrun_callback(self._late)
        self._how = "computed in JACK's callback"
        if self._ahead_s > 0.0 or self._memory is not None:
            try:
                self._start_ring(pull)
            except SinkError as error:
                if self._memory is not None and self._memory.is_second:
                    raise
                self._how += f": {error}"
                self.is_active = True
        if self._ring is None:
            self._copy = copier(self._jack, self._ports)
            self._client.set_process_callback(self._process)
        try:
            self._client.activate()
        except self._jack.JackError as error:
            raise SinkError(f"JACK refused to play: {error}") from None
        self.maintain()

    @property
    def details(self) -> str:
        """See `Sink.details`."""
        to = f"connected to {', '.join(self._connected)}" if self._connected else "not connected"
        role = () if self._memory is None else ("active" if self.is_active else "standby",)
        return "; ".join((*role, self._how, to))

    def maintain(self) -> None:
        """Connect to the first two inputs of a card, unless somebody has connected us.

        Again where it was refused, and when other inputs appear; not where they were disconnected.
        """
        if self._ring is not None:
            self.gaps, self.is_active = self._ring.gaps, self._ring.is_active
        try:
            self._connect()
            self._find_other()
            found = {str(port.name) for ours in self._ports for port in ours.connections}
        except self._jack.JackError:
            return  # the server ends, or a port went just now
        self._connected = tuple(sorted(found))

    def release(self) -> None:
        """See `Sink.release`."""
        if self._ring is not None and self._memory is not None and self.failure is None:
            self._ring.release()
            time.sleep(CROSSFADE_S + 2 * self.period / self.sample_rate)

    def close(self) -> None:
        """See `Sink.close`."""
        if self._thread is not None:
            self._thread.stop()
        if self._ring is not None and self.failure is None:
            end = time.monotonic() + DRAIN_S
            while self._ring.filled and time.monotonic() < end:
                time.sleep(0.002)
        with contextlib.suppress(Exception):
            self._client.close(ignore_errors=True)
            if self._ring is not None:  # else its callback may still be running
                self._ring.free()

    def _start_ring(self, pull: Pull) -> None:
        ring = AudioRing(self.sample_rate)
        thread = AheadThread(ring, pull, pulled=self._pulled, failed=self._failed)
        try:
            if self._memory is not None:
                ring.share(self._memory.address, self._memory.new_number())
            play_ring(self._jack, self._client, self._ports, ring)
        except SinkError:
            ring.free()
            raise
        self._ring, self._thread, self.is_shared = ring, thread, self._memory is not None
        self._period_changed(self.period)
        thread.start()
        ahead_ms = 1000 * thread.ahead / self.sample_rate
        self._how = f"computed {ahead_ms:.1f} ms ahead, {thread.scheduling}"

    def _pulled(self) -> None:
        self.pulls += 1

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
        playback = self._client.get_ports(is_physical=True, is_input=True, is_audio=True)
        names = {str(port.name) for port in playback}
        if names == self._playback:
            return
        refused = False
        for ours, theirs in zip(self._ports, playback, strict=False):
            if not ours.connections:
                try:
                    self._client.connect(ours, theirs)
                except self._jack.JackErrorCode:
                    refused = True
        if not refused:
            self._playback = names

    def _find_other(self) -> None:
        """Tell the ring the ports of the synth that shares the output."""
        if self._ring is None or self._memory is None:
            return
        name = CLIENT if self._memory.is_second else STANDBY_CLIENT
        ports = self._client.get_ports(rf"^{name}(-\d+)?:out_[12]$", is_output=True)
        found = addresses(self._jack, ports)
        self._ring.set_other_ports(*(found if len(found) == len(self._ports) else (0, 0)))

    def _late(self, _delay_us: float) -> None:
        self.xruns += 1

    def _period_changed(self, period: int) -> None:
        if self._thread is not None:
            self._thread.set_period(int(period), round(self._ahead_s * self.sample_rate))

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
