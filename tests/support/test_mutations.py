# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Readers that are at fault are found, and told with the damage; a right one passes."""

import os
import signal
import threading
from pathlib import Path

import pytest

from descant.errors import UserError
from support import mutations
from support.mutations import mutate, survives

GOOD = bytes(range(200))


def right(data: bytes, folder: Path) -> int:
    """Refuses about half, and uses its folder as it likes."""
    (folder / "input").write_bytes(data)
    if data[:1] != b"\0":
        raise UserError("input: does not begin with 0")
    return sum(data)


def loops(data: bytes, folder: Path) -> None:
    while True:
        try:
            folder.stat()
        except Exception as error:
            raise UserError("too long") from error


def waits(data: bytes, folder: Path) -> None:
    threading.Event().wait()


def eats(data: bytes, folder: Path) -> None:
    bytearray(1 << 30)


def crashes(data: bytes, folder: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def ends(data: bytes, folder: Path) -> None:
    os._exit(0)


def raises(data: bytes, folder: Path) -> None:
    raise IndexError("list index out of range")


def says_nothing(data: bytes, folder: Path) -> None:
    raise UserError("")


def test_a_right_reader_passes() -> None:
    survives(mutate(GOOD, 50), right)


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (loops, "more than 0.2 s of a processor"),
        (eats, "MemoryError"),
        (crashes, "the reader ended its process"),
        (ends, "the reader ended its process"),
        (raises, "IndexError: list index out of range"),
        (says_nothing, "a UserError without words"),
    ],
)
def test_a_fault_is_told_with_the_damage(
    reader: mutations.Reader, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "LEAST_SECONDS", 0.2)
    with pytest.raises(AssertionError, match=words) as caught:
        survives(mutate(GOOD, 1), reader)
    assert "0/0: " in str(caught.value)


def test_a_reader_that_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "WAITING_SECONDS", 1.0)
    with pytest.raises(AssertionError, match=r"0/0: (?s:.*)the reader did not end within 1 s"):
        survives(mutate(GOOD, 2), waits)


def test_a_test_without_mutations_fails() -> None:
    with pytest.raises(AssertionError, match="no mutation was tried"):
        survives([], right)


def test_the_same_seed_gives_the_same_damage() -> None:
    first, again = (list(mutate(GOOD, 20, seed=3)) for _ in range(2))
    assert first == again
    assert first != list(mutate(GOOD, 20, seed=4))
    assert sum(mutation.data != GOOD for mutation in first) > 15
    assert list(mutate(b"", 20))  # nothing is damaged, too
