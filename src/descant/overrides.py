"""Parameters on the command line: `--set ROOM.NAME=VALUE`, checked against the rooms' tables.

Every command that takes `--set` reads it with `parse_overrides`; one that takes more than a value
(a grid, say) splits with `split`, finds the parameter with `find` and reads with `parse_value`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from descant.errors import UserError
from descant.parameters import ParameterError, Settings, Value

Rooms = Mapping[str, type[Settings]]

WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def parse_overrides(texts: Iterable[str], rooms: Rooms) -> dict[str, dict[str, Value]]:
    """Room -> name -> value of every 'ROOM.NAME=VALUE'; the last of several for one name holds.

    The room may be left out where only one has such a parameter. Every room is in the result.
    A value's type and own range are checked here; what several parameters must be together is
    checked by `Settings.replace`. `UserError` says what is wrong with which text.
    """
    found: dict[str, dict[str, Value]] = {room: {} for room in rooms}
    for text in texts:
        name, value = split(text)
        room, name = find(name, rooms, text)
        found[room][name] = parse_value(rooms[room], name, value, text)
    return found


def split(text: str) -> tuple[str, str]:
    """'ROOM.NAME=VALUE' as ('ROOM.NAME', 'VALUE'); `UserError` for all else."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise UserError(f"--set {text!r}: expected ROOM.NAME=VALUE, as learner.learning_rate=0.1")
    return name, value


def find(name: str, rooms: Rooms, text: str) -> tuple[str, str]:
    """(room, parameter) that `name` means, with its room or without; `text` is what was typed.

    `UserError` where there is no such room or parameter (with the nearest one), or more than one.
    """
    room, dot, parameter = name.rpartition(".")
    if dot and room not in rooms:
        raise UserError(f"--set {text}: no room '{room}'{_near(room, rooms)}")
    searched = [room] if dot else list(rooms)
    owners = [one for one in searched if parameter in rooms[one].descriptors()]
    if len(owners) == 1:
        return owners[0], parameter
    if owners:
        several = ", ".join(f"{owner}.{parameter}" for owner in owners)
        raise UserError(f"--set {text}: which '{parameter}'? there are {several}")
    known = {p: f"{one}.{p}" for one in searched for p in rooms[one].descriptors()}
    near = difflib.get_close_matches(parameter, known, n=1)
    hint = (
        f"did you mean '{known[near[0]]}'?"
        if near
        else f"'descant parameters {' '.join(searched)}' lists them"
    )
    raise UserError(f"--set {text}: no parameter '{parameter}' in {', '.join(searched)}; {hint}")


def parse_value(kind: type[Settings], name: str, value: str, text: str) -> Value:
    """`value` as the type of the parameter `name` of `kind`; `text` is what was typed.

    Truth is true/false, yes/no, on/off or 1/0; a list of numbers is written with commas.
    `UserError` names the allowed range.
    """
    try:
        return kind.checked(name, _typed(value, kind.defaults()[name]))
    except ParameterError as error:
        raise UserError(f"--set {text}: {error}") from None


def _typed(value: str, default: Any) -> Any:
    """`value` as the type of `default` where it can be one, else as the text it is."""
    if isinstance(default, bool):
        return WORDS.get(value.lower(), value)
    if isinstance(default, str):
        return value
    try:
        if isinstance(default, tuple):
            return [float(part) for part in value.strip("[]()").split(",") if part.strip()]
        number = float(value)
    except ValueError:
        return value
    if isinstance(default, int) and number.is_integer():
        return int(value) if value.lstrip("+-").isdigit() else int(number)
    return number


def _near(name: str, known: Iterable[str]) -> str:
    """The end of a message: what is near `name` among `known`, or else what there is."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean '{near[0]}'?" if near else "; there are: " + ", ".join(names)
