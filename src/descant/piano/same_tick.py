"""Put the old note-off of a key before its new note-on where both have one time.

Files have them in any order, within a track and over several. Read as they come, the off would end
the new note when it begins.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from descant.piano.decoder import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CHANNELS,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
)

TickMessage = tuple[int, bytes]
"""A tick, and a note or controller message as bytes."""
PREFIXES = (16, 88)
"""Controllers that can hold low bits of the next velocity: such a message stays with its note."""


def old_offs_first(messages: Iterable[TickMessage]) -> list[TickMessage]:
    """Return the messages (by tick) with the offs of notes from before a tick in front of its ons.

    A channel's key that is struck n times without an off has n notes to end. All else keeps its
    order, so that a note which begins and ends at one tick stays as it is.
    """
    sounding: list[Counter[int]] = [Counter() for _ in range(CHANNELS)]
    ordered: list[TickMessage] = []
    for _, group in groupby(messages, key=itemgetter(0)):
        together = list(group)
        if len(together) > 1 and _is_struck_again(together, sounding):
            together = _reordered(together, sounding)
        for _, data in together:
            _follow(data, sounding)
        ordered += together
    return ordered


def _note(data: bytes) -> tuple[int, int, bool] | None:
    """Return channel, key and whether it goes down; None for a controller."""
    kind = data[0] & 0xF0
    if kind == CONTROL_CHANGE:
        return None
    return data[0] & 0x0F, data[1], kind == NOTE_ON and data[2] > 0


def _follow(data: bytes, sounding: list[Counter[int]]) -> None:
    kind, channel = data[0] & 0xF0, data[0] & 0x0F
    if kind == NOTE_ON and data[2] > 0:
        sounding[channel][data[1]] += 1
    elif kind in (NOTE_ON, NOTE_OFF):
        sounding[channel][data[1]] = max(0, sounding[channel][data[1]] - 1)
    elif data[1] in (ALL_SOUND_OFF, ALL_NOTES_OFF):
        sounding[channel].clear()


def _is_struck_again(together: list[TickMessage], sounding: list[Counter[int]]) -> bool:
    """Whether a key that sounds already has an on and, behind it, an off."""
    struck: set[tuple[int, int]] = set()
    for _, data in together:
        if (note := _note(data)) is None:
            continue
        channel, key, is_on = note
        if is_on and sounding[channel][key] > 0:
            struck.add((channel, key))
        elif not is_on and (channel, key) in struck:
            return True
    return False


def _reordered(together: list[TickMessage], sounding: list[Counter[int]]) -> list[TickMessage]:
    units = _units(together)
    offs: dict[tuple[int, int], deque[int]] = defaultdict(deque)
    for index, unit in enumerate(units):
        note = _note(unit[-1][1])
        if note is not None and not note[2]:
            offs[note[:2]].append(index)
    left = {(channel, key): sounding[channel][key] for channel, key in offs}
    ordered: list[TickMessage] = []
    written: set[int] = set()
    for index, unit in enumerate(units):
        note = _note(unit[-1][1])
        if note is not None and note[:2] in offs:
            place, queue = note[:2], offs[note[:2]]
            while note[2] and queue and left[place] > 0:
                left[place] -= 1
                written.add(queue[0])
                ordered += units[queue.popleft()]
            if not note[2] and index not in written:
                left[place] -= 1
                queue.popleft()
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
        if _note(data) is not None:
            units.append([*waiting.pop(channel, []), message])
        elif data[1] in PREFIXES:
            waiting.setdefault(channel, []).append(message)
        else:
            units.append([message])
    return units + list(waiting.values())
