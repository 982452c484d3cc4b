"""From XML elements to a description."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from pathlib import Path

from descant.launcher import elements, schema, values
from descant.launcher.description import (
    Action,
    Argument,
    Condition,
    Executable,
    Group,
    Include,
    LaunchFile,
    Let,
    Node,
    Parameter,
    ParameterFile,
    Running,
    SetEnvironment,
)
from descant.launcher.elements import Element
from descant.launcher.substitutions import Template, Text, parse, plain

OUTPUT = "screen"
STOP_TIMEOUT_S = 5.0


def read(path: Path) -> LaunchFile:
    """The description of a launch file; `LaunchError` with file and line for what is wrong."""
    root = elements.read(path)
    if root.tag != "launch":
        raise root.where.refuse(f"expected <launch> as the outermost tag, not <{root.tag}>")
    schema.check(root)
    return LaunchFile(path, _actions(root))


def _actions(parent: Element) -> tuple[Action, ...]:
    return tuple(_ACTIONS[child.tag](child) for child in parent.children)


def _argument(element: Element) -> Argument:
    name, description = element.attributes["name"], element.attributes.get("description", "")
    choices = tuple(_plain(child, "value") for child in element.all("choice"))
    default = _optional(element, "default")
    known = plain(default) if default is not None else None
    if choices and known is not None and known not in choices:
        listed = ", ".join(choices)
        raise element.where.refuse(f"default '{known}' of '{name}' is not one of {listed}")
    return Argument(
        where=element.where,
        condition=_condition(element),
        name=_plain(element, "name"),
        default=default,
        description=" ".join(description.split()),
        choices=choices,
    )


def _let(element: Element) -> Let:
    name, value = _template(element, "name"), _template(element, "value")
    return Let(where=element.where, condition=_condition(element), name=name, value=value)


def _environment(element: Element) -> SetEnvironment:
    return SetEnvironment(
        where=element.where,
        condition=_condition(element),
        name=_template(element, "name"),
        value=_optional(element, "value"),
    )


def _group(element: Element) -> Group:
    return Group(
        where=element.where,
        condition=_condition(element),
        scoped=_flag(element, "scoped", default=True),
        actions=_actions(element),
    )


def _include(element: Element) -> Include:
    return Include(
        where=element.where,
        condition=_condition(element),
        file=_template(element, "file"),
        arguments=_pairs(element, "arg", "name", "value"),
    )


def _executable(element: Element) -> Executable:
    arguments = _words(element, "cmd")
    if not arguments:
        raise element.where.refuse("<executable> has an empty 'cmd'")
    return Executable(
        where=element.where,
        condition=_condition(element),
        name=_optional(element, "name"),
        arguments=arguments,
        running=_running(element),
    )


def _node(element: Element) -> Node:
    return Node(
        where=element.where,
        condition=_condition(element),
        package=_optional(element, "pkg"),
        executable=_template(element, "exec"),
        name=_optional(element, "name"),
        namespace=_optional(element, "namespace"),
        label=_optional(element, "exec_name"),
        arguments=_words(element, "args"),
        ros_arguments=_words(element, "ros_args") if "ros_args" in element.attributes else None,
        parameters=tuple(_parameter(child) for child in element.all("param")),
        remappings=_pairs(element, "remap", "from", "to"),
        running=_running(element),
    )


def _parameter(element: Element) -> Parameter | ParameterFile:
    given = set(element.attributes)
    if given == {"from"}:
        return ParameterFile(where=element.where, path=_template(element, "from"))
    if given - {"type"} != {"name", "value"}:
        raise element.where.refuse("<param> needs either 'from' or 'name' and 'value'")
    kind = element.attributes.get("type", "yaml")
    value = values.read(element.attributes["value"], kind, element.where)
    name = _template(element, "name")
    return Parameter(where=element.where, name=name, value=value, kind=kind)


def _running(element: Element) -> Running:
    on_exit = element.attributes.get("on_exit")
    if on_exit not in (None, "shutdown"):
        raise element.where.refuse(f"'on_exit' must be 'shutdown', not '{on_exit}'")
    return Running(
        cwd=_optional(element, "cwd"),
        output=_optional(element, "output") or (Text(OUTPUT),),
        respawn=_optional(element, "respawn") or (Text("false"),),
        respawn_delay=_seconds(element, "respawn_delay", 0.0),
        respawn_max_retries=_whole(element, "respawn_max_retries", -1),
        required=on_exit is not None,
        shell=_flag(element, "shell", default=False),
        sigterm_timeout=_seconds(element, "sigterm_timeout", STOP_TIMEOUT_S),
        sigkill_timeout=_seconds(element, "sigkill_timeout", STOP_TIMEOUT_S),
        environment=_pairs(element, "env", "name", "value"),
    )


def _condition(element: Element) -> Condition | None:
    for name in ("if", "unless"):
        if name in element.attributes:
            return Condition(_template(element, name), wanted=name == "if")
    return None


def _template(element: Element, name: str) -> Template:
    return parse(element.attributes[name], element.where)


def _optional(element: Element, name: str) -> Template | None:
    return _template(element, name) if name in element.attributes else None


def _pairs(
    element: Element, tag: str, left: str, right: str
) -> tuple[tuple[Template, Template], ...]:
    return tuple((_template(e, left), _template(e, right)) for e in element.all(tag))


def _plain(element: Element, name: str) -> str:
    text = plain(_template(element, name))
    if text is None:
        raise element.where.refuse(f"'{name}' of <{element.tag}> may hold no substitution")
    return text


def _flag(element: Element, name: str, *, default: bool) -> bool:
    text = element.attributes.get(name, str(default))
    if text.lower() in ("true", "1", "false", "0"):
        return text.lower() in ("true", "1")
    raise element.where.refuse(f"'{name}' must be written as true or false, not '{text}'")


def _seconds(element: Element, name: str, default: float) -> float:
    text = element.attributes.get(name, str(default))
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.0 <= seconds < math.inf:
        raise element.where.refuse(f"'{name}' must be written as seconds, at least 0, not '{text}'")
    return seconds


def _whole(element: Element, name: str, default: int) -> int:
    text = element.attributes.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise element.where.refuse(f"'{name}' must be a whole number, not '{text}'") from None


def _words(element: Element, name: str) -> tuple[Template, ...]:
    """A command line: split as a shell would, except that a substitution is never split."""
    words: list[Template] = []
    word: Template = ()
    for fragment in parse(element.attributes.get(name, ""), element.where):
        if not isinstance(fragment, Text):
            word = (*word, fragment)
            continue
        try:
            parts = shlex.split(fragment.text)
        except ValueError as error:
            raise element.where.refuse(f"'{name}': {str(error).lower()}") from None
        if word and (not parts or fragment.text[0].isspace()):
            words.append(word)
            word = ()
        for index, part in enumerate(parts):
            if index > 0:
                words.append(word)
                word = ()
            word = (*word, Text(part))
        if parts and fragment.text[-1].isspace():
            words.append(word)
            word = ()
    return (*words, word) if word else tuple(words)


_ACTIONS: dict[str, Callable[[Element], Action]] = {
    "arg": _argument,
    "let": _let,
    "set_env": _environment,
    "unset_env": _environment,
    "group": _group,
    "include": _include,
    "executable": _executable,
    "node": _node,
}
