# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What went on while something in a running performance did not.

with ordeal(show) as under:
    show.concert.kill("camera")
    show.wait(lambda: show.watch.said("/camera_state", ...), "its return")
assert under.silence_s() < 1.5
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator

import numpy as np

from support.show import Show, longest_silence

# A fault that held the others up would do so until it is over: two seconds and more, and on a busy
# machine ten, where they are late by themselves.
SOUND_GOES_ON_S = 1.5
LEARNING_GOES_ON_S = 2.0
PART_OF_FAULT = 0.4
DEAD_CLIENT_S = 1.0  # JACK waits longer for one
PICTURE_GOES_ON = 2.0  # frames a second, at least

Row = Callable[[str, object], None]


class Ordeal:
    """What went on from a fault until a bar after everything was well again."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.mark, self.since = show.mark(), time.monotonic()
        self.until = self.since
        self.sound, self._late = np.zeros(0), np.zeros(0)

    def end(self) -> None:
        """Everything is well: from here on nothing counts."""
        self.until = time.monotonic()
        self.sound = self.show.heard(self.mark)
        self._late = self.show.late_s(self.mark)

    def silence_s(self) -> float:
        """The longest silence."""
        return longest_silence(self.sound)

    def held_up_s(self) -> float:
        """The longest time that JACK waited for one of its clients: nobody hears anything then."""
        return float(self._late.max(initial=0.0))

    def pause_s(self) -> float:
        """The longest time without a state of the learner.

        Without the time that JACK waited for a dead client, which it does once or twice: no key is
        heard meanwhile.
        """
        states = self.show.watch.said("/learner_state", self.since)
        times = [self.since, *(t for t, _ in states if t < self.until), self.until]
        waited = float(self._late[self._late > DEAD_CLIENT_S].sum())
        return max(float(np.diff(times).max()) - waited, 0.0)

    def lasted_s(self) -> float:
        """From the fault until everything was well again."""
        return self.until - self.since

    def frame_rate(self) -> float:
        """The fewest frames a second that the stage has told."""
        said = self.show.watch.said("/stage_state", self.since)
        return min((s.frame_rate for t, s in said if t < self.until), default=0.0)


@contextlib.contextmanager
def ordeal(show: Show) -> Iterator[Ordeal]:
    """A fault while the pianist plays; at the end a bar more, then silence, if no note is stuck."""
    with show.playing():
        mark = show.mark()
        show.wait(lambda: show.sounds(mark), "sound")
        began = Ordeal(show)
        yield began
        well = time.monotonic()
        show.wait(lambda: show.watch.said("/learner_state", well), "learning, at the end")
        show.wait(lambda: show.watch.said("/stage_state", well), "a picture, at the end")
        mark = show.mark()
        show.wait(lambda: show.sounds(mark), "sound, at the end")
        began.end()
    show.falls_silent()
    show.wait(lambda: show.watch.newest("/synth_state").held == 0, "no key held, at the synth")


def sound_goes_on(under: Ordeal) -> None:
    """The fault did not hold the sound up."""
    assert under.silence_s() < max(SOUND_GOES_ON_S, PART_OF_FAULT * under.lasted_s())


def learning_goes_on(under: Ordeal) -> None:
    """The fault did not hold the learner up."""
    assert under.pause_s() < max(LEARNING_GOES_ON_S, PART_OF_FAULT * under.lasted_s())


def tell(row: Row, what: str, back_s: float, under: Ordeal) -> None:
    """A row of the table at the end."""
    silence = max(under.silence_s(), under.held_up_s())
    row("fault", [what, back_s, silence, under.pause_s(), under.frame_rate()])


@contextlib.contextmanager
def frozen(show: Show, *nodes: str) -> Iterator[None]:
    """These nodes stand still (SIGSTOP) for the length of a block."""
    pids = [show.concert.pid(node) for node in nodes]
    assert None not in pids, f"not all of {nodes} run"
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
