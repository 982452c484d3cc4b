"""Standard MIDI Files, real ones and broken ones."""

import random

import mido
import pytest

from descant.errors import UserError
from descant.piano.midifile import load
from descant.types import Note
from support.midifiles import chunk, header, write_midi_file
from support.performances import NOTE_ONS, performance

ON, OFF, END = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x40", b"\x00\xff\x2f\x00"


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
        if message.type in ("note_on", "note_off", "control_change"):
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
        (b"MThd\x00\x00", r"byte 6: the file ends in the middle"),
        (header(), r"byte 14: the file ends in the middle"),
        (header() + b"MTrx\x00\x00\x00\x00", r"byte 22: no MTrk header"),
        (header() + chunk(END), r"no notes in 1 track"),
        (header() + chunk(ON + END)[:-6], r"track 1, byte \d+: the file ends in the middle"),
        (header() + chunk(b"\x00\x3c\x40"), r"track 1, byte \d+: running status"),
        (header() + chunk(b"\x00\x90\xfc\x40"), r"track 1, byte \d+: data byte must be"),
        (header() + chunk(b"\x00\xf5\x40"), r"track 1, byte \d+: undefined status byte 0xf5"),
        (header(tracks=2) + chunk(ON + OFF + END) + chunk(b"\x00\xf5"), r"track 2, byte"),
        (header() + chunk(b"\x00\xff\x59\x02\x68\x69"), r"track 1, byte \d+: Could not decode key"),
        (header(kind=2, tracks=2) + chunk(ON) + chunk(ON), r"byte 8: format 2"),
        (header(division=0) + chunk(ON + OFF + END), r"byte 12: a time division of 0"),
    ],
)
def test_a_broken_file_is_one_line_with_file_and_place(tmp_path, content, expected):
    path = tmp_path / "broken.mid"
    path.write_bytes(content)
    with pytest.raises(UserError, match=rf"broken\.mid: {expected}") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"absent\.mid: No such file"):
        load(tmp_path / "absent.mid")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        load(tmp_path)


def test_damage_anywhere_is_a_user_error_or_a_file_that_still_plays(tmp_path):
    noise = random.Random(14)
    messages = [(i / 10, (0x90, 60 + i % 12, i % 2 * 64)) for i in range(40)]
    whole = write_midi_file(tmp_path / "whole.mid", [messages, messages]).read_bytes()
    path = tmp_path / "damaged.mid"
    refused = 0
    for _ in range(500):
        damaged = bytearray(whole[: noise.randrange(1, len(whole) + 1)])
        for _ in range(noise.randrange(4)):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        path.write_bytes(damaged)
        try:
            load(path).events()
        except UserError:
            refused += 1
    assert 250 < refused < 500
