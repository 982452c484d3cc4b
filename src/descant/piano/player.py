"""Play timed messages in real time, on a given clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from descant.errors import UserError
from descant.piano.decoder import CONTROL_CHANGE
from descant.piano.midifile import MidiFile, TimedMessage
from descant.types import NANOSECONDS, PEDALS

FINE_NS = 2_000_000  # the last part of the time before a deadline is slept separately
SHORTEST_PASS_NS = 100_000_000  # a shorter loop would be noise, and a busy loop

Wait = Callable[[int], bool]
"""Sleeps until the clock shows so many nanoseconds; returns False once the player is stopped."""


class MidiPlayer:
    """Plays a file once, or in a loop.

    `clock` is monotonic, in nanoseconds; `send` gets each message's bytes and the time it was sent
    at; `release_all` is called with the time at the end of each pass and when the player stops.
    Deadlines are absolute, so a late message does not delay the following ones.
    """

    def __init__(
        self,
        file: MidiFile,
        *,
        clock: Callable[[], int],
        wait: Wait,
        send: Callable[[bytes, int], None],
        release_all: Callable[[int], None],
        start: float = 0.0,
        speed: float = 1.0,
        loop: bool = False,
    ) -> None:
        self.loop = loop
        self.duration_ns = file.duration_ns
        self._start_ns = round(start * NANOSECONDS)
        if self._start_ns >= max(file.duration_ns, 1):
            seconds = file.duration_ns / NANOSECONDS
            raise UserError(
                f"{file.path}: cannot start at {start:g} s: the file is {seconds:.1f} s long"
            )
        self._messages = messages_from(file.messages, self._start_ns)
        self._speed = speed
        self._clock, self._wait, self._send, self._release_all = clock, wait, send, release_all
        self._began_ns: int | None = None  # clock at the start of this pass
        self._finished = False

    @property
    def position_ns(self) -> int:
        """Position in the file, in nanoseconds of the file's time."""
        if self._finished:
            return self.duration_ns
        if self._began_ns is None:
            return self._start_ns
        played = round((self._clock() - self._began_ns) * self._speed)
        return min(self._start_ns + played, self.duration_ns)

    def run(self) -> bool:
        """Play to the end; return False if the player was stopped before."""
        began_ns = self._clock()
        while True:
            self._began_ns = began_ns
            played = self._play(began_ns)
            self._release_all(self._clock())
            if not played:
                return False
            if not self.loop:
                self._finished = True
                return True
            pass_ns = max(self._due(self.duration_ns), SHORTEST_PASS_NS)
            began_ns += pass_ns
            if not self._wait(began_ns):
                return False

    def _play(self, began_ns: int) -> bool:
        for message in self._messages:
            if not self._wait(began_ns + self._due(message.time_ns)):
                return False
            self._send(message.data, self._clock())
        return True

    def _due(self, file_ns: int) -> int:
        """Return the nanoseconds of the clock from the start of a pass to `file_ns`."""
        return round((file_ns - self._start_ns) / self._speed)


def messages_from(messages: Sequence[TimedMessage], start_ns: int) -> tuple[TimedMessage, ...]:
    """Return the messages from `start_ns` on, after the state of the pedals at that time.

    A key that went down before is not struck; its release is kept and has no effect.
    """
    before = [m for m in messages if m.time_ns < start_ns]
    pedals = {
        m.data[1]: TimedMessage(start_ns, m.data)
        for m in before
        if m.data[0] & 0xF0 == CONTROL_CHANGE and m.data[1] in PEDALS
    }
    return (*pedals.values(), *messages[len(before) :])


def make_wait(stop: threading.Event) -> Wait:
    """Return a `Wait` on `time.monotonic_ns`, exact to 0.1 ms without spinning, until `stop`."""

    def wait(until_ns: int) -> bool:
        while (left_ns := until_ns - time.monotonic_ns()) > FINE_NS:
            if stop.wait((left_ns - FINE_NS // 2) / NANOSECONDS):
                return False
        if left_ns > 0:
            time.sleep(left_ns / NANOSECONDS)
        return not stop.is_set()

    return wait
