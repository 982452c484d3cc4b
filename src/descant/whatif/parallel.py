# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Measure many variants in parallel: each process gets the performance once, then variants."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.synchronize import Event

from descant import interrupts
from descant.errors import UserError
from descant.whatif.grid import Variant
from descant.whatif.measures import Measures, VariantMeasurer
from descant.whatif.performance_source import PerformanceSource

CHUNKS = 16  # chunks for each worker, so that all workers end at about the same time
LONGEST_CHUNK = 32

Progress = Callable[[int], None]
"""Is called with the number of variants that were measured since the last call."""


class Stopped(Exception):  # noqa: N818 -- it is asked for, not an error
    """A worker was stopped within its chunk."""


def measure_all(
    source: PerformanceSource,
    variants: Sequence[Variant],
    *,
    jobs: int,
    rate: float,
    progress: Progress,
) -> list[Measures]:
    """The measures of all variants, in their order; the same whatever the number of `jobs`.

    With one job everything is computed in this process. An exception in this process (ctrl-c) stops
    the workers after their current variants.
    """
    if jobs == 1 or len(variants) == 1:
        return _collected(map(VariantMeasurer(source, rate).measure, variants), progress)
    context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
    stop = context.Event()
    pool = ProcessPoolExecutor(
        min(jobs, len(variants)), context, initializer=_start_worker, initargs=(source, rate, stop)
    )
    try:
        with interrupts.ignored_by_children():
            size = max(1, min(LONGEST_CHUNK, len(variants) // (jobs * CHUNKS)))
            measured = pool.map(_measure, variants, chunksize=size)
        return _collected(measured, progress)
    except BrokenProcessPool:
        raise UserError("a worker process was killed (out of memory?); try fewer --jobs") from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _collected(measured: Iterable[Measures], progress: Progress) -> list[Measures]:
    found = []
    for measures in measured:
        found.append(measures)
        progress(1)
    return found


class _Worker:
    """The state of a worker process."""

    measurer: VariantMeasurer
    stop: Event


def _start_worker(source: PerformanceSource, rate: float, stop: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Worker.measurer, _Worker.stop = VariantMeasurer(source, rate), stop


def _measure(variant: Variant) -> Measures:
    if _Worker.stop.is_set():
        raise Stopped
    return _Worker.measurer.measure(variant)
