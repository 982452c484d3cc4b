# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Standard MIDI Files, real ones and broken ones."""

import mido
import pytest

from descant.errors import UserError
from descant.piano import midifile, smf_events
from descant.piano.midifile import load
from descant.resources import resource
from descant.types import Note
from support.midifiles import chunk, header, write_midi_file
from support.mutations import Mutation, mutate, survives
from support.odd_midi_files import ODD_FILES
from support.performances import NOTE_ONS, performance

ON, OFF, END = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x40", b"\x00\xff\x2f\x00"
SLOWEST = b"\x00\xff\x51\x03\xff\xff\xff"


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTE_ONS)
def test_a_real_performance_loads_with_every_note_and_none_stuck(name):
    file = load(performance(name))
    events = file.events()
    ons = [e for e in events if isinstance(e, Note) and e.on]
    offs = [e for e in events if isinstance(e, Note) and not e.on]
    assert len(ons) == NOTE_ONS[name]
    assert sorted(e.id for e in offs) == [e.id for e in ons]
    assert [e.time_ns for e in events] == sorted(e.time_ns for e in events)
    assert all(21 <= e.key <= 108 for e in ons)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTE_ONS)
def test_times_are_those_that_mido_plays(name):
    path = performance(name)
    ours = [m.time_ns for m in load(path).messages]
    seconds, theirs = 0.0, []
    for message in mido.MidiFile(path):
        seconds += message.time
        if message.type in ("note_on", "note_off", "control_change") and message.channel != 9:
            theirs.append(seconds * 1e9)
    assert ours == pytest.approx(theirs, abs=1_000)


def test_tracks_are_merged_and_tempo_of_one_holds_for_all(tmp_path):
    midi = mido.MidiFile(ticks_per_beat=100)
    tempi = [mido.MetaMessage("set_tempo", tempo=1_000_000, time=0)]
    tempi += [mido.MetaMessage("set_tempo", tempo=250_000, time=200)]
    notes = [mido.Message("note_on", note=n, time=100) for n in (60, 61, 62, 63)]
    midi.tracks += [mido.MidiTrack(tempi), mido.MidiTrack(notes)]
    midi.save(tmp_path / "tempo.mid")
    times = [m.time_ns / 1e9 for m in load(tmp_path / "tempo.mid").messages]
    assert times == [1.0, 2.0, 2.25, 2.5]


def test_smpte_time_counts_frames_and_not_quarters(tmp_path):
    path = tmp_path / "smpte.mid"  # 25 frames a second, 40 ticks a frame: 1 ms a tick
    path.write_bytes(header(division=(-25 << 8) | 40) + chunk(ON + OFF + END))
    assert load(path).duration_ns == 0x60 * 1_000_000


def test_a_note_that_the_file_never_releases_ends_with_it(tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (2, (0xB0, 64, 5))]])
    events = load(path).events()
    assert [(e.time_ns // 10**9, getattr(e, "on", None)) for e in events[-2:]] == [
        (2, False),
        (2, None),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", r"byte 0: not a MIDI file: the file is empty"),
        (b"RIFF and more", r"byte 0: not a MIDI file: no MThd header"),
        (b"MThd\x00\x00", r"byte 6: the file ends in its header"),
        (b"junk" + header()[:-1], r"byte 17: the file ends in its header"),
        (header(), r"no notes in 0 tracks: 0 tracks where its header says 1"),
        (header() + chunk(END), r"no notes in 1 track$"),
        (header() + chunk(b"\x00\x99\x3c\x40" + END), r"no notes in 1 track: 1 note on channel 10"),
        (header() + chunk(b"\xff\xff\xff\xff\x7f" + ON), r"no notes in 1 track: 1 track cut off"),
        (
            header(division=1) + chunk(SLOWEST + b"\xff\xff\xff\x7f" + ON[1:]),
            "no notes in 1 track: 2 events over 100 days after the start left out",
        ),
        (header(division=0) + chunk(ON + OFF + END), r"byte 12: a time division of 0"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_file_and_place(tmp_path, content, expected):
    path = tmp_path / "broken.mid"
    path.write_bytes(content)
    with pytest.raises(UserError, match=rf"broken\.mid: {expected}") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_file_is_bounded_in_bytes_and_messages(tmp_path, monkeypatch):
    path = tmp_path / "large.mid"
    path.write_bytes(header() + chunk((ON + OFF) * 50))
    monkeypatch.setattr(smf_events, "MOST_MESSAGES", 99)
    with pytest.raises(UserError, match="too long: more than 99 messages"):
        load(path)
    monkeypatch.setattr(midifile, "MOST_BYTES", 100)
    with pytest.raises(UserError, match="too large for a MIDI file"):
        load(path)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"absent\.mid: No such file"):
        load(tmp_path / "absent.mid")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        load(tmp_path)


def performed(data, folder):
    """Read a file with this content, events and all."""
    path = folder / "damaged.mid"
    path.write_bytes(data)
    file = load(path)
    assert len(file.remarks) <= 1
    events = file.events()
    assert [e.time_ns for e in events] == sorted(e.time_ns for e in events)


def test_damage_anywhere_is_a_user_error_or_a_file_that_still_plays():
    for number, kind in enumerate(ODD_FILES.values()):
        for content in list(kind.values())[:4]:
            survives(mutate(content, 10, seed=number), performed)


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_damage_to_a_performance_is_a_user_error_or_a_file_that_still_plays():
    survives(mutate(resource("midi", "part1.mid").read_bytes(), 2_000), performed)


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ODD_FILES)
def test_damage_to_an_odd_file_is_a_user_error_or_a_file_that_still_plays(kind):
    for content in ODD_FILES[kind].values():
        survives(mutate(content, 300), performed)


@pytest.mark.parametrize(
    "part",
    [
        b"\x00\xf8",  # events without data
        b"\x00\x90\x3c\x40\x00\x3c\x00",  # running status
        b"\x00\xb0\x7b\x00\x00\xb0\x79\x00",  # all notes off
        b"\x83\x74\x90\x3c\x5a\x00\x80\x3c\x40",  # keys struck again
        b"MTrk\x00\x00\x00\x04\x00\xff\x2f\x00",  # tracks
        b"\x00\xff\x2f\x00",  # ends of tracks
        b"MThd\x00\x00\x00\x06XXXX",  # headers
        b"MTrk\x7f\x00\x00\x00",  # tracks that are too long
        b"XFIH\x00\x00\x00\x00",  # unknown chunks
        b"\xff" * 8,  # times that never end
    ],
)
@pytest.mark.slow
def test_a_megabyte_of_anything_takes_a_second_at_most(part):
    many = part * (1_000_000 // len(part))
    content = header() + (b"" if many[:1] in b"MX" else b"MTrk\xff\xff\xff\xff") + many
    survives([Mutation(part.hex(" "), content + b"\x00\x90\x3c\x40")], performed)
