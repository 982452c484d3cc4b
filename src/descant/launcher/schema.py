"""Which tags, attributes and child tags a launch file may have, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from descant.launcher.elements import Element
from descant.launcher.errors import unknown


@dataclass(frozen=True)
class Shape:
    """What an element needs, what else it may have, and which children."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    children: tuple[str, ...] = ()


_CONDITION = ("if", "unless")
_RUNNING = (
    "name", "cwd", "output", "respawn", "respawn_delay", "respawn_max_retries", "on_exit",
    "shell", "sigterm_timeout", "sigkill_timeout", *_CONDITION,
)  # fmt: skip
ACTIONS = (
    "arg", "let", "set_env", "unset_env", "group", "include", "node", "executable",
)  # fmt: skip

# An <arg> in an <include> gives a value, everywhere else it declares one: hence (parent, tag).
_NESTED = {
    ("include", "arg"): Shape(("name", "value")),
    ("arg", "choice"): Shape(("value",)),
    ("node", "param"): Shape((), ("name", "value", "type", "from")),
    ("node", "remap"): Shape(("from", "to")),
    ("node", "env"): Shape(("name", "value")),
    ("executable", "env"): Shape(("name", "value")),
}
_SHAPES = {
    "launch": Shape((), (), ACTIONS),
    "arg": Shape(("name",), ("default", "description", *_CONDITION), ("choice",)),
    "let": Shape(("name", "value"), _CONDITION),
    "set_env": Shape(("name", "value"), _CONDITION),
    "unset_env": Shape(("name",), _CONDITION),
    "group": Shape((), ("scoped", *_CONDITION), ACTIONS),
    "include": Shape(("file",), _CONDITION, ("arg",)),
    "node": Shape(
        ("exec",),
        ("pkg", "namespace", "exec_name", "args", "ros_args", *_RUNNING),
        ("param", "remap", "env"),
    ),
    "executable": Shape(("cmd",), _RUNNING, ("env",)),
}


def check(element: Element, parent: str = "") -> None:
    """Refuse the first attribute or child, at any depth, that the launcher does not know."""
    shape = _NESTED.get((parent, element.tag)) or _SHAPES[element.tag]
    allowed = (*shape.required, *shape.optional)
    for name in element.attributes:
        if name not in allowed:
            raise element.where.refuse(unknown(f"attribute of <{element.tag}>", name, allowed))
    for name in shape.required:
        if name not in element.attributes:
            raise element.where.refuse(f"<{element.tag}> needs the attribute '{name}'")
    if "if" in element.attributes and "unless" in element.attributes:
        raise element.where.refuse(f"<{element.tag}> has both 'if' and 'unless': only one may be")
    for child in element.children:
        if child.tag not in shape.children:
            where = f"tag in <{element.tag}>"
            raise child.where.refuse(unknown(where, child.tag, shape.children))
        check(child, element.tag)
