# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every message of the graph, with any values: read as it was written; and any bytes refused."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from descant.bags.cdr import CdrDecoder
from descant.bags.definitions import fields_of_types, full_definition
from support.bags import MESSAGES, TYPES
from support.properties import examples

NAMES = [f"descant/msg/{path.stem}" for path in sorted(MESSAGES.glob("*.msg"))]
DECODERS = {name: CdrDecoder(name, fields_of_types(name, full_definition(name))) for name in NAMES}


@st.composite
def values(draw: DrawFn, kind: str) -> Any:
    """Of a primitive kind: any that it holds."""
    if kind == "string":
        return draw(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
    if kind == "bool":
        return draw(st.booleans())
    if kind.startswith("float"):
        return draw(st.floats(width=int(kind[5:])))
    bits = int(kind.lstrip("uint"))
    low, high = (
        (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    )
    return draw(st.integers(low, high))


@st.composite
def filled(draw: DrawFn, name: str) -> Any:
    """A message with any values in every field."""
    made = {}
    for field, (shape, detail) in TYPES.get_msgdef(name).fields:
        if shape.name == "NAME":
            made[field] = draw(filled(detail))
        elif shape.name == "BASE":
            made[field] = draw(values(detail[0]))
        else:
            (inner, inner_detail), _ = detail
            if inner.name == "NAME":
                made[field] = draw(st.lists(filled(inner_detail), max_size=5))
                continue
            many = draw(st.lists(values(inner_detail[0]), max_size=5))
            text = inner_detail[0] == "string"
            made[field] = many if text else np.array(many, dtype=inner_detail[0])
    return TYPES.types[name](**made)


def flat(name: str, message: Any) -> list[Any]:
    """Its values in the order of its fields, those of nested ones in their place."""
    found: list[Any] = []
    for field, (shape, detail) in TYPES.get_msgdef(name).fields:
        value = getattr(message, field)
        if shape.name == "NAME":
            found += flat(detail, value)
        elif shape.name != "BASE" and detail[0][0].name == "NAME":
            found.append([flat(detail[0][1], one) for one in value])
        else:
            found.append(_plain(value))
    return found


def _plain(value: Any) -> Any:
    """Numbers by their bits, so that NaN equals itself."""
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__"):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return struct.pack("<d", math.nan if math.isnan(value) else float(value))
    return int(value)


@given(st.data(), st.sampled_from(NAMES), st.booleans())
@examples(150)
def test_what_was_written_is_read(data: st.DataObject, name: str, little: bool) -> None:
    message = data.draw(filled(name))
    serialized = bytes(TYPES.serialize_cdr(message, name, little_endian=little))
    assert [_plain(v) for v in DECODERS[name](serialized)] == flat(name, message)


@given(st.sampled_from(NAMES), st.one_of(st.binary(max_size=3), st.binary(max_size=200)))
@example(NAMES[0], b"")
@example(NAMES[0], b"\0")
@examples(200)
def test_any_bytes_are_a_message_or_an_error_that_is_expected(name: str, content: bytes) -> None:
    try:
        values = DECODERS[name](content)
    except (struct.error, ValueError):
        return
    assert len(values) == len(DECODERS[name].names)
