"""Parameter values: text read as a typed value, by the rules of ROS launch.

Without a type the text is read as YAML 1.1, as in a ROS parameter file: `1` is an integer, `on` is
true, `auto` a text. With a type it is exactly that. What holds substitutions is read once they
have been made.
"""

from __future__ import annotations

from collections.abc import Callable

import yaml

from descant.launcher.errors import Position, unknown
from descant.launcher.substitutions import Template, parse, plain

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
# What PyYAML raises: on '!!bool x', '!!timestamp x', '!!int' or a thousand brackets its own errors
# are not enough.
UNREADABLE = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError)
TYPES = ("yaml", *SCALARS, *(f"list_of_{kind}" for kind in SCALARS))


class Pending:
    """A value whose substitutions are still to be made."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pending) and other.template == self.template

    def __hash__(self) -> int:
        return hash(self.template)

    def __repr__(self) -> str:
        return f"Pending({self.template!r})"


Raw = Scalar | Pending | tuple[Scalar | Pending, ...]


def coerce(text: str, kind: str) -> Value:
    """`text` as a value of `kind` (one of TYPES); ValueError says why it is none."""
    if kind == "str":
        return text
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not of type {kind}") from None
    if kind == "bool" and text in ("0", "1"):
        return text == "1"
    value = _read_yaml(text)
    if kind == "yaml":
        return value
    if kind == "bool":
        if isinstance(value, bool):
            return value
    elif isinstance(value, list):
        item = SCALARS[kind.removeprefix("list_of_")]
        if all(type(v) is item for v in value):
            return value
    raise ValueError(f"{text!r} is not of type {kind}")


def read(text: str, kind: str, where: Position) -> Raw:
    """The attribute `value` of a <param>, as far as it can be known before substitution."""
    if kind not in TYPES:
        raise where.refuse(unknown("parameter type", kind, TYPES))
    if "$(" not in text:
        # Quotes of YAML are taken off here and backslashes in what is left: ROS's order.
        try:
            value = coerce(text, kind)
        except ValueError as error:
            raise where.refuse(f"not a parameter value: {error}") from None
        return _unescaped(value, where)
    if kind in ("yaml", "bool") or kind.startswith("list_of_"):
        try:
            loaded = _read_yaml(text)
        except ValueError:
            loaded = text
        if isinstance(loaded, list):
            return tuple(_item(v, where) for v in loaded)
        if isinstance(loaded, str):
            text = loaded
    template = parse(text, where)
    escaped = plain(template)
    if escaped is not None and kind in ("str", "yaml"):
        return escaped
    return Pending(template)


def evaluate(raw: Raw, kind: str, perform: Callable[[Template], str], where: Position) -> Value:
    """The value with its substitutions made; `LaunchError` where it is not of `kind`."""
    try:
        if isinstance(raw, Pending):
            return coerce(perform(raw.template), kind)
        if not isinstance(raw, tuple):
            return raw
        item_kind = kind.removeprefix("list_of_") if kind != "yaml" else "yaml"
        items = []
        for item in raw:
            value = coerce(perform(item.template), item_kind) if isinstance(item, Pending) else item
            if isinstance(value, list):
                raise ValueError("a list within a list")
            items.append(value)
        return _uniform(items)
    except ValueError as error:
        raise where.refuse(f"not a parameter value: {error}") from None


def _read_yaml(text: str) -> Value:
    if not text:
        return text
    try:
        value = yaml.safe_load(text)
    except UNREADABLE as error:
        raise ValueError(f"{text!r} cannot be read as YAML; add type='str'") from error
    if isinstance(value, list):
        return _uniform(value)
    if type(value) not in SCALARS.values():
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        raise ValueError(f"{text!r} is {kind} in YAML; add type='str' if it is meant as a text")
    return value  # type: ignore[no-any-return]


def _uniform(items: list[Scalar]) -> list[Scalar]:
    kinds = {type(item) for item in items}
    if len(kinds) > 1 or not kinds <= set(SCALARS.values()):
        raise ValueError(f"{items!r}: a list must hold values of one type")
    return items


def _item(value: Scalar, where: Position) -> Scalar | Pending:
    if not isinstance(value, str):
        return value
    template = parse(value, where)
    text = plain(template)
    return Pending(template) if text is None else text


def _unescaped(value: Value, where: Position) -> Raw:
    if isinstance(value, list):
        return tuple(_unescaped(item, where) for item in value)  # type: ignore[misc]
    return plain(parse(value, where)) or "" if isinstance(value, str) else value
