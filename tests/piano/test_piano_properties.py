# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Whatever a MIDI port or file sends: every key that goes down comes up again, once."""

from __future__ import annotations

import contextlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from descant.errors import UserError
from descant.piano.decoder import MidiDecoder
from descant.piano.midifile import MidiFile, load
from descant.piano.settings import parse_midi_source
from descant.types import NANOSECONDS, PEDALS, Event, Note, Pedal
from support.midifiles import chunk, header
from support.properties import examples
from support.strategies import LONG_MS, PAUSES_MS, messages, times_ns

pytestmark = pytest.mark.slow

RUN_NS = 1_700_000_000 * NANOSECONDS
RAW = st.one_of(messages(), messages(), st.binary(max_size=4), st.lists(st.integers(-1, 300)))


def check_notes(events: list[Event]) -> None:
    """Every on has one off, later, of the same key; a key is down once; ids grow and are unique."""
    down: dict[int, Note] = {}
    last = 0
    for event in events:
        if isinstance(event, Pedal):
            assert event.pedal in PEDALS
            assert 0 <= event.value <= 127
            continue
        assert 0 <= event.key <= 127
        assert 0 <= event.velocity_14bit <= 16_383
        assert event.velocity_14bit >> 7 == event.velocity
        if event.on:
            assert event.key not in down
            assert event.id > last
            assert event.velocity > 0
            down[event.key], last = event, event.id
        else:
            struck = down.pop(event.key)
            assert struck.id == event.id
            assert struck.time_ns <= event.time_ns
    assert not down


@given(st.lists(RAW, max_size=60), st.data())
@examples(150)
def test_every_on_has_exactly_one_off_whatever_bytes_come(
    sent: list[bytes], data: st.DataObject
) -> None:
    decoder, events = MidiDecoder(run_ns=RUN_NS), []
    times = data.draw(times_ns(len(sent), PAUSES_MS + LONG_MS, RUN_NS))
    for message, time_ns in zip(sent, times, strict=True):
        before = decoder.held
        found = decoder.feed(message, time_ns)
        change = sum(1 if e.on else -1 for e in found if isinstance(e, Note))
        assert decoder.held == before + change
        events += found
    end_ns = times[-1] if times else RUN_NS
    released = decoder.release_all(end_ns)
    assert decoder.held == 0
    assert decoder.release_all(end_ns) == ()
    check_notes([*events, *released])
    last_value = {e.pedal: e.value for e in [*events, *released] if isinstance(e, Pedal)}
    assert set(last_value.values()) <= {0}


def varying(number: int) -> bytes:
    """A variable-length quantity of the format."""
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


BETWEEN = st.sampled_from(
    [b"", b"", b"", b"\xf0\x03\x43\x10\xf7", b"\xff\x01\x02hi", b"\xff\x51\x03\x07\xa1\x20"]
)
"""Between two messages of a track: nothing, an exclusive message, a text, the tempo as it is."""


@given(st.lists(st.tuples(messages(), st.sampled_from([0, 1, 80, 128, 16_384]), BETWEEN)))
@examples(100)
def test_running_status_and_what_lies_between_change_no_event(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[bytes, int, bytes]]
) -> None:
    """A track written in full, and with every status byte left out that may be."""
    plain, running, last = b"", b"", 0
    for message, ticks, between in [(b"\x90\x3c\x40", 0, b""), *sent]:
        for event in [between, message] if between else [message]:
            wait = varying(ticks if event is message else 0)
            plain += wait + event
            running += wait + (event[1:] if event[0] == last else event)
            last = event[0] if event[0] < 0xF0 else last
    folder = tmp_path_factory.mktemp("running")
    found = []
    for name, body in (("plain", plain), ("running", running)):
        path = folder / f"{name}.mid"
        path.write_bytes(header() + chunk(body + b"\x00\xff\x2f\x00"))
        found.append(load(path).events())
    assert found[0] == found[1]
    check_notes(list(found[0]))
    assert sorted(e.time_ns for e in found[0]) == [e.time_ns for e in found[0]]


TRACK_BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.one_of(
            messages().map(lambda m: b"\x05" + m),
            messages().map(lambda m: b"\x05" + m[1:]),
            st.binary(max_size=6),
            st.binary(max_size=4).map(lambda b: b"\x00\xff" + b),
            st.binary(max_size=4).map(lambda b: b"\x00\xf0" + b),
            st.just(b"\xff" * 160 + b"\x7f\x90\x3c\x40"),
        ),
        max_size=12,
    ).map(b"".join),
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Something like a MIDI file, cut off anywhere, with bytes of it changed."""
    division = draw(st.one_of(st.just(500), st.integers(0, 0xFFFF)))
    tracks = draw(st.lists(TRACK_BYTES, max_size=3))
    kind, count = draw(st.integers(0, 3)), draw(st.sampled_from([len(tracks), 0, 1, 0xFFFF]))
    content = header(kind=kind, tracks=count, division=division)
    for body in tracks:
        content += chunk(body, size=draw(st.sampled_from([None, None, 0, 3, 2**31])))
    changed = bytearray(content)
    for place, value in draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)))):
        changed[place % len(changed)] = value
    return bytes(changed[: draw(st.one_of(st.just(len(changed)), st.integers(0, len(changed))))])


def loaded(path: Path) -> MidiFile | None:
    """The file; None where it is refused, in one line that names it."""
    try:
        return load(path)
    except UserError as error:
        said = str(error)
    assert str(path) in said
    assert "\n" not in said
    return None


SMPTE = header(division=-25 << 8 | 40)
FOREVER = b"\xff" * 160 + b"\x7f\x90\x3c\x40\x00\xff\x2f\x00"
"""A note after a time that is no float any more."""


@given(st.one_of(files(), files(), st.binary(max_size=40)))
@example(SMPTE + chunk(FOREVER))
@example(header() + chunk(FOREVER))
@examples(150)
def test_any_file_is_music_or_one_clear_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mid"
    path.write_bytes(content)
    file = loaded(path)
    if file is None:
        return
    assert file.messages
    for one, other in pairwise(file.messages):
        assert one.time_ns <= other.time_ns
    assert 0 <= file.messages[0].time_ns <= file.duration_ns
    assert file.duration_ns < 2**63
    check_notes(list(file.events()))


@given(
    st.one_of(
        st.text(max_size=12),
        st.builds(
            lambda word, name: f"{word}:{name}",
            st.sampled_from(["auto", "port", "file", "bag", "virtual", "FILE ", "disk", ""]),
            st.text(max_size=8),
        ),
    )
)
@example("file:~nobody_of_this_name/x.mid")
@examples(60)
def test_any_source_is_understood_or_refused_and_has_a_path(text: str) -> None:
    with contextlib.suppress(UserError):
        source = parse_midi_source(text)
        assert parse_midi_source(str(source)) == source
        assert isinstance(source.path, Path)


def test_a_file_with_the_longest_time_has_no_note(tmp_path: Path) -> None:
    """Found by the property above: ticks beyond a float were an OverflowError."""
    path = tmp_path / "forever.mid"
    for head in (SMPTE, header()):
        path.write_bytes(head + chunk(FOREVER))
        with pytest.raises(UserError, match="no notes in 1 track: 1 track cut off"):
            load(path)
