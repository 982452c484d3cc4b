"""Many bags: found in folders, spread over the cores or over a Dask cluster, all or nothing."""

from __future__ import annotations

import importlib
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.errors import UserError
from descant.research.export import Exported, Identity, export, identify

CONNECT_S = 10
LAST_WORDS_S = 5.0  # of a worker that is in the midst of a bag nobody wants any more
Job = tuple[Path, Path, tuple[str, ...]]
"""Arguments of `attempt`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one bag: it was exported, or `error` says why it was left out."""

    bag: Path
    exported: Exported | None = None
    error: str = ""


def find_bags(paths: Sequence[Path]) -> list[Path]:
    """The bags at `paths`, or in the folders below; sorted within each path, none twice.

    `UserError` where a path is no bag and has none below it.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        below = [path]
        if path.is_dir() and not any(path.glob("*.mcap")):
            below = sorted({file.parent for file in path.rglob("*.mcap")})
        for bag in below or [path]:
            found.setdefault(bag.resolve(), bag)
    return list(found.values())


def attempt(bag: Path, folder: Path, formats: Sequence[str]) -> Outcome:
    """`export`, with what is wrong with the bag as a value: what a worker runs, wherever it is.

    A folder half-written is removed.
    """
    try:
        return Outcome(bag, export(bag, folder, formats))
    except (UserError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        return Outcome(bag, error=str(error))


def export_many(
    bags: Sequence[Path],
    target: Path,
    formats: Sequence[str],
    *,
    workers: int = 1,
    scheduler: str = "",
    keep_going: bool = False,
    replace: bool = False,
    done: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Export every bag into a folder of its own in `target`, named for its performance.

    Spread over `workers` processes, or over the Dask cluster at `scheduler`, whose workers must
    see the same files. `done` is told of each bag when it and those before it are finished; the
    outcomes are in the order of `bags`. All folders appear in `target` at the end, whole, by
    renaming: on an error none does. `UserError` names the first bad bag; with `keep_going` bad
    bags are left out instead.
    """
    identities, outcomes = _identified(bags, keep_going=keep_going, done=done)
    _check_free(identities, target, replace=replace)
    with _unfinished(target) as unfinished:
        jobs = [(i.bag, unfinished / i.key, tuple(formats)) for i in identities]
        with closing(_run(jobs, workers, scheduler)) as running:
            for outcome in running:
                if outcome.error and not keep_going:
                    raise UserError(outcome.error)
                done(outcome)
                outcomes.append(outcome)
        for outcome in outcomes:
            if outcome.exported is not None:
                _move(unfinished / outcome.exported.key, target / outcome.exported.key)
    places = {bag: number for number, bag in enumerate(bags)}
    return sorted(outcomes, key=lambda outcome: places[outcome.bag])


def _identified(
    bags: Sequence[Path], *, keep_going: bool, done: Callable[[Outcome], None]
) -> tuple[list[Identity], list[Outcome]]:
    """Which performances they are; twice the same is an error, for both would have one name."""
    known: dict[str, Identity] = {}
    bad = []
    for bag in bags:
        try:
            identity = identify(bag)
            before = known.setdefault(identity.key, identity)
            if before is not identity:
                raise UserError(f"{bag} and {before.bag} are the same performance")
        except (UserError, OSError) as error:
            if not keep_going:
                raise UserError(str(error)) from None
            bad.append(Outcome(bag, error=str(error)))
            done(bad[-1])
    return list(known.values()), bad


def _check_free(identities: Sequence[Identity], target: Path, *, replace: bool) -> None:
    there = [i.key for i in identities if (target / i.key).exists()]
    if there and not replace:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise UserError(f"{target / there[0]}{more} exists already; write over it with --replace")


def _move(made: Path, place: Path) -> None:
    if place.exists():
        old = made.with_name(f"{made.name}.old")
        place.rename(old)
    made.rename(place)


@contextmanager
def _unfinished(target: Path) -> Generator[Path, None, None]:
    """A hidden folder in `target` that is gone afterwards, whatever happens; `target` is made."""
    made = [p for p in (target, *target.parents) if not p.exists()]
    target.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=target)).resolve()
    try:
        yield folder
    except BaseException:
        _remove(folder)
        with suppress(OSError):  # what went wrong is to be told, not this
            for path in made:
                path.rmdir()
        raise
    shutil.rmtree(folder)


def _remove(folder: Path) -> None:
    """Remove it, though a worker of a cluster that cannot be stopped may still write there."""
    end = time.monotonic() + LAST_WORDS_S
    while folder.exists() and time.monotonic() < end:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.01)


def _run(jobs: Sequence[Job], workers: int, scheduler: str) -> Generator[Outcome, None, None]:
    """The outcomes of all jobs in their order, so that the first bad bag is the same however many
    workers there are. Closed early, what has not begun never does."""
    if scheduler:
        return _cluster(jobs, scheduler)
    if min(workers, len(jobs)) > 1:
        return _processes(jobs, min(workers, len(jobs)))
    return (attempt(*job) for job in jobs)


def _processes(jobs: Sequence[Job], workers: int) -> Generator[Outcome, None, None]:
    # 'spawn': the thread of a progress bar would not survive a fork.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        for future in [pool.submit(attempt, *job) for job in jobs]:
            yield future.result()
    except BrokenExecutor:
        raise UserError("a worker process died (out of memory?): try fewer --workers") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _cluster(jobs: Sequence[Job], address: str) -> Generator[Outcome, None, None]:
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
        futures = [client.submit(attempt, *job, pure=False) for job in jobs]
        try:
            for future in futures:
                yield future.result()
        finally:
            client.cancel(futures)
