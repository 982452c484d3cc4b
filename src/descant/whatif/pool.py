"""Many variants in parallel: processes that each get the performance once, and then variants."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from descant.errors import UserError
from descant.whatif.grid import Variant
from descant.whatif.measures import Measures
from descant.whatif.measuring import Measuring
from descant.whatif.source import Source

CHUNKS = 16  # a worker's share is sent in so many pieces, so that all end at about the same time
LONGEST_CHUNK = 32

Done = Callable[[int], None]
"""Told how many more variants are done."""


class Stopped(Exception):  # noqa: N818 -- it is asked for, not an error
    """A worker was told to stop in the middle of its chunk."""


def measure_all(
    source: Source, variants: Sequence[Variant], *, jobs: int, rate: float, done: Done
) -> list[Measures]:
    """The measures of all variants, in their order; the same whatever the number of `jobs`.

    With one job everything happens in this process. An exception in here (ctrl-c) ends the workers
    after the variants they are at.
    """
    if jobs == 1 or len(variants) == 1:
        return _one_by_one(Measuring(source, rate), variants, done)
    context = multiprocessing.get_context("spawn")  # a fork would take this process's threads along
    stop = context.Event()
    pool = ProcessPoolExecutor(
        min(jobs, len(variants)), context, initializer=_begin, initargs=(source, rate, stop)
    )
    try:
        with _deaf_to_interrupts():  # the workers inherit it: ctrl-c is this process's to act on
            tasks = {pool.submit(_work, chunk): start for start, chunk in _chunks(variants, jobs)}
        return _gathered(tasks, len(variants), done)
    except BrokenProcessPool:
        raise UserError(
            "a process that computed variants was ended from outside (out of memory?); "
            "try fewer with --jobs"
        ) from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _one_by_one(measuring: Measuring, variants: Sequence[Variant], done: Done) -> list[Measures]:
    found = []
    for variant in variants:
        found.append(measuring.of(variant))
        done(1)
    return found


def _gathered(tasks: dict[Future[list[Measures]], int], count: int, done: Done) -> list[Measures]:
    found: dict[int, Measures] = {}
    for task in as_completed(tasks):
        measured = task.result()
        found.update(enumerate(measured, start=tasks[task]))
        done(len(measured))
    return [found[number] for number in range(count)]


def _chunks(variants: Sequence[Variant], jobs: int) -> Iterator[tuple[int, Sequence[Variant]]]:
    size = max(1, min(LONGEST_CHUNK, len(variants) // (jobs * CHUNKS)))
    for start in range(0, len(variants), size):
        yield start, variants[start : start + size]


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread has a say in signals, and hears them
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Worker:
    """What a worker process keeps."""

    measuring: Measuring
    stop: Event


def _begin(source: Source, rate: float, stop: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Worker.measuring, _Worker.stop = Measuring(source, rate), stop


def _work(variants: Sequence[Variant]) -> list[Measures]:
    found = []
    for variant in variants:
        if _Worker.stop.is_set():
            raise Stopped
        found.append(_Worker.measuring.of(variant))
    return found
