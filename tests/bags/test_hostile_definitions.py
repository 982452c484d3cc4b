# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Definitions and messages that are made to grow: one line, soon, and nothing of the memory."""

from __future__ import annotations

import struct
import time
from dataclasses import replace
from pathlib import Path

import pytest

from descant.bags.cdr import CdrDecoder, topic_decoder
from descant.bags.definitions import (
    SEPARATOR,
    DefinitionError,
    fields_of_types,
    full_definition,
    hash_of_type,
    installed_fields,
)
from descant.bags.topics import RecordedTopic
from support.bags import MESSAGES, NOTES, TYPES, note

OURS = [f"descant/msg/{path.stem}" for path in sorted(MESSAGES.glob("*.msg"))]


def chain(line: str, length: int) -> str:
    """A type of `line`, in which TYPE is the next of `length` types."""
    return "".join(
        line.replace("TYPE", f"L{number}") + f"\n{SEPARATOR}\nMSG: p/L{number}\n"
        for number in range(length)
    ) + "uint8 x\n"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("T loop\n", "contains itself"),
        (f"A a\n{SEPARATOR}\nMSG: p/A\nT t\n", "contains itself"),
        (chain("TYPE a\nTYPE b\n", 40), "more than 2048 fields"),
        (chain("TYPE[] a\nTYPE[] b\n", 5_000), "contains itself|more than 2048 fields"),
        (chain("TYPE a\n", 5_000), "contains itself"),
        ("uint8 x\n" * 3_000, "more than 2048 fields"),
        ("".join(f"uint8[2] x{n}\n" for n in range(3_000)), "more than 2048 fields"),
        ("uint8[" + "9" * 5_000 + "] x\n", "an array of 9999"),
        ("# " + "x" * (1 << 20), "characters, expected at most"),
        (chain("TYPE[] a\n" + "uint8 x\n" * 1_000, 9), "more than 2048 fields"),
    ],
)
def test_a_definition_that_grows_is_one_line_soon(text: str, reason: str) -> None:
    topic = RecordedTopic("/t", "p/msg/T", text.encode())
    began = time.process_time()
    for _ in range(100):  # once for every message
        with pytest.raises(DefinitionError, match=reason) as error:
            topic_decoder(topic)
    assert time.process_time() - began < 2.0
    assert "\n" not in str(error.value)


COUNT = struct.pack("<I", 2**32 - 1)
HEAD = b"\0\1\0\0"


@pytest.mark.parametrize(
    "text",
    [
        "uint8[] a", "uint8[4294967295] a", "float64[] a", "float64[4294967295] a", "string a",
        "string[] a", "string[4294967295] a", "T[] a", "bool[999999999999] a", "byte[<=3] a",
    ],
)  # fmt: skip
@pytest.mark.parametrize("data", [HEAD, HEAD + COUNT, HEAD + COUNT * 3, HEAD + COUNT * 100_000])
def test_a_sequence_of_billions_is_an_error_soon(text: str, data: bytes) -> None:
    decoder = CdrDecoder("p/msg/T", fields_of_types("p/msg/T", text + "\n"))
    began = time.process_time()
    with pytest.raises((ValueError, struct.error)):
        decoder(data)
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("depth", [300, 330, 400, 490, 1_000, 100_000])
def test_a_message_within_itself_is_read_or_refused_at_any_depth(depth: int) -> None:
    decoder = CdrDecoder("p/msg/T", fields_of_types("p/msg/T", "T[] a\n"))
    data = HEAD + struct.pack("<I", 1) * depth + struct.pack("<I", 0)
    try:
        decoder.message(decoder(data))
    except ValueError as error:
        assert "nested too deep" in str(error)  # noqa: PT017 -- may be read as well
    else:
        assert depth < 1_000


@pytest.mark.parametrize("name", OURS)
def test_the_hash_of_a_type_is_that_of_ros(name: str) -> None:
    types = fields_of_types(name, full_definition(name))
    assert hash_of_type(name.replace("/msg", ""), types) == TYPES.hash_rihs01(name)


def undefined(type_hash: str, kind: str = NOTES.message_type) -> RecordedTopic:
    """A topic as rosbag2 records one whose definition it does not find."""
    return replace(
        NOTES, message_type=kind, definition=b"", definition_encoding="", type_hash=type_hash
    )


def test_a_topic_without_a_definition_is_read_by_the_installed_one_of_its_hash() -> None:
    decoder = topic_decoder(undefined(TYPES.hash_rihs01(NOTES.message_type)))
    assert decoder.message(decoder(note(7))).id == 7


def test_a_former_version_without_the_last_fields_is_read_too() -> None:
    """As /part of version 0.1, which had no description."""
    types = dict(fields_of_types("descant/msg/Part", full_definition("descant/msg/Part")))
    types["descant/Part"] = types["descant/Part"][:-1]
    former = undefined(hash_of_type("descant/Part", types), "descant/msg/Part")
    assert topic_decoder(former).names[-1] == "cause"


@pytest.mark.parametrize(
    ("kind", "type_hash", "reason"),
    [
        ("descant/msg/NoteEvent", "", "not one with a hash in the bag"),
        ("descant/msg/NoteEvent", "RIHS01_" + "0" * 64, "not one of hash 'RIHS01_0000"),
        ("descant/msg/Nothing", "RIHS01_" + "0" * 64, "nor is the type installed"),
        ("../../../etc/msg/Nothing", "", "nor is the type installed"),
        ("descant/msg/../Note", "", "nor is the type installed"),
        ("\x00", "", "nor is the type installed"),
        ("", "", "nor is the type installed"),
    ],
)
def test_another_topic_without_a_definition_is_refused(
    kind: str, type_hash: str, reason: str
) -> None:
    with pytest.raises(DefinitionError, match=reason):
        topic_decoder(undefined(type_hash, kind))


def test_a_type_that_cannot_be_read_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    folder = tmp_path / "share" / "p" / "msg"
    folder.mkdir(parents=True)
    (folder / "T.msg").write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="nor is the type installed"):
        installed_fields("p/msg/T", "")
