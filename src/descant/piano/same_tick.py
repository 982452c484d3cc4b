# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Put the old note-off of a key before its new note-on where both have one time.

Files have them in any order, within a track and over several. Read as they come, the off would end
the new note when it begins.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from descant.piano.decoder import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CHANNELS,
    CONTROL_CHANGE,
    NOTE_ON,
)

TickMessage = tuple[int, bytes]
"""A tick, and a note or controller message as bytes."""
PREFIXES = (16, 88)
"""Controllers that can hold low bits of the next velocity: such a message stays with its note."""
KEYS = 128


def old_offs_first(messages: Iterable[TickMessage]) -> list[TickMessage]:
    """Return the messages (by tick) with the offs of notes from before a tick in front of its ons.

    A channel's key that is struck n times without an off has n notes to end. All else keeps its
    order, so that a note which begins and ends at one tick stays as it is.
    """
    sounding = [0] * (CHANNELS * KEYS)
    ordered: list[TickMessage] = []
    for _, group in groupby(messages, key=itemgetter(0)):
        together = list(group)
        if len(together) > 1 and _is_struck_again(together, sounding):
            together = _reordered(together, sounding)
        _follow(together, sounding)
        ordered += together
    return ordered


def _place(data: bytes) -> int | None:
    """Return the place of a note's key in `sounding`; None for a controller."""
    if data[0] >= CONTROL_CHANGE:
        return None
    return (data[0] & 0x0F) * KEYS + data[1]


def _is_on(data: bytes) -> bool:
    return data[0] & 0xF0 == NOTE_ON and data[2] > 0


def _follow(together: list[TickMessage], sounding: list[int]) -> None:
    for _, (status, key, value) in together:
        place = (status & 0x0F) * KEYS + key
        if status >= CONTROL_CHANGE:
            if key in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                sounding[place - key : place - key + KEYS] = [0] * KEYS
        elif status >= NOTE_ON and value:
            sounding[place] += 1
        elif sounding[place]:
            sounding[place] -= 1


def _is_struck_again(together: list[TickMessage], sounding: list[int]) -> bool:
    """Whether a key that sounds already has an on and, behind it, an off."""
    struck: set[int] = set()
    for _, (status, key, value) in together:
        if status < CONTROL_CHANGE:
            place = (status & 0x0F) * KEYS + key
            if status >= NOTE_ON and value:
                if sounding[place]:
                    struck.add(place)
            elif place in struck:
                return True
    return False


def _reordered(together: list[TickMessage], sounding: list[int]) -> list[TickMessage]:
    units = _units(together)
    offs: dict[int, deque[int]] = defaultdict(deque)  # place -> indices of its offs
    for index, (*_, (_, data)) in enumerate(units):
        if (place := _place(data)) is not None and not _is_on(data):
            offs[place].append(index)
    left = {place: sounding[place] for place in offs}  # notes to end
    ordered: list[TickMessage] = []
    written: set[int] = set()
    for index, unit in enumerate(units):
        data = unit[-1][1]
        place = _place(data)
        if place is not None and place in offs:
            while _is_on(data) and offs[place] and left[place] > 0:
                left[place] -= 1
                written.add(offs[place][0])
                ordered += units[offs[place].popleft()]
            if not _is_on(data) and index not in written:
                left[place] -= 1
                offs[place].popleft()
        if index not in written:
            ordered += unit
    return ordered


def _units(together: list[TickMessage]) -> list[list[TickMessage]]:
    """Return the messages one by one, but each note with the prefixes of its channel before it."""
    units: list[list[TickMessage]] = []
    waiting: dict[int, list[TickMessage]] = {}
    for message in together:
        data = message[1]
        channel = data[0] & 0x0F
        if _place(data) is not None:
            units.append([*waiting.pop(channel, []), message])
        elif data[1] in PREFIXES:
            waiting.setdefault(channel, []).append(message)
        else:
            units.append([message])
    return units + list(waiting.values())
