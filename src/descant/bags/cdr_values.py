# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read the values in serialized messages (CDR): numbers, texts, arrays and sequences."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

HEADER = 4
"""Bytes of representation identifier and options; offsets count from behind them."""
_MOST_NUMBERS, _MOST_ELEMENTS = 1 << 20, 1 << 16
"""Numbers, or texts and messages, in one sequence: they take more memory than in the file."""

Values = list[Any]
# Appends what is at a position to the values; returns the position behind it. Where the length of
# what is read is in the message, it is the last of the values, and is removed from them.
Reader = Callable[[bytes, int, Values], int]


@lru_cache(maxsize=256)
def fixed_reader(codes: str, order: str) -> Reader:
    """The reader of consecutive numbers."""
    formats = []
    for position in range(8):
        offset, padded = (position - HEADER) % 8, order
        for code in codes:
            size = struct.calcsize(f"<{code}")
            padding = -offset % size
            padded += "x" * padding + code
            offset += padding + size
        formats.append(struct.Struct(padded))

    def read(data: bytes, position: int, values: Values) -> int:
        form = formats[position & 7]
        values += form.unpack_from(data, position)
        return position + form.size

    return read


def read_string(data: bytes, position: int, values: Values) -> int:
    end: int = position + values.pop()
    if end > len(data):
        raise ValueError("a string ends beyond the end of the message")
    values.append(str(data[position : end - 1], "utf-8"))  # without the final null
    return end


def read_counted_string(length: Reader, data: bytes, position: int, values: Values) -> int:
    return read_string(data, length(data, position, values), values)


# The readers of arrays; `count` is 0 for a sequence, whose length is in the message.


def read_bytes(count: int, data: bytes, position: int, values: Values) -> int:
    end = position + (count or values.pop())
    if end > len(data):
        raise ValueError("a sequence ends beyond the end of the message")
    values.append(memoryview(data)[position:end])
    return end


def read_numbers(count: int, form: str, data: bytes, position: int, values: Values) -> int:
    count = _limited(count or values.pop(), _MOST_NUMBERS)
    size = struct.calcsize(form)
    if count:  # no padding before nothing
        position += (HEADER - position) % size
    values.append(struct.unpack_from(f"{form[0]}{count}{form[1]}", data, position))
    return position + size * count


def read_elements(count: int, element: Reader, data: bytes, position: int, values: Values) -> int:
    count = _limited(count or values.pop(), _MOST_ELEMENTS)
    if count > len(data):
        raise ValueError("a sequence ends beyond the end of the message")
    found: Values = []
    for _ in range(count):
        position = element(data, position, found)
    values.append(found)
    return position


def _limited(count: int, most: int) -> int:
    if count > most:
        raise ValueError(f"a sequence of {count}, expected at most {most}")
    return count
