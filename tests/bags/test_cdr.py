# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The compiled decoder beside mcap_ros2's, field by field."""

from __future__ import annotations

import math
import random
import struct
from types import SimpleNamespace
from typing import Any

import pytest
from mcap.records import Schema
from mcap_ros2._dynamic import serialize_dynamic
from mcap_ros2.decoder import DecoderFactory

from descant.bags.cdr import FORMATS, CdrDecoder, topic_decoder
from descant.bags.definitions import SEPARATOR, DefinitionError, full_definition
from descant.bags.topics import RecordedTopic
from support.bags import MESSAGES, TYPES

OURS = [f"descant/msg/{path.stem}" for path in sorted(MESSAGES.glob("*.msg"))]
OTHERS = [
    "rcl_interfaces/msg/Log",
    "rcl_interfaces/msg/ParameterEvent",
    "sensor_msgs/msg/Image",
    "sensor_msgs/msg/CompressedImage",
    "sensor_msgs/msg/CameraInfo",
]
WORDS = ["", "a", "ab", "abc", "größer", "seven 7"]


def theirs(message_type: str, definition: str, data: bytes) -> Any:
    schema = Schema(1, definition.encode(), "ros2msg", message_type)
    decoder = DecoderFactory().decoder_for("cdr", schema)
    assert decoder is not None
    return decoder(data)


def flat(message: Any, prefix: str = "") -> dict[str, Any]:
    """Their message as ours names and shapes it."""
    values: dict[str, Any] = {}
    for name in message.__slots__:
        value = getattr(message, name)
        if isinstance(value, SimpleNamespace):
            values |= flat(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = plain(value)
    return values


def plain(value: Any) -> Any:
    """Messages, arrays and bytes as lists."""
    if isinstance(value, SimpleNamespace):
        return list(flat(value).values())
    if isinstance(value, (str, int, float)):
        return value
    return [plain(v) for v in value]


def compiled(message_type: str, definition: str, most: int | None = None) -> CdrDecoder:
    return topic_decoder(RecordedTopic("/t", message_type, definition.encode()), most)


def ours(message_type: str, definition: str, data: bytes) -> dict[str, Any]:
    decoder = compiled(message_type, definition)
    values = decoder(data)
    return dict(zip(decoder.names, map(plain, values), strict=True))


def drawn(kind: str, rng: random.Random) -> Any:
    """A random value of a primitive kind."""
    if kind == "string":
        return rng.choice(WORDS)
    code = FORMATS[kind]
    if code in "fd":
        return struct.unpack(code, struct.pack(code, rng.uniform(-1e6, 1e6)))[0]
    if code == "?":
        return rng.random() < 0.5
    bits = 8 * struct.calcsize(f"<{code}")
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else (0, (1 << bits) - 1)
    return rng.randint(low, high)


def filled(name: str, rng: random.Random) -> Any:
    """A message of rosbags' store with random values in every field."""
    values = {}
    for field, (shape, detail) in TYPES.get_msgdef(name).fields:
        values[field] = value_of(shape.name, detail, rng)
    return TYPES.types[name](**values)


def value_of(shape: str, detail: Any, rng: random.Random) -> Any:
    import numpy as np

    if shape == "NAME":
        if detail.endswith(("/Time", "/Duration")):  # theirs takes sec for unsigned
            return TYPES.types[detail](sec=rng.randint(0, 1 << 31 - 1), nanosec=rng.randint(0, 999))
        return filled(detail, rng)
    if shape == "BASE":
        return drawn(detail[0], rng)
    (inner, inner_detail), length = detail
    count = length if shape == "ARRAY" else rng.choice([0, 1, 2, 3, 7])
    values = [value_of(inner.name, inner_detail, rng) for _ in range(count)]
    if inner.name == "BASE" and inner_detail[0] != "string":
        return np.array(
            values, dtype={"byte": "uint8", "char": "uint8"}.get(*inner_detail[:1], inner_detail[0])
        )
    return values


@pytest.mark.parametrize("name", OURS + OTHERS)
def test_every_message_reads_as_mcap_ros2_reads_it(name: str) -> None:
    definition = full_definition(name)
    for seed in range(20):
        data = bytes(TYPES.serialize_cdr(filled(name, random.Random(seed)), name))
        assert ours(name, definition, data) == flat(theirs(name, definition, data))
        big = bytes(
            TYPES.serialize_cdr(filled(name, random.Random(seed)), name, little_endian=False)
        )
        assert ours(name, definition, big) == ours(name, definition, data)


def random_type(rng: random.Random) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Fields and values of a message type made up of everything CDR pads."""
    fields, values = [], {}
    kinds = [*(k for k in FORMATS if k not in ("char", "byte")), "string"]
    for number in range(rng.randint(1, 12)):
        kind, name = rng.choice(kinds), f"f{number}"
        size = rng.choice(["", "", "[]", "[3]", "[<=9]"])
        count = 3 if size == "[3]" else rng.randint(0, 4)
        values[name] = [drawn(kind, rng) for _ in range(count)] if size else drawn(kind, rng)
        fields.append((f"{kind}{size}", name))
    return fields, values


@pytest.mark.parametrize("seed", range(200))
def test_padding_of_types_made_up_by_chance_reads_as_mcap_ros2_reads_it(seed: int) -> None:
    rng = random.Random(seed)
    inner, inner_values = random_type(rng)
    outer, outer_values = random_type(rng)
    text = "".join(f"{kind} {name}\n" for kind, name in outer)
    text += "uint8 CONSTANT=3 # takes no room\nInner one\nInner[] many\nInner[2] two\nuint64 last\n"
    text += f"{SEPARATOR}\nMSG: p/Inner\n" + "".join(f"{kind} {name}\n" for kind, name in inner)
    message = outer_values | {
        "one": inner_values,
        "many": [inner_values] * rng.randint(0, 3),
        "two": [inner_values] * 2,
        "last": 7,
    }
    data = serialize_dynamic("p/Outer", text)["p/Outer"](message)
    expected = flat(theirs("p/msg/Outer", text, data))
    assert ours("p/msg/Outer", text, data) == expected


def test_only_as_many_fields_as_asked_for_are_read() -> None:
    decoder = compiled("p/msg/T", "uint8 a\nfloat64 b\nfloat64[] c\n", most=2)
    assert decoder.names == ("a", "b")
    data = b"\x00\x01\x00\x00" + struct.pack("<B7xd", 3, math.pi)
    assert decoder(data) == [3, math.pi]


def test_a_message_has_its_fields_as_attributes() -> None:
    stamp = {"sec": 3, "nanosec": 4}
    header = {"stamp": stamp, "frame_id": ""}
    played = {"header": header, "run": 7, "first": 1, "notes": [], "pedals": []}
    text = full_definition("descant/msg/Played")
    played["pedals"] = [{"header": header, "pedal": 64, "value": n} for n in (1, 2)]
    data = serialize_dynamic("descant/Played", text)["descant/Played"](played)
    decoder = compiled("descant/msg/Played", text)
    message = decoder.message(decoder(data))
    assert (message.header.stamp.sec, message.header.stamp.nanosec, message.run) == (3, 4, 7)
    assert message.notes == []
    pedals = [(p.header.stamp.nanosec, p.pedal, p.value) for p in message.pedals]
    assert pedals == [(4, 64, 1), (4, 64, 2)]


def test_a_type_may_contain_a_sequence_of_itself() -> None:
    tree = {"value": 1, "children": [{"value": 2, "children": []}, {"value": 3, "children": []}]}
    text = "uint8 value\nTree[] children\n"
    data = serialize_dynamic("p/Tree", text)["p/Tree"](tree)
    assert compiled("p/msg/Tree", text)(data) == [1, [[2, []], [3, []]]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Inner a\n", "no definition of p/Inner"),
        ("T a\n", "p/msg/T contains itself"),
        ("wstring a\n", "field 'a' is a wstring"),
        ("uint8 a\nnonsense\n", "'nonsense' in the definition of p/T is not a field"),
    ],
)
def test_a_definition_that_cannot_be_used_is_one_line(text: str, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        compiled("p/msg/T", text)


def test_a_topic_without_a_ros_definition_is_one_line() -> None:
    topic = RecordedTopic("/t", "p/msg/T", b"struct T {};", "ros2idl")
    with pytest.raises(DefinitionError, match="it is 'ros2idl', expected ros2msg"):
        topic_decoder(topic)


def test_a_message_that_ends_early_is_an_error_wherever_it_ends() -> None:
    name = "descant/msg/LearnerState"
    data = bytes(TYPES.serialize_cdr(filled(name, random.Random(3)), name))
    decoder = compiled(name, full_definition(name))
    for length in range(4, len(data)):
        with pytest.raises((struct.error, ValueError), match=r"unpack|beyond|buffer"):
            decoder(data[:length])
