# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The events of a film of a MIDI file."""

from __future__ import annotations

from pathlib import Path

import pytest

from descant.piano.decoder import MidiDecoder
from descant.programme.reading import load_programme
from descant.render.film_events import FilmEvents, of_midi
from descant.render.settings import load_settings
from descant.types import NANOSECONDS
from support.midifiles import write_midi_file
from support.odd_midi_files import OTHER

SETTINGS = load_settings("paper", (), (64, 64))
PROGRAMME = load_programme("paper")


def film(path: Path, *, part: int | None = None, until_ns: int | None = None) -> FilmEvents:
    """The events of a film in the paper's programme."""
    return of_midi(path, SETTINGS, PROGRAMME, part=part, until_ns=until_ns)


@pytest.mark.parametrize("part", [1, 2])
def test_events_after_the_end_that_was_asked_for_are_left_out(tmp_path: Path, part: int) -> None:
    """Those before it are as in the whole film: notes, states, steps of a chord that is held on."""
    strokes = [(t / 4, (0x90, 40 + t, 64)) for t in range(12)]
    chord = [(3.0, (0x90, key, 64)) for key in (48, 52, 55)]
    held = [(20.0, (0x80, key, 64)) for key in (48, 52, 55)]
    path = write_midi_file(tmp_path / "x.mid", [[*strokes, *chord, *held]])
    whole = film(path, part=part)
    for seconds in (0.0, 1.1, 3.0, 9.0, 19.9, 20.0, 40.0):
        until = int(seconds * NANOSECONDS)
        cut = film(path, part=part, until_ns=until)
        assert cut.events == tuple(e for e in whole.events if e.time_ns <= until)
        assert (cut.part, cut.end_ns) == (whole.part, whole.end_ns)


def test_what_comes_after_the_end_that_was_asked_for_is_not_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [(t / 10, (0x90, 60 + t % 12, t % 2 * 64)) for t in range(10_000)]
    path = write_midi_file(tmp_path / "x.mid", [messages])
    decoded, feed = [], MidiDecoder.feed

    def counting(self: MidiDecoder, data: bytes, time_ns: int) -> object:
        decoded.append(time_ns)
        return feed(self, data, time_ns)

    monkeypatch.setattr(MidiDecoder, "feed", counting)
    film(path, until_ns=2 * NANOSECONDS)
    assert 20 <= len(decoded) < 30


def test_a_film_lasts_as_long_as_the_file_and_tells_what_is_odd_in_it(tmp_path: Path) -> None:
    path = tmp_path / "odd.mid"
    path.write_bytes(b"junk" + OTHER["ends"]["a held chord"])
    found = film(path)
    assert found.end_ns == 4 * NANOSECONDS + SETTINGS.render.tail * NANOSECONDS
    assert found.remarks == ("4 bytes before its header passed over",)
