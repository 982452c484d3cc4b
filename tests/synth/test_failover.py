# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What two synths that share an output tell each other, without a sound server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.synth import failover
from descant.synth.failover import Failover
from descant.synth.sinks import failover_memory
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.failover_memory import FailoverGroup, FailoverMemory

GRAPH = "0 /"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Failover, Failover]]:
    monkeypatch.setattr(
        failover, "FailoverMemory", lambda group: FailoverMemory(group, folder=tmp_path)
    )
    both = (
        Failover(FailoverGroup(GRAPH, is_second=False)),
        Failover(FailoverGroup(GRAPH, is_second=True)),
    )
    for one in both:
        one.connect()
    return both


def test_one_alone_speaks_and_has_nothing_to_say() -> None:
    alone = Failover(None)
    alone.connect()
    alone.send_panic()
    assert not alone.update(1.0, is_unshared=True)
    assert (alone.memory, alone.publishes_state, alone.obstacle()) == (None, True, "")


def test_a_panic_reaches_the_other(pair: tuple[Failover, Failover]) -> None:
    first, second = pair
    first.send_panic()
    assert not first.update(1.0, is_unshared=False)
    assert second.update(1.0, is_unshared=False)
    assert not second.update(1.1, is_unshared=False)


def test_the_second_plays_nothing_while_the_first_plays_elsewhere(
    pair: tuple[Failover, Failover],
) -> None:
    first, second = pair
    second.update(1.0, is_unshared=False)
    assert second.obstacle() == ""
    first.update(1.0, is_unshared=True)
    second.update(1.1, is_unshared=False)
    assert second.obstacle() == "the first synth plays through another output"
    assert first.obstacle() == ""
    with pytest.raises(SinkError, match="the first synth plays through another output"):
        second.connect()
    second.update(2.2, is_unshared=False)  # it has not said so for a second
    assert second.obstacle() == ""
    second.connect()


def test_the_first_speaks_for_both_where_none_plays(pair: tuple[Failover, Failover]) -> None:
    first, second = pair
    assert first.memory is not None
    for one in pair:
        one.update(1.0, is_unshared=False)
    assert (first.publishes_state, second.publishes_state) == (True, False)
    address = first.memory.address + 8  # the count of periods
    failover_memory.ctypes.c_uint64.from_address(address).value += 1
    first.update(1.1, is_unshared=False)
    assert not first.publishes_state
    first.update(1.5, is_unshared=False)
    assert first.publishes_state


def test_memory_that_was_removed_is_made_anew(
    pair: tuple[Failover, Failover], tmp_path: Path
) -> None:
    first, _ = pair
    (path,) = tmp_path.iterdir()
    path.unlink()
    assert first.obstacle() == "the memory that both synths share was removed"
    first.connect()
    assert path.exists()
    assert first.obstacle() == ""


def test_without_memory_the_first_plays_and_the_second_does_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: FailoverGroup) -> FailoverMemory:
        raise SinkError("audio_ring.so is not built")

    monkeypatch.setattr(failover, "FailoverMemory", fails)
    with caplog.at_level(logging.WARNING):
        Failover(FailoverGroup(GRAPH, is_second=False)).connect()
    assert caplog.messages == ["no other synth can take over: audio_ring.so is not built"]
    with pytest.raises(SinkError, match=r"audio_ring\.so is not built"):
        Failover(FailoverGroup(GRAPH, is_second=True)).connect()
