# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The policy of DDS security, and what is refused where security is asked for."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from descant import security
from descant.errors import UserError
from descant.topics import TOPICS
from support.keystore import POLICY, make_keystore
from support.project import ROOT

NODES = {node for topic in TOPICS for node in (*topic.publishers, *topic.subscribers)}
ENABLED = {"ROS_SECURITY_ENABLE": "true"}
OTHER_DDS = ENABLED | {"RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp"}


def test_the_shipped_policy_is_that_of_the_table() -> None:
    """After a change of the table write it anew: the command stands in descant/security.py."""
    assert POLICY.read_text(encoding="utf-8") == security.policy()


def test_each_node_has_an_enclave_with_the_topics_of_the_table() -> None:
    enclaves = ElementTree.fromstring(security.policy()).findall("enclaves/enclave")
    names = {enclave.attrib["path"].removeprefix("/descant/") for enclave in enclaves}
    assert names == NODES | {"recorder", "replay", "cue_command", "operator"}
    for topic in TOPICS:
        for node in NODES:
            rights = security.rights_of(TOPICS)[node]
            assert (topic.relative in rights.publish) == (node in topic.publishers)
            if node != "recorder":
                assert (topic.relative in rights.subscribe) == (node in topic.subscribers)


@pytest.fixture(scope="module")
def of_hall_a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policy that the command of docs/security.md makes."""
    command = re.search(r"^ *sed (.+?) \"\$POLICY\"", text_of_page(), re.MULTILINE)
    assert command is not None
    words = ["sh", "-c", f"sed {command[1]} '{POLICY}'"]
    made = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    file = tmp_path_factory.mktemp("hall") / "hall_a.xml"
    file.write_text(made, encoding="utf-8")
    return file


def test_the_policy_of_another_namespace_is_made_by_a_line_of_sed(of_hall_a: Path) -> None:
    """Relative names follow the namespace."""
    made = of_hall_a.read_text(encoding="utf-8")
    profiles = ElementTree.fromstring(made).findall("enclaves/enclave/profiles/profile")
    assert {profile.attrib["ns"] for profile in profiles} == {"/hall_a"}
    assert made.replace("/hall_a", "/") == POLICY.read_text(encoding="utf-8")


def test_its_permissions_are_for_that_namespace_alone(of_hall_a: Path, tmp_path: Path) -> None:
    keystore = make_keystore(tmp_path / "keystore", DOMAIN, of_hall_a)
    for enclave, kind, name in (
        ("piano", "publish", "notes"),
        ("recorder", "subscribe", "of/others"),
        ("operator", "publish", "cue"),
    ):
        assert may(keystore, enclave, kind, f"rt/hall_a/{name}")
        assert not may(keystore, enclave, kind, f"rt/{name}")
        assert not may(keystore, enclave, kind, f"rt/hall_b/{name}")
    assert may(keystore, "cue_command", "publish", "rq/hall_a/panicRequest")
    assert may(keystore, "recorder", "subscribe", "rt/diagnostics")
    assert may(keystore, "operator", "publish", "rr/_ros2cli_1/get_type_descriptionReply")


def text_of_page() -> str:
    return (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", ["1", "TRUE", "True", "yes", "on", "true ", "\x1b[2J"])
def test_a_spelling_with_which_ros_would_run_unprotected_is_refused(value: str) -> None:
    with pytest.raises(UserError, match="ROS_SECURITY_ENABLE must be true or false") as error:
        security.check_security({"ROS_SECURITY_ENABLE": value})
    assert str(error.value).isprintable()
    with pytest.raises(UserError, match="must be Enforce or Permissive"):
        security.check_security(OTHER_DDS | {"ROS_SECURITY_STRATEGY": value})


def test_enforced_security_needs_a_keystore(tmp_path: Path) -> None:
    enforced = OTHER_DDS | {"ROS_SECURITY_STRATEGY": "Enforce"}
    with pytest.raises(UserError, match="needs a keystore: set ROS_SECURITY_KEYSTORE"):
        security.check_security(enforced)
    with pytest.raises(UserError, match=f"no keystore in {tmp_path}: it has no folder 'enclaves'"):
        security.check_security(enforced | {"ROS_SECURITY_KEYSTORE": str(tmp_path)})
    (tmp_path / "enclaves").mkdir()
    security.check_security(enforced | {"ROS_SECURITY_KEYSTORE": str(tmp_path)})


@pytest.mark.parametrize("strategy", ["", "Permissive", "Enforce"])
def test_a_dds_without_security_is_refused(strategy: str, tmp_path: Path) -> None:
    """The first library found counts, as for the loader."""
    for name, content in (("with", b"security"), ("without", security.NOT_BUILT_IN)):
        library = tmp_path / name / "lib" / "librmw_fastrtps_shared_cpp.so"
        library.parent.mkdir(parents=True)
        library.write_bytes(b"\x7fELF" + content)
    (tmp_path / "enclaves").mkdir()
    asked = ENABLED | {"ROS_SECURITY_STRATEGY": strategy, "ROS_SECURITY_KEYSTORE": str(tmp_path)}
    both = [str(tmp_path / "with"), str(tmp_path / "without")]
    security.check_security(asked | {"AMENT_PREFIX_PATH": os.pathsep.join(both)})
    both.reverse()
    with pytest.raises(UserError, match=r"without security \(.+without/lib/lib.+\): use ROS"):
        security.check_security(asked | {"AMENT_PREFIX_PATH": os.pathsep.join(both)})


@pytest.mark.parametrize("environment", [{}, {"ROS_SECURITY_ENABLE": "false"}])
def test_nothing_is_refused_where_security_is_not_asked_for(environment: dict[str, str]) -> None:
    security.check_security(environment | {"ROS_SECURITY_STRATEGY": "whatever"})


DOMAIN = 17


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keystore(tmp_path_factory.mktemp("security") / "keystore", DOMAIN)


def test_sros2_makes_keys_and_permissions_of_every_enclave(keystore: Path) -> None:
    """It checks the policy against its schema, policy.xsd, and the permissions against DDS's."""
    made = {path.parent.name for path in keystore.glob("enclaves/descant/*/permissions.p7s")}
    assert made == set(security.rights_of(TOPICS))
    assert {path.parent.name for path in keystore.glob("enclaves/descant/*/key.pem")} == made


def may(keystore: Path, enclave: str, kind: str, name: str) -> bool:
    """Whether the permissions of `enclave` allow to 'publish' or 'subscribe' the DDS topic."""
    path = keystore / "enclaves" / "descant" / enclave / "permissions.xml"
    grant = ElementTree.parse(path).getroot().find("permissions/grant")
    assert grant is not None
    assert grant.findtext("default") == "DENY"
    assert {rule.text for rule in grant.findall("*/domains/id")} == {str(DOMAIN)}
    allowed = [topic.text or "" for topic in grant.findall(f"allow_rule/{kind}/topics/topic")]
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed)


@pytest.mark.parametrize(
    ("enclave", "kind", "name", "expected"),
    [
        ("piano", "publish", "rt/notes", True),
        ("piano", "publish", "ros_discovery_info", True),
        ("piano", "publish", "rt/cue", False),
        ("piano", "publish", "rt/hall_a/notes", False),
        ("piano", "publish", "rr/piano/get_parametersReply", True),
        ("piano", "publish", "rr/learner/get_parametersReply", False),
        ("learner", "publish", "rt/notes", False),
        ("learner", "subscribe", "rt/notes", True),
        ("stage", "publish", "rt/diagnostics", True),
        ("stage", "publish", "rt/cue", True),
        ("recorder", "subscribe", "rt/anything/of/others", True),
        ("recorder", "publish", "rt/notes", False),
        ("replay", "publish", "rq/learner/set_parameters_atomicallyRequest", True),
        ("replay", "publish", "rq/learner/set_parametersRequest", False),
        ("cue_command", "publish", "rt/cue", True),
        ("cue_command", "subscribe", "rt/notes", False),
        ("operator", "subscribe", "rt/learner_state", True),
        ("operator", "publish", "rq/learner/set_parametersRequest", True),
        ("operator", "publish", "rt/notes", False),
    ],
)
def test_permissions(keystore: Path, enclave: str, kind: str, name: str, expected: bool) -> None:
    assert may(keystore, enclave, kind, name) is expected
