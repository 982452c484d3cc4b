# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""End a command by SIGINT, SIGTERM or SIGHUP in order: one line and status 128 + number."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

# Only these actions are replaced: a signal that was ignored when the process began stays ignored.
_BEFORE = (signal.SIG_DFL, signal.default_int_handler)
_handled: set[int] = set()


class Interrupted(KeyboardInterrupt):
    """The signal `number` told this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def stopped_by(number: int) -> str:
    """Return the line about a command that a signal ended."""
    return f"stopped by {signal.Signals(number).name}"


def end_at_once() -> None:
    """From now on a signal ends the process at once: nothing is under way."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one is missing on Windows
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    _handled.update(number for number in numbers if signal.getsignal(number) in _BEFORE)
    _handle(_exit)


def end_in_order() -> None:
    """From now on a signal raises `Interrupted`, so that whatever is under way is ended in order.

    Does nothing where `end_at_once` was not called before: in the process of somebody else.
    """
    _handle(_raise)


@contextlib.contextmanager
def ignored_by_children() -> Iterator[None]:
    """Let the processes that are started in the block ignore ctrl-c: their parent ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can set signal handlers, and gets the signals
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _handle(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in _handled:
        signal.signal(number, handler)


def _exit(number: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"descant: {stopped_by(number)}\n".encode("ascii"))
    os._exit(128 + number)


def _raise(number: int, _frame: FrameType | None) -> None:
    raise Interrupted(number)
