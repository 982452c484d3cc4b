# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameter values: text read as a typed value, by the rules of ROS launch.

Without a type the text is read as YAML 1.1, as in a ROS parameter file: `1` is an integer, `on` is
true, `auto` a text. With a type it is exactly that. A text with substitutions is read after they
have been made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import yaml

from descant.launcher.errors import Position, unknown
from descant.launcher.substitutions import Template, parse, plain

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
Perform = Callable[[Template], str]
"""Makes the substitutions of a template."""
SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
TEXTS = "list_of_str"
TYPES = ("yaml", *SCALARS, TEXTS)
# What PyYAML raises: on '!!bool x', '!!timestamp x', '!!int' or a thousand brackets its own errors
# are not enough.
UNREADABLE = (
    yaml.YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip

_Raw = Scalar | Template
"""A value, or, as a template, one whose substitutions are still to be made."""


def check(text: str, kind: str, where: Position) -> None:
    """Refuse a type, or a text, that no substitution can turn into a value."""
    if kind not in TYPES:
        raise where.refuse(unknown("parameter type", kind, TYPES))
    _read(text, kind, where)


def evaluate(text: str, kind: str, perform: Perform, where: Position) -> Value:
    """Return the value of a <param>; `LaunchError` where it is not of `kind`, one of TYPES."""
    raw = _read(text, kind, where)
    try:
        if isinstance(raw, list):
            item_kind = "str" if kind == TEXTS else kind
            return _uniform([_scalar(item, item_kind, perform) for item in raw])
        return _performed(raw, kind, perform)
    except ValueError as error:
        raise where.refuse(f"not a parameter value: {error}") from None


def coerce(text: str, kind: str) -> Value:
    """Return `text` as a value of `kind` (one of TYPES); ValueError says why it is none."""
    if kind == "str":
        return text
    if kind == TEXTS:
        return _read_texts(text)
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not of type {kind}") from None
    if kind == "bool" and text in ("0", "1"):
        return text == "1"
    value = _read_yaml(text)
    if kind == "bool" and not isinstance(value, bool):
        raise ValueError(f"{text!r} is not of type {kind}")
    return value


def _read(text: str, kind: str, where: Position) -> _Raw | list[_Raw]:
    """Read a text as far as it can be read before substitution.

    As in ROS, the quotes of YAML are taken off here and backslashes in what is left.
    """
    loaded: Value = text
    if "$(" not in text or kind == TEXTS:
        try:
            loaded = coerce(text, kind)
        except ValueError as error:
            raise where.refuse(f"not a parameter value: {error}") from None
    elif kind in ("yaml", "bool"):
        with contextlib.suppress(ValueError):
            loaded = _read_yaml(text)
    if not isinstance(loaded, list):
        return _template(loaded, where)
    if kind not in ("yaml", TEXTS):
        return parse(text, where)
    return [_template(item, where) for item in loaded]


def _template(value: Scalar, where: Position) -> _Raw:
    if not isinstance(value, str):
        return value
    template = parse(value, where)
    text = plain(template)
    return template if text is None else text


def _performed(raw: _Raw, kind: str, perform: Perform) -> Value:
    if isinstance(raw, tuple):
        return coerce(_unicode(perform(raw)), kind)
    return coerce(raw, kind) if isinstance(raw, str) and kind != "yaml" else raw


def _unicode(text: str) -> str:
    """Return `text`; ValueError where no parameter can hold it, as some names of files."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{text!r} is not UTF-8") from None
    return text


def _scalar(raw: _Raw, kind: str, perform: Perform) -> Scalar:
    value = _performed(raw, kind, perform)
    if isinstance(value, list):
        raise ValueError("a list within a list")
    return value


def _read_yaml(text: str) -> Value:
    if not text:
        return text
    try:
        value = _load(text)
    except UNREADABLE as error:
        raise ValueError(f"{text!r} cannot be read as YAML; add type='str'") from error
    if isinstance(value, list):
        return _uniform(value)
    if type(value) not in SCALARS.values():
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        raise ValueError(f"{text!r} is {kind} in YAML; add type='str' if it is meant as a text")
    return value  # type: ignore[no-any-return]


def _read_texts(text: str) -> list[Scalar]:
    value = _read_yaml(text)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{text!r} is not of type {TEXTS}, as [one, 'other']")
    return value


def _load(text: str) -> Any:
    """Return one value or a list of values; whatever is deeper stays empty, so nothing can grow."""
    loader = yaml.SafeLoader(text)
    node = loader.get_single_node()
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, item) for item in node.value]
    return None if node is None else _construct(loader, node)


def _construct(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node)
    return [] if isinstance(node, yaml.SequenceNode) else {}


def _uniform(items: list[Scalar]) -> list[Scalar]:
    kinds = {type(item) for item in items}
    if len(kinds) > 1 or not kinds <= set(SCALARS.values()):
        raise ValueError(f"{items!r}: a list must hold values of one type")
    return items
