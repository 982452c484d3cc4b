# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""DDS security: what each node may publish, subscribe to and serve, and whether ROS can do it.

The policy is for SROS 2's tools (docs/security.md); `share/security/policy.xml` is written from it:

    python -c "from descant import security; print(security.policy(), end='')"
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from descant.errors import UserError
from descant.plain_text import plain
from descant.topics import CUE, PART, TOPICS, Topic

ENABLE, STRATEGY = "ROS_SECURITY_ENABLE", "ROS_SECURITY_STRATEGY"
KEYSTORE = "ROS_SECURITY_KEYSTORE"
PAGE = "docs/security.md"

NOT_BUILT_IN = b"doesn't have the security libraries"  # what such an rmw_fastrtps says of itself
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<!-- Copyright 2026 Descant maintainers",
    "     SPDX-License-Identifier: Apache-2.0 -->",
)
_EVERYTHING = "*"
_OF_EVERY_NODE = ("/parameter_events", "/rosout")
_SERVICES = (
    "describe_parameters", "get_parameter_types", "get_parameters", "list_parameters",
    "set_parameters", "set_parameters_atomically", "get_type_description",
)  # fmt: skip
COMMANDS = {"conductor": ("next_part", "restart_part", "go_to_part"), "synth": ("panic",)}
"""Node -> the services by which a performer commands it."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the holder of one enclave may do: names of topics and services, '*' is any text."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    reply: tuple[str, ...] = tuple(f"~/{service}" for service in _SERVICES)
    request: tuple[str, ...] = ()


def policy(topics: Sequence[Topic] = TOPICS) -> str:
    """The policy of SROS 2 for the nodes of `topics`, as XML: one enclave for each node.

    Names without a slash in front are relative to the namespace, `ns`.
    """
    lines = [*_HEAD, '<policy version="0.2.0">', "  <enclaves>"]
    for name, rights in rights_of(topics).items():
        lines += [f'    <enclave path="{_enclave(name)}">', "      <profiles>"]
        lines += [f'        <profile ns="/" node="{name}">', *_rules(rights), "        </profile>"]
        lines += ["      </profiles>", "    </enclave>"]
    return "\n".join([*lines, "  </enclaves>", "</policy>", ""])


def rights_of(topics: Sequence[Topic]) -> dict[str, Rights]:
    """Enclave -> rights: the nodes in the order of `topics`, then `descant replay` and `cue`, and
    an operator with ROS's own tools.
    """
    nodes = dict.fromkeys(n for t in topics for n in (*t.publishers, *t.subscribers))
    found = {node: _of_node(node, topics) for node in nodes}
    everywhere = (*(t.name for t in topics if t.is_global), *_OF_EVERY_NODE, "/clock")
    found["recorder"] = replace(found["recorder"], subscribe=(_EVERYTHING, *everywhere))
    found["replay"] = replace(
        found["piano"],
        publish=(*found["piano"].publish, CUE.relative, PART.relative),
        subscribe=(*found["piano"].subscribe, PART.relative),
        request=("*/get_parameters", "*/set_parameters_atomically"),
    )
    standby = found["synth_standby"]  # follows the parameters of the first
    found["synth_standby"] = replace(standby, subscribe=(*standby.subscribe, "/parameter_events"))
    commands = tuple(name for names in COMMANDS.values() for name in names)
    found["cue_command"] = Rights(publish=(CUE.relative, *_OF_EVERY_NODE), request=commands)
    found["operator"] = Rights(  # each of ROS's tools is a node with a name of its own
        publish=found["cue_command"].publish,
        subscribe=("/*",),
        reply=tuple(f"/*/{service}" for service in _SERVICES),
        request=(_EVERYTHING,),
    )
    return found


def _of_node(node: str, topics: Sequence[Topic]) -> Rights:
    published = (name for t in topics if node in t.publishers for name in _names(t))
    subscribed = (name for t in topics if node in t.subscribers for name in _names(t))
    return Rights(
        publish=(*published, *_OF_EVERY_NODE),
        subscribe=(*subscribed, "/clock"),
        reply=(*COMMANDS.get(node, ()), *Rights().reply),
    )


def _names(topic: Topic) -> tuple[str, ...]:
    return (topic.relative, topic.alive_name) if topic.is_watched else (topic.relative,)


def _rules(rights: Rights) -> Iterator[str]:
    for kind, element, names in (
        ("publish", "topic", rights.publish),
        ("subscribe", "topic", rights.subscribe),
        ("reply", "service", rights.reply),
        ("request", "service", rights.request),
    ):
        if names:
            yield f'          <{element}s {kind}="ALLOW">'
            for name in names:
                yield f"            <{element}>{escape(name, quote=False)}</{element}>"
            yield f"          </{element}s>"


def _enclave(node: str) -> str:
    return f"/descant/{node}"


def enclave_arguments(node: str) -> list[str]:
    """ROS's arguments for a node with the keys of its enclave; without security of no effect."""
    return ["--ros-args", "--enclave", _enclave(node)]


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Whether ROS is to protect what is sent."""
    return environment.get(ENABLE) == "true"


def check_security(environment: Mapping[str, str]) -> None:
    """Raise `UserError` where the environment asks for security and the nodes would have none.

    ROS compares the variables letter by letter and runs unprotected, without a word, where one has
    another spelling, and where a DDS without security finds no keys and need not have them.
    """
    enable, strategy = environment.get(ENABLE, ""), environment.get(STRATEGY, "")
    if enable not in ("", "true", "false"):
        raise UserError(f"{ENABLE} must be true or false, in small letters, not '{plain(enable)}'")
    if not is_asked_for(environment):
        return
    if strategy not in ("", "Enforce", "Permissive"):
        raise UserError(f"{STRATEGY} must be Enforce or Permissive, not '{plain(strategy)}'")
    if library := _library_without_security(environment):
        raise UserError(
            f"{ENABLE}=true, but the DDS of this ROS is built without security ({library}): "
            f"use ROS's own packages, or unset it and protect the network ({PAGE})"
        )
    if strategy == "Enforce":
        _check_keystore(environment.get(KEYSTORE, ""))


def _check_keystore(folder: str) -> None:
    if not folder:
        raise UserError(f"{STRATEGY}=Enforce needs a keystore: set {KEYSTORE} ({PAGE})")
    if not (Path(folder) / "enclaves").is_dir():
        raise UserError(
            f"{KEYSTORE}: no keystore in {plain(folder)}: it has no folder 'enclaves' ({PAGE})"
        )


def _library_without_security(environment: Mapping[str, str]) -> Path | None:
    """The library of rmw_fastrtps that would be loaded, if it says of itself that it has none."""
    if environment.get("RMW_IMPLEMENTATION", "rmw_fastrtps_cpp") != "rmw_fastrtps_cpp":
        return None
    paths = environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    for prefix in (*filter(None, paths), sys.prefix):
        for library in sorted(Path(prefix).glob("lib/librmw_fastrtps_shared_cpp.*")):
            return library if NOT_BUILT_IN in library.read_bytes() else None
    return None
