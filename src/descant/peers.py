"""The other machines a node calls when it starts: ROS_STATIC_PEERS, as ROS reads it."""

from __future__ import annotations

import socket
from collections.abc import MutableMapping

VARIABLE = "ROS_STATIC_PEERS"


def forget_unknown(environment: MutableMapping[str, str]) -> list[str]:
    """Take out of the variable the names that no address is known for; returns them.

    With one such name ROS would start no node at all: a machine that is switched off, and whose
    name is known only while it is on, would keep this one from playing. To meet, it is enough
    that one of two machines calls the other.
    """
    peers = [peer for peer in environment.get(VARIABLE, "").split(";") if peer]
    unknown = [peer for peer in peers if not _known(peer)]
    if unknown:
        environment[VARIABLE] = ";".join(peer for peer in peers if peer not in unknown)
    return unknown


def _known(peer: str) -> bool:
    try:
        return bool(socket.getaddrinfo(peer, None, socket.AF_INET))
    except (OSError, UnicodeError):
        return False
