# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Damage good inputs in many ways, and check that a reader withstands them all.

    survives(mutate(good, 2_000), lambda data, folder: load(write(folder, data)))

A reader may return, or raise `UserError`; anything else is a fault, as is more time or memory than
allowed. The readers run in a child process, so that a crash or endless loop there fails the test.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import NoReturn

from descant.errors import UserError

MEMORY_BYTES = 512 << 20
"""What a reader may allocate above what the child process has at its start."""
SECONDS_A_MEGABYTE = 1.0
LEAST_SECONDS = 5.0  # of processor time for any input: modules may be imported by the first
WAITING_SECONDS = 60.0  # in which a reader ends on the busiest machine, if it ends at all
TELLING_BYTES = (0x00, 0x01, 0x7F, 0x80, 0xF0, 0xF7, 0xFE, 0xFF)

Reader = Callable[[bytes, Path], object]


@dataclass(frozen=True)
class Mutation:
    """A damaged input: what was done to the good one, and the result."""

    what: str
    data: bytes


def mutate(good: bytes, count: int, *, seed: int = 0, most: int = 4) -> Iterator[Mutation]:
    """Damage `good` `count` times, by one to `most` changes each; the same for the same seed."""
    for number in range(count):
        source = random.Random(f"{seed}/{number}")
        data, done = bytearray(good), []
        for _ in range(source.randint(1, most)):
            done.append(source.choice(CHANGES)(data, source))
        yield Mutation(f"{seed}/{number}: {', '.join(done)}", bytes(data))


def _flip(data: bytearray, source: random.Random) -> str:
    place = _place(data, source)
    data[place : place + 1] = bytes([source.randrange(256)])
    return f"byte {place} replaced"


def _telling(data: bytearray, source: random.Random) -> str:
    place = _place(data, source)
    data[place : place + 1] = bytes([source.choice(TELLING_BYTES)])
    return f"byte {place} replaced by a telling one"


def _number(data: bytearray, source: random.Random) -> str:
    place, size = _place(data, source), source.choice((2, 4, 8))
    value = source.choice((0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1), len(data))) % (
        1 << 8 * size
    )
    data[place : place + size] = value.to_bytes(size, source.choice(("big", "little")))
    return f"number {value} at {place}"


def _delete(data: bytearray, source: random.Random) -> str:
    place, size = _place(data, source), source.choice((1, 2, 8, 100))
    del data[place : place + size]
    return f"{size} bytes deleted at {place}"


def _insert(data: bytearray, source: random.Random) -> str:
    place, size = _place(data, source), source.choice((1, 2, 8, 100))
    data[place:place] = source.randbytes(size)
    return f"{size} bytes inserted at {place}"


def _repeat(data: bytearray, source: random.Random) -> str:
    place, size = _place(data, source), source.choice((8, 100, 1000))
    data[place:place] = data[place : place + size]
    return f"{size} bytes repeated at {place}"


def _cut(data: bytearray, source: random.Random) -> str:
    place = _place(data, source)
    del data[place:]
    return f"cut off at {place}"


CHANGES = (_flip, _flip, _telling, _telling, _number, _delete, _insert, _repeat, _cut)


def _place(data: bytearray, source: random.Random) -> int:
    """A place in the data; every second one in the first 64 bytes, where headers are."""
    bound = max(1, len(data))
    return source.randrange(min(bound, 64) if source.random() < 0.5 else bound)


def survives(mutations: Iterable[Mutation], read: Reader) -> None:
    """Fail where `read(data, empty folder)` raises anything but `UserError`, hangs, or takes
    more than MEMORY_BYTES.
    """
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="descant-mutations-") as folder:
        child = context.Process(target=_read_all, args=(mutations, read, Path(folder), sending))
        child.start()
        sending.close()
        try:
            faults = list(_faults(receiving))
        finally:
            child.kill()
            child.join()
    assert not faults, f"{len(faults)} faults, first of them:\n" + "\n".join(faults[:5])


def _faults(receiving: Connection) -> Iterator[str]:
    """The faults that the child found, and that of the child itself: it crashed or hangs."""
    last = "no mutation was tried"
    while receiving.poll(WAITING_SECONDS):
        try:
            last, fault = receiving.recv()
        except EOFError:
            if last:
                yield f"{last}\nthe reader ended its process"
            return
        if fault:
            yield f"{last}\n{fault}"
    yield f"{last}\nthe reader did not end within {WAITING_SECONDS:g} s"


def _read_all(
    mutations: Iterable[Mutation], read: Reader, folder: Path, sending: Connection
) -> None:
    """Send each mutation when its turn comes, with what was wrong afterwards; "" at the end."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    last = ""
    for mutation in mutations:
        last = mutation.what
        sending.send((last, ""))
        if fault := _fault(mutation, read, folder / "input"):
            sending.send((last, fault))
    if last:
        sending.send(("", ""))


class _TooLongError(BaseException):
    """No `except OSError` or `except Exception` of a reader catches it."""


def _fault(mutation: Mutation, read: Reader, folder: Path) -> str:
    """What was wrong, or ""."""
    seconds = LEAST_SECONDS + SECONDS_A_MEGABYTE * len(mutation.data) / 1e6

    def too_long(_number: int, _frame: FrameType | None) -> NoReturn:
        raise _TooLongError(f"more than {seconds:.1f} s of a processor")

    signal.signal(signal.SIGPROF, too_long)
    folder.mkdir()
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        read(mutation.data, folder)
    except UserError as error:
        return "" if str(error) else "a UserError without words"
    except BaseException:  # whatever it is, it is the fault to report
        return traceback.format_exc(limit=-6)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shutil.rmtree(folder, ignore_errors=True)
    return ""
