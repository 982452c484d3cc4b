# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Odd and damaged MIDI files: what they give, and the one line about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.piano.midifile import MidiFile, load
from descant.types import SOFT, SUSTAIN, Note, Pedal
from support.midifiles import chunk, header
from support.notes import MS
from support.odd_midi_files import (
    BODY,
    END,
    FILE,
    FIRST,
    NOTES,
    OTHER,
    RUNNING,
    SAME_NOTES,
    SECOND,
    THIRD,
)
from support.properties import examples


def read(folder: Path, content: bytes) -> MidiFile:
    """The file with this content."""
    path = folder / "odd.mid"
    path.write_bytes(content)
    return load(path)


def notes(file: MidiFile) -> list[tuple[int, float, float]]:
    """Key, onset and duration of its notes, in milliseconds."""
    began: dict[int, Note] = {}
    found = []
    for event in file.events():
        if isinstance(event, Note) and event.on:
            began[event.id] = event
        elif isinstance(event, Note):
            on = began.pop(event.id)
            found.append((on.key, on.time_ns / MS, (event.time_ns - on.time_ns) / MS))
    assert not began
    return sorted(found, key=lambda note: note[1])


def pedals(file: MidiFile) -> list[tuple[float, int, int]]:
    """Time in milliseconds, pedal and value."""
    return [(e.time_ns / MS, e.pedal, e.value) for e in file.events() if isinstance(e, Pedal)]


@pytest.mark.parametrize("kind", SAME_NOTES)
def test_an_oddity_that_touches_no_note_changes_none(tmp_path: Path, kind: str) -> None:
    for name, content in SAME_NOTES[kind].items():
        file = read(tmp_path, content)
        assert (name, notes(file)) == (name, NOTES)
        assert (name, file.duration_ns) == (name, 1500 * MS)
        assert len(file.remarks) <= 1


@pytest.mark.parametrize(
    ("kind", "name", "remark"),
    [
        ("chunks", "bytes before the header", "128 bytes before its header passed over"),
        ("chunks", "unknown before", "1 unknown chunk passed over"),
        ("chunks", "bytes between", "2 stray bytes passed over"),
        ("lengths", "too long", "1 track with a wrong length"),
        ("lengths", "too short", "1 track with a wrong length"),
        ("numbers of tracks", "more than there are", "1 track where its header says 3"),
        ("numbers of tracks", "format 0 with two", "2 tracks where its header says 1"),
        ("tempi", "zero", "3 damaged tempi read as 120 quarters a minute"),
        ("tempi", "of two bytes", "3 damaged tempi read as 120 quarters a minute"),
        ("bytes behind a track without an end", "text", "39 stray bytes passed over"),
        ("bytes behind a track without an end", "spaces", "128 stray bytes passed over"),
        ("behind an end of track", "a note", "2 messages behind an end of track read"),
        ("behind an end of track", "two ends", "4 messages behind an end of track read"),
        ("headers", "named in a text", "32 bytes before its header passed over"),
        ("songs", "three", "3 independent songs (format 2) read as one"),
        ("damaged times", "in the second track", "1 track cut off"),
        ("damaged times", "a hundred days", "3 events over 100 days after the start left out"),
        ("drums", "beside the piano", "1 note on channel 10 (drums) left out"),
        ("cut off", "after 40 bytes", "1 track cut off"),
        ("data over 127", "key", "2 data bytes over 127 read as 127"),
        ("stray data", "before any status", "3 stray bytes passed over"),
    ],
)
def test_what_was_passed_over_is_one_line_with_counts(
    tmp_path: Path, kind: str, name: str, remark: str
) -> None:
    assert read(tmp_path, {**SAME_NOTES, **OTHER}[kind][name]).remarks == (remark,)


def test_what_the_format_allows_needs_no_remark(tmp_path: Path) -> None:
    for kind in ("metas without meaning", "events without meaning"):
        for content in SAME_NOTES[kind].values():
            assert read(tmp_path, content).remarks == ()
    for name in ("RMID", "RMID with a sound bank", "a longer header"):
        assert read(tmp_path, SAME_NOTES["chunks"][name]).remarks == ()
    for content in SAME_NOTES["RMID around a track without an end"].values():
        assert read(tmp_path, content).remarks == ()


def test_several_oddities_are_one_line(tmp_path: Path) -> None:
    content = b"junk" + header(tracks=2) + chunk(b"\x00\x99\x24\x7f" + BODY)
    assert read(tmp_path, content).remarks == (
        "4 bytes before its header passed over; 1 track where its header says 2; "
        "1 note on channel 10 (drums) left out",
    )


def test_of_a_file_that_is_cut_off_every_whole_event_is_read(tmp_path: Path) -> None:
    ends = [9, 18, 27]  # of the notes' offs, from the start of the events
    for name, content in OTHER["cut off"].items():
        whole = sum(len(content) - 22 >= end for end in ends)
        found = notes(read(tmp_path, content))
        assert (name, found[:whole]) == (name, NOTES[:whole])
        assert len(found) <= whole + 1


def test_a_time_that_cannot_be_right_cuts_its_track_alone(tmp_path: Path) -> None:
    kinds = OTHER["damaged times"]
    assert notes(read(tmp_path, kinds["in the only track"])) == NOTES[:1]
    for name in ("in the first track", "in the second track"):
        assert notes(read(tmp_path, kinds[name])) == NOTES[:2]


def test_what_is_a_hundred_days_late_is_left_out(tmp_path: Path) -> None:
    file = read(tmp_path, OTHER["damaged times"]["a hundred days"])
    assert notes(file) == NOTES[:1]
    assert file.duration_ns == 500 * MS


def test_data_over_127_is_clipped(tmp_path: Path) -> None:
    kinds = OTHER["data over 127"]
    assert notes(read(tmp_path, kinds["velocity"])) == NOTES[:2]
    assert notes(read(tmp_path, kinds["key"])) == [(127, 0, 500)]
    assert pedals(read(tmp_path, kinds["pedal"]))[0] == (0, SUSTAIN, 127)


def test_drums_move_no_pedal(tmp_path: Path) -> None:
    assert pedals(read(tmp_path, SAME_NOTES["drums"]["beside the piano"])) == []


def test_a_file_lasts_until_its_last_end_of_track_and_what_is_held_sounds_till_then(
    tmp_path: Path,
) -> None:
    ends = OTHER["ends"]
    chord = read(tmp_path, ends["a held chord"])
    assert notes(chord) == [(48, 0, 4000), (52, 0, 4000)]
    assert pedals(chord) == [(0, SUSTAIN, 127), (4000, SUSTAIN, 0)]
    assert read(tmp_path, ends["a longer track without notes"]).duration_ns == 4000 * MS
    assert read(tmp_path, ends["a tempo behind the last note"]).duration_ns == 3000 * MS


def test_the_last_whole_event_ends_a_track_without_an_end(tmp_path: Path) -> None:
    file = read(tmp_path, header() + chunk(FIRST + b"\x83\x74\xff\x01\x02hi\x83\x74\x90"))
    assert file.duration_ns == 1000 * MS


def test_pedals_are_those_of_all_channels(tmp_path: Path) -> None:
    file = read(tmp_path, OTHER["pedals"]["two channels"])
    assert [value for _, _, value in pedals(file)] == [80, 96, 80, 32, 0]


def test_a_reset_of_controllers_lifts_the_pedals_of_its_channel(tmp_path: Path) -> None:
    file = read(tmp_path, OTHER["pedals"]["reset"] + b"")
    assert pedals(file) == [
        (0, SUSTAIN, 127), (0, SOFT, 48), (500, SUSTAIN, 0), (500, SOFT, 0),
    ]  # fmt: skip


DATA = st.binary(max_size=20).filter(lambda data: b"MTrk" not in data)
METAS = st.builds(
    lambda kind, data: bytes((0xFF, kind, len(data))) + data,
    st.integers(0, 255).filter(lambda kind: kind not in (0x2F, 0x51)),
    DATA,
)
EXCLUSIVE = st.builds(
    lambda status, data: bytes((status, len(data))) + data,
    st.sampled_from([0xF0, 0xF7]),
    DATA,
)
NO_DATA = [bytes((status,)) for status in range(0xF4, 0xFF) if status != 0xF7]
SYSTEM = st.sampled_from([b"\xf1\x00", b"\xf2\x00\x00", b"\xf3\x00", *NO_DATA])
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=4)
CHUNKS = st.builds(
    lambda name, data: name.encode() + len(data).to_bytes(4, "big") + data,
    NAMES.filter(lambda name: name not in ("MTrk", "MThd")),
    st.binary(max_size=30),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Any meta, exclusive or system event before each note, any other chunks, bytes before the
    header, number of tracks and, where nothing follows, length of the track.
    """
    events = draw(st.lists(st.one_of(METAS, EXCLUSIVE, SYSTEM), min_size=4, max_size=4))
    parts = zip(events, (FIRST, SECOND, THIRD, END), strict=True)
    body = b"".join(b"\x00" + event + note for event, note in parts)
    others = b"".join(draw(st.lists(CHUNKS, max_size=3)))
    junk = draw(st.binary(max_size=300).filter(lambda junk: b"MTh" not in junk))
    size = draw(st.one_of(st.none(), st.integers(0, 2**32 - 1)))
    head = header(tracks=draw(st.integers(0, 0xFFFF)))
    return junk + head + others + chunk(body, size=size) + (others if size is None else b"")


@given(st.text(st.characters(max_codepoint=127), max_size=200), st.booleans())
@examples(150)
def test_text_behind_the_tracks_is_no_note(
    tmp_path_factory: pytest.TempPathFactory, text: str, ended: bool
) -> None:
    content = header() + chunk(RUNNING + END * ended) + text.encode()
    file = read(tmp_path_factory.getbasetemp(), content)
    assert notes(file) == NOTES
    assert file.duration_ns == 1500 * MS


@given(damaged())
@examples(150)
def test_damage_beside_the_notes_changes_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = read(tmp_path_factory.getbasetemp(), content)
    assert notes(file) == NOTES
    assert file.duration_ns == 1500 * MS


def test_the_unharmed_file_has_no_remark(tmp_path: Path) -> None:
    assert read(tmp_path, FILE).remarks == ()
