# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What two synths that share an output tell each other, without a sound server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.synth import partner
from descant.synth.partner import Partner
from descant.synth.sinks import shared_turn
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.shared_turn import SharedTurn, Sharing

GRAPH = "0 /"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Partner, Partner]]:
    monkeypatch.setattr(partner, "SharedTurn", lambda sharing: SharedTurn(sharing, folder=tmp_path))
    both = Partner(Sharing(GRAPH, is_second=False)), Partner(Sharing(GRAPH, is_second=True))
    for one in both:
        one.connect()
    return both


def test_one_alone_speaks_and_has_nothing_to_say() -> None:
    alone = Partner(None)
    alone.connect()
    alone.tell_panic()
    assert not alone.attend(1.0, plays_alone=True)
    assert (alone.turn, alone.speaks, alone.obstacle()) == (None, True, "")


def test_a_panic_reaches_the_other(pair: tuple[Partner, Partner]) -> None:
    first, second = pair
    first.tell_panic()
    assert not first.attend(1.0, plays_alone=False)
    assert second.attend(1.0, plays_alone=False)
    assert not second.attend(1.1, plays_alone=False)


def test_the_second_plays_nothing_while_the_first_plays_elsewhere(
    pair: tuple[Partner, Partner],
) -> None:
    first, second = pair
    second.attend(1.0, plays_alone=False)
    assert second.obstacle() == ""
    first.attend(1.0, plays_alone=True)
    second.attend(1.1, plays_alone=False)
    assert second.obstacle() == "the first synth plays through another output"
    assert first.obstacle() == ""
    with pytest.raises(SinkError, match="the first synth plays through another output"):
        second.connect()
    second.attend(2.2, plays_alone=False)  # it has not said so for a second
    assert second.obstacle() == ""
    second.connect()


def test_the_first_speaks_for_both_where_none_plays(pair: tuple[Partner, Partner]) -> None:
    first, second = pair
    assert first.turn is not None
    for one in pair:
        one.attend(1.0, plays_alone=False)
    assert (first.speaks, second.speaks) == (True, False)
    address = first.turn.address + 8  # the count of periods
    shared_turn.ctypes.c_uint64.from_address(address).value += 1
    first.attend(1.1, plays_alone=False)
    assert not first.speaks
    first.attend(1.5, plays_alone=False)
    assert first.speaks


def test_memory_that_was_removed_is_made_anew(
    pair: tuple[Partner, Partner], tmp_path: Path
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
    def fails(_: Sharing) -> SharedTurn:
        raise SinkError("audio_ring.so is not built")

    monkeypatch.setattr(partner, "SharedTurn", fails)
    with caplog.at_level(logging.WARNING):
        Partner(Sharing(GRAPH, is_second=False)).connect()
    assert caplog.messages == ["no other synth can take over: audio_ring.so is not built"]
    with pytest.raises(SinkError, match=r"audio_ring\.so is not built"):
        Partner(Sharing(GRAPH, is_second=True)).connect()
