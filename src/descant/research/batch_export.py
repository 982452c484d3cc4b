# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Export many bags, on all cores or on a Dask cluster: either all of them or none."""

from __future__ import annotations

import importlib
import multiprocessing
import shutil
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant import interrupts
from descant.bags.files import may_belong
from descant.errors import UserError, reason
from descant.research.export import ExportResult, PerformanceId, export_within, identify
from descant.whole_file import whole_folder

CONNECT_S = 10
Job = tuple[Path, Path, tuple[str, ...], str | None]
"""Arguments of `try_export`."""


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """The result of one bag: it was exported, or `error` says why not."""

    bag: Path
    exported: ExportResult | None = None
    error: str = ""


def find_bags(paths: Sequence[Path]) -> list[Path]:
    """Return the bags at `paths`, or in the folders below; sorted within each path, none twice.

    A path that is no bag and has none below it is returned as it is: reading it raises the error.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        below = [path]
        if path.is_dir() and not any(path.glob("*.mcap")):
            below = sorted({file.parent for file in path.rglob("*.mcap") if may_belong(file)})
        for bag in below or [path]:
            found.setdefault(bag.resolve(), bag)
    return list(found.values())


def try_export(
    bag: Path, folder: Path, formats: Sequence[str], namespace: str | None
) -> ExportOutcome:
    """Export one bag in a worker; return an error of the bag instead of raising it.

    A half-written folder is removed. The one around it is never made: a cancelled worker would make
    it again.
    """
    try:
        return ExportOutcome(bag, export_within(bag, folder, formats, namespace))
    except UserError as error:
        text = str(error)
    except OSError as error:
        text = f"cannot export {bag}: {reason(error)}"
    shutil.rmtree(folder, ignore_errors=True)
    return ExportOutcome(bag, error=text)


def export_many(
    bags: Sequence[Path],
    target: Path,
    formats: Sequence[str],
    *,
    workers: int = 1,
    scheduler: str = "",
    keep_going: bool = False,
    replace: bool = False,
    namespace: str | None = None,
    done: Callable[[ExportOutcome], None] = lambda outcome: None,
) -> list[ExportOutcome]:
    """Export every bag into a folder of its own in `target`, named for its performance.

    The work is distributed over `workers` processes, or over the Dask cluster at `scheduler`, whose
    workers must see the same files. Of several performances in a bag that in `namespace` is read.
    `done` is called with each outcome when it and those before it
    are finished; the outcomes are in the order of `bags`. All folders are moved into `target` at
    the end: on an error none is. `UserError` names the first bad bag; with `keep_going` bad bags
    are left out instead.
    """
    identities, outcomes = _identified(bags, namespace, keep_going=keep_going, done=done)
    _check_free(identities, target, replace=replace)
    with whole_folder(target, replace=replace) as unfinished:
        jobs = [(i.bag, unfinished / i.key, tuple(formats), namespace) for i in identities]
        with closing(_run(jobs, workers, scheduler)) as running:
            for outcome in running:
                if outcome.error and not keep_going:
                    raise UserError(outcome.error)
                done(outcome)
                outcomes.append(outcome)
    places = {bag: number for number, bag in enumerate(bags)}
    return sorted(outcomes, key=lambda outcome: places[outcome.bag])


def _identified(
    bags: Sequence[Path],
    namespace: str | None,
    *,
    keep_going: bool,
    done: Callable[[ExportOutcome], None],
) -> tuple[list[PerformanceId], list[ExportOutcome]]:
    """Identify the performances; the same one twice is an error, as both would have one name."""
    known: dict[str, PerformanceId] = {}
    bad = []
    for bag in bags:
        try:
            identity = identify(bag, namespace=namespace)
            before = known.setdefault(identity.key, identity)
            if before is not identity:
                raise UserError(f"{bag} and {before.bag} are the same performance")
        except (UserError, OSError) as error:
            if not keep_going:
                raise UserError(str(error)) from None
            bad.append(ExportOutcome(bag, error=str(error)))
            done(bad[-1])
    return list(known.values()), bad


def _check_free(identities: Sequence[PerformanceId], target: Path, *, replace: bool) -> None:
    inputs = {i.bag.resolve(): i.bag for i in identities}
    inside = {folder: bag for path, bag in inputs.items() for folder in (path, *path.parents)}
    for identity in identities:
        folder = target / identity.key
        if folder.resolve() in inside:
            raise UserError(
                f"cannot write {folder}: {inside[folder.resolve()]}, an input, is there"
            )
    existing = [i.key for i in identities if (target / i.key).exists()]
    if existing and not replace:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        raise UserError(f"{target / existing[0]}{more} exists already; replace it with --replace")


def _run(jobs: Sequence[Job], workers: int, scheduler: str) -> Generator[ExportOutcome, None, None]:
    """Yield the outcomes of all jobs in their order, so that the first bad bag is the same for any
    number of workers. When closed early, jobs that have not begun are cancelled.
    """
    if scheduler:
        return _cluster(jobs, scheduler)
    if min(workers, len(jobs)) > 1:
        return _processes(jobs, min(workers, len(jobs)))
    return (try_export(*job) for job in jobs)


def _processes(jobs: Sequence[Job], workers: int) -> Generator[ExportOutcome, None, None]:
    # 'spawn': the thread of a progress bar would not survive a fork.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        with interrupts.ignored_by_children():
            futures = [pool.submit(try_export, *job) for job in jobs]
        for future in futures:
            yield future.result()
    except BrokenExecutor:
        raise UserError("a worker process died (out of memory?): try fewer --workers") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _cluster(jobs: Sequence[Job], address: str) -> Generator[ExportOutcome, None, None]:
    try:
        distributed: Any = importlib.import_module("distributed")  # optional, and slow to import
    except ImportError:
        raise UserError("--scheduler needs Dask: pip install distributed") from None
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise UserError(f"no Dask scheduler at {address}: {error}") from None
    with client:
        # Not pure: a bag of the same name may have changed since.
        futures = [client.submit(try_export, *job, pure=False) for job in jobs]
        try:
            for future in futures:
                yield future.result()
        finally:
            client.cancel(futures)
