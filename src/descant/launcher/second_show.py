# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find nodes that a launch would start a second time in the same namespace of the same domain."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from descant.errors import UserError
from descant.launcher.commands import Command
from descant.namespaces import ROOT, VARIABLE, namespace_of
from descant.security import is_asked_for

TIMEOUT_S = 20.0  # of a busy machine: the search takes two seconds
OPERATOR = "/descant/operator"  # the enclave that may look at everything
# In a process of its own: the launcher itself takes no part in the graph.
_SEARCH = """
import sys
from descant.nodes.common.running import running_nodes
print(*running_nodes(*sys.argv[1:]), sep="\\n")
"""


def refuse_second_show(commands: Sequence[Command]) -> None:
    """Raise `UserError` where a node of Descant's that `commands` start runs already.

    Nodes of the same show that run elsewhere are not meant: only the same ones. Where ROS cannot
    look, nothing is refused.
    """
    ours = {_node(c): c.environment for c in commands if c.package == "descant" and c.node}
    if not ours:
        return
    twice = sorted(ours.keys() & _running(ours))
    if twice:
        domain = ours[twice[0]].get("ROS_DOMAIN_ID") or "0"
        raise UserError(
            f"of this show {', '.join(twice)} run already on ROS_DOMAIN_ID {domain}: end them, or "
            "launch with another namespace:=NAME, with another ROS_DOMAIN_ID, or with --anyway"
        )


def _node(command: Command) -> str:
    """Return a node's full name, in the namespace that it takes from the environment if need be."""
    space, _, name = command.node.rpartition("/")
    if not space and not any(str(word).startswith("__ns:=") for word in command.arguments):
        space = namespace_of(command.environment).rstrip("/")
    return f"{space}/{name}"


def _running(nodes: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the full names of Descant's nodes that run in the namespaces of `nodes`."""
    namespaces = sorted({node.rpartition("/")[0] or ROOT for node in nodes})
    environment = dict(next(iter(nodes.values())))
    environment.pop(VARIABLE, None)
    if is_asked_for(environment):
        environment["ROS_SECURITY_ENCLAVE_OVERRIDE"] = OPERATOR
    try:
        done = subprocess.run(
            [sys.executable, "-c", _SEARCH, *namespaces], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return set(os.fsdecode(done.stdout).split()) if done.returncode == 0 else set()
