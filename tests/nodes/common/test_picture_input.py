# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which pictures a stage takes: decided by where their publishers are, without a graph."""

import os
from types import SimpleNamespace
from typing import Any

import pytest

from descant.nodes.common.picture_input import chosen_topic, own_host
from descant.topics import CAMERA_COMPRESSED, CAMERA_IMAGE, STAGE_STATE, Topic

PROCESS = (os.getpid() & 0xFFFF).to_bytes(2, "little")
OTHER = bytes([PROCESS[0] ^ 1, PROCESS[1]])
HERE, THERE = b"\x01\x0f\xaa\xbb", b"\x01\x0f\xcc\xdd"


def endpoint(topic: Topic, host: bytes, process: bytes = OTHER, node: str = "camera") -> Any:
    return SimpleNamespace(
        topic_type=topic.message_type,
        endpoint_gid=list((host + process).ljust(16, b"\0")),
        node_name=node,
        node_namespace="/",
        topic=topic,
    )


OWN = endpoint(STAGE_STATE, HERE, PROCESS, "stage")


def node(*endpoints: Any, own: Any = OWN) -> Any:
    """A node `stage` on `HERE` in a graph of these publishers."""
    there = [each for each in (own, *endpoints) if each is not None]
    return SimpleNamespace(
        get_name=lambda: "stage",
        get_namespace=lambda: "/",
        get_publishers_info_by_topic=lambda name: [e for e in there if e.topic.relative == name],
    )


RAW_HERE, RAW_THERE = endpoint(CAMERA_IMAGE, HERE), endpoint(CAMERA_IMAGE, THERE)
JPEG_HERE, JPEG_THERE = endpoint(CAMERA_COMPRESSED, HERE), endpoint(CAMERA_COMPRESSED, THERE)
STRANGE = SimpleNamespace(**{**vars(RAW_HERE), "topic_type": "std_msgs/msg/String"})


@pytest.mark.parametrize(
    ("publishers", "expected"),
    [
        ([], None),
        ([RAW_HERE], CAMERA_IMAGE),
        ([RAW_HERE, JPEG_HERE], CAMERA_IMAGE),
        ([RAW_THERE, JPEG_THERE], CAMERA_COMPRESSED),
        ([RAW_THERE], CAMERA_IMAGE),  # a driver without compression
        ([JPEG_HERE], CAMERA_COMPRESSED),  # a bag that is played
        ([RAW_THERE, JPEG_THERE, RAW_HERE], CAMERA_IMAGE),
        ([STRANGE, JPEG_HERE], CAMERA_COMPRESSED),
    ],
)
def test_what_is_taken_of_which_cameras(publishers: list[Any], expected: Topic | None) -> None:
    assert chosen_topic(node(*publishers), "auto") == expected


def test_it_may_be_said() -> None:
    assert chosen_topic(node(JPEG_HERE), "raw") == CAMERA_IMAGE
    assert chosen_topic(node(RAW_HERE), "compressed") == CAMERA_COMPRESSED


def test_where_this_machine_cannot_be_told_pictures_are_compressed() -> None:
    """Ids of another DDS; no endpoint of this process yet."""
    for own in (None, endpoint(STAGE_STATE, b"\x01\x10\xaa\xbb", PROCESS, "stage")):
        stage = node(RAW_HERE, JPEG_HERE, own=own)
        assert own_host(stage) == b""
        assert chosen_topic(stage, "auto") == CAMERA_COMPRESSED


def test_a_stage_of_the_same_name_on_another_machine_is_not_this_one() -> None:
    """In containers the numbers of their processes may be alike."""
    assert own_host(node(endpoint(STAGE_STATE, THERE, OTHER, "stage"))) == HERE
    assert own_host(node(endpoint(STAGE_STATE, THERE, PROCESS, "stage"))) == b""
