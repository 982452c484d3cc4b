# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A fake piano: a process of its own with a real virtual MIDI port over JACK.

with jack_server() as jack, fake_piano(jack.environment) as piano:
    piano.note_on(60, 100)
    piano.play([(0.0, (0x90, 60, 100)), (0.5, (0x80, 60, 64))])
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ANSWER_TIMEOUT_S = 20.0
PORT_NAME = "Disklavier"
SENSING_PERIOD_S = 0.25  # a Disklavier sends active sensing every 0.3 s or less
_count = itertools.count()


class FakePiano:
    """Sends from a port named `port`; every method returns when all is handed to JACK."""

    def __init__(
        self, environment: Mapping[str, str], *, port: str = PORT_NAME, sensing: bool = False
    ) -> None:
        self.port = port
        # Clients of one name that connect at once fail even on two servers: see support.jack.
        client = f"fake-{os.getpid()}-{next(_count)}"
        command = [sys.executable, __file__, client, port, str(SENSING_PERIOD_S if sensing else 0)]
        self.process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answer()

    def note_on(self, key: int, velocity: int = 64) -> int:
        """A key goes down; returns the `time.monotonic_ns()` at which it was sent."""
        return self.send((0x90, key, velocity))

    def note_off(self, key: int, velocity: int = 64) -> int:
        """A key goes up."""
        return self.send((0x80, key, velocity))

    def control(self, controller: int, value: int) -> int:
        """A controller, e.g. a pedal, moves."""
        return self.send((0xB0, controller, value))

    def active_sensing(self) -> int:
        """One sign of life."""
        return self.send((0xFE,))

    def send(self, data: Sequence[int]) -> int:
        """Any one message; returns the `time.monotonic_ns()` at which it was sent."""
        return self.play([(0.0, data)])[0]

    def play(self, messages: Iterable[tuple[float, Sequence[int]]]) -> list[int]:
        """Send each (seconds from now, bytes) at its time; returns when each was sent."""
        timed = [(seconds, list(data)) for seconds, data in messages]
        return self._ask({"play": timed})

    def play_file(self, path: Path, *, until: float = float("inf"), speed: float = 1.0) -> int:
        """Play a MIDI file in real time as far as `until` seconds into it; number of messages."""
        from descant.piano.midifile import load

        messages = [(m.time_ns / 1e9, m.data) for m in load(path).messages]
        return len(self.play((s / speed, data) for s, data in messages if s <= until))

    def keep_sensing(self, *, on: bool) -> None:
        """Begin or cease to send active sensing."""
        self._ask({"sensing": SENSING_PERIOD_S if on else 0})

    def unplug(self) -> None:
        """The port is gone all of a sudden, with keys still down."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Leave in order."""
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(ANSWER_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.unplug()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _ask(self, request: dict[str, object]) -> list[int]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> list[int]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the fake piano has ended; does its JACK server run?")
        return list(json.loads(line))


@contextlib.contextmanager
def fake_piano(
    environment: Mapping[str, str], *, port: str = PORT_NAME, sensing: bool = False
) -> Iterator[FakePiano]:
    """A fake piano for the length of a block; `sensing`: it sends active sensing from the start."""
    piano = FakePiano(environment, port=port, sensing=sensing)
    try:
        yield piano
    finally:
        piano.close()


def _main(client: str, port: str, sensing_period: float) -> None:
    """The process itself: requests as lines of JSON on standard input, one answer each."""
    import threading

    import rtmidi

    output = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=client)
    output.open_virtual_port(port)
    state = {"sensing": sensing_period}
    lock = threading.Lock()

    def send(data: Sequence[int]) -> int:
        with lock:
            output.send_message(data)
            return time.monotonic_ns()

    def sense() -> None:
        while True:
            time.sleep(state["sensing"] or 0.05)
            if state["sensing"]:
                send([0xFE])

    def play(messages: Iterable[tuple[float, Sequence[int]]]) -> list[int]:
        began, sent = time.monotonic(), []
        for seconds, data in messages:
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            sent.append(send(data))
        return sent

    threading.Thread(target=sense, daemon=True).start()
    print("[]", flush=True)  # noqa: T201 -- the answers of this process
    for line in sys.stdin:
        request = json.loads(line)
        state["sensing"] = request.get("sensing", state["sensing"])
        print(json.dumps(play(request.get("play", []))), flush=True)  # noqa: T201 -- an answer


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
