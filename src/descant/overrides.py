# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters on the command line: `--set SECTION.NAME=VALUE`, checked against the settings.

Every command that has `--set` parses it with `parse_overrides`; a command that accepts more than
one value (a grid, say) uses `split_assignment`, `find_parameter` and `parse_value`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from descant.errors import UserError, did_you_mean
from descant.parameters import ParameterError, Settings, Value, unknown_parameter

Sections = Mapping[str, type[Settings]]
"""Name of a section, usually a node's -> its settings."""

BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def parse_overrides(texts: Iterable[str], sections: Sections) -> dict[str, dict[str, Value]]:
    """Section -> parameter -> value of every 'SECTION.NAME=VALUE'; the last of several counts.

    The section may be left out where only one has such a parameter. Every section is in the result.
    A value's type and own range are checked here; rules about several parameters are checked by
    `Settings.replace`. `UserError` says what is wrong with which text.
    """
    found: dict[str, dict[str, Value]] = {section: {} for section in sections}
    for text in texts:
        name, value = split_assignment(text)
        section, name = find_parameter(name, sections, text)
        found[section][name] = parse_value(sections[section], name, value, text)
    return found


def split_assignment(text: str) -> tuple[str, str]:
    """'SECTION.NAME=VALUE' as ('SECTION.NAME', 'VALUE'); `UserError` for anything else."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise UserError(
            f"--set {text!r}: expected SECTION.NAME=VALUE, as learner.learning_rate=0.1"
        )
    return name, value


def find_parameter(name: str, sections: Sections, text: str) -> tuple[str, str]:
    """(section, parameter) that `name` means, with its section or without; `text` is for messages.

    `UserError` where there is no such section or parameter (with the nearest one, or the one that
    replaced it), or more than one.
    """
    section, dot, parameter = name.rpartition(".")
    if dot and section not in sections:
        hint = did_you_mean(section, sections) or f"sections: {', '.join(sections)}"
        raise UserError(f"--set {text}: no section '{section}'; {hint}")
    searched = [section] if dot else list(sections)
    owners = [one for one in searched if parameter in sections[one].descriptors()]
    if len(owners) == 1:
        return owners[0], parameter
    if owners:
        several = ", ".join(f"{owner}.{parameter}" for owner in owners)
        raise UserError(f"--set {text}: '{parameter}' is ambiguous: {several}")
    removed = {p: f"{one}.{new}" for one in searched for p, new in sections[one].REMOVED.items()}
    if parameter in removed:
        raise UserError(f"--set {text}: {unknown_parameter(parameter, {}, removed)}")
    known = {p: f"{one}.{p}" for one in searched for p in sections[one].descriptors()}
    near = difflib.get_close_matches(parameter, known, n=1)
    hint = (
        f"did you mean '{known[near[0]]}'?"
        if near
        else f"'descant parameters {' '.join(searched)}' lists them"
    )
    raise UserError(f"--set {text}: no parameter '{parameter}' in {', '.join(searched)}; {hint}")


def parse_value(settings: type[Settings], name: str, value: str, text: str) -> Value:
    """`value` as the type of the parameter `name`; `text` is for messages.

    A truth value is true/false, yes/no, on/off or 1/0; a list of numbers is written with commas.
    `UserError` names the allowed range.
    """
    try:
        return settings.checked(name, _typed(value, settings.defaults()[name]))
    except ParameterError as error:
        raise UserError(f"--set {text}: {error}") from None


def _typed(value: str, default: Any) -> Any:
    """`value` as the type of `default` where possible, else the text itself."""
    if isinstance(default, bool):
        return BOOLEANS.get(value.lower(), value)
    if isinstance(default, str):
        return value
    try:
        if isinstance(default, tuple):
            return [float(part) for part in value.strip("[]()").split(",") if part.strip()]
        number = float(value)
        if isinstance(default, int) and number.is_integer():
            return int(value) if value.lstrip("+-").isdigit() else int(number)
    except ValueError:
        return value
    return number
