# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Adapt the project's profile of Fast DDS to the node that sends the pictures.

Two things cannot stand in config/fastdds.xml. The profile of a topic's publisher is found by the
topic's full name, which a namespace changes. And where discovery is limited to this machine and the
peers, ROS adds transports of its own to those of the profile, so that all is sent twice: here the
profile gets the peers, and ROS is told to leave discovery alone.
"""

from __future__ import annotations

import contextlib
import re
import socket
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, MutableMapping, Sequence

from descant.errors import UserError
from descant.fastdds import FILE
from descant.namespaces import ROOT, VARIABLE
from descant.peers import VARIABLE as PEERS

RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"
XMLNS = "http://www.eprosima.com/XMLSchemas/fastRTPS_Profiles"
MOST_NODES = 32
"""On one machine that are contacted at the start, as ROS has it."""
_NAMESPACE = re.compile(r"__ns:=(/\S*)")


def adapted_profile(
    environment: MutableMapping[str, str], arguments: Sequence[str]
) -> bytes | None:
    """Return the project's profile for a node with these arguments, to be called before ROS starts.

    None where `environment` names no profile, or another one: that is used as it is.
    """
    try:
        tree = ET.parse(environment.get(FILE, ""))
    except (OSError, ET.ParseError):
        return None
    if not _is_ours(tree):
        return None
    namespace = _namespace(environment, arguments)
    for publisher in tree.iter(f"{{{XMLNS}}}data_writer"):
        if (name := publisher.get("profile_name", "")).startswith("/"):  # not that of all topics
            publisher.set("profile_name", namespace + name)
    if environment.get(RANGE) == "LOCALHOST":
        _add_discovery(tree, _addresses(environment.get(PEERS, "")))
        environment[RANGE] = "SYSTEM_DEFAULT"
    ET.register_namespace("", XMLNS)
    return ET.tostring(tree.getroot())


@contextlib.contextmanager
def profile_in_use(environment: MutableMapping[str, str], profile: bytes | None) -> Iterator[None]:
    """Let a participant that is created in this block read `profile`, if it is one."""
    if profile is None:
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(
                tempfile.NamedTemporaryFile(prefix="descant-fastdds-", suffix=".xml")
            )
            file.write(profile)
            file.flush()
        except OSError as error:
            raise UserError(f"the profile of Fast DDS cannot be written: {error}") from None
        environment[FILE] = file.name
        yield


def _is_ours(tree: ET.ElementTree[ET.Element]) -> bool:
    return tree.find(f".//{{{XMLNS}}}participant[@profile_name='descant']") is not None


def _namespace(environment: MutableMapping[str, str], arguments: Sequence[str]) -> str:
    """The node's, as `rclpy.init` finds it; '' for the root."""
    given = [match[1] for a in arguments if (match := _NAMESPACE.fullmatch(a))]
    namespace = given[0] if given else environment.get(VARIABLE, ROOT)
    return "/" + namespace.strip("/") if namespace.strip("/") else ""


def _addresses(peers: str) -> list[str]:
    """The IPv4 addresses of the peers that can be resolved, and of this machine."""
    found = []
    for peer in filter(None, peers.split(";")):
        try:
            found.append(socket.gethostbyname(peer))
        except (OSError, UnicodeError):
            continue  # the runner warns about it
    return [*found, "127.0.0.1"]


def _add_discovery(tree: ET.ElementTree[ET.Element], addresses: Sequence[str]) -> None:
    """Discovery as ROS has it for LOCALHOST: no multicast, and these machines."""
    for transport in tree.iter(f"{{{XMLNS}}}transport_descriptor"):
        if transport.findtext(f"{{{XMLNS}}}type") == "UDPv4":
            _add(transport, "maxInitialPeersRange").text = str(MOST_NODES)
    builtin = tree.find(f".//{{{XMLNS}}}participant/{{{XMLNS}}}rtps/{{{XMLNS}}}builtin")
    assert builtin is not None
    _add(_add(builtin, "metatrafficUnicastLocatorList"), "locator")
    peers = _add(builtin, "initialPeersList")
    for address in addresses:
        _add(_add(_add(peers, "locator"), "udpv4"), "address").text = address


def _add(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{XMLNS}}}{name}")
