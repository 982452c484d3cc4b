# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The other machines that a node contacts when it starts: ROS_STATIC_PEERS."""

from __future__ import annotations

import socket
from collections.abc import MutableMapping

VARIABLE = "ROS_STATIC_PEERS"


def remove_unresolved(environment: MutableMapping[str, str]) -> list[str]:
    """Remove the names that cannot be resolved from the variable; return them.

    With one such name ROS starts no node at all: a machine that is switched off, and whose name
    is resolved only while it runs, would prevent the start of this one. For discovery it is enough
    that one of two machines contacts the other.
    """
    peers = [peer for peer in environment.get(VARIABLE, "").split(";") if peer]
    unknown = [peer for peer in peers if not _resolves(peer)]
    if unknown:
        environment[VARIABLE] = ";".join(peer for peer in peers if peer not in unknown)
    return unknown


def _resolves(peer: str) -> bool:
    try:
        return bool(socket.getaddrinfo(peer, None, socket.AF_INET))
    except (OSError, UnicodeError):
        return False
