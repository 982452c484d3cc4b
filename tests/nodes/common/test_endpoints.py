# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Types of messages that are named by others."""

import sys

import pytest
from std_msgs.msg import String

from descant import topics
from descant.errors import UserError
from descant.nodes.common.endpoints import message_class


def test_every_type_of_the_table_is_found() -> None:
    for topic in topics.TOPICS:
        assert message_class(topic.message_type).__name__ == topic.message_type.split("/")[2]
    assert message_class("std_msgs/msg/String") is String


@pytest.mark.parametrize(
    "name",
    [
        "os/msg/System", "os/path/join", "antigravity/msg/X", "std_msgs/msg/NoSuch",
        "std_msgs/srv/String", "std_msgs/msg/string", "std_msgs/msg/String/X", "std_msgs/String",
        "../msg/String", "std_msgs.msg/msg/String", "", "/", "//", "std_msgs/msg/\x1b[2J",
        "descant/nodes/recorder", "std_msgs/msg/String\n",
    ],
)  # fmt: skip
def test_a_type_that_no_installed_package_has_is_not_imported(name: str) -> None:
    before = set(sys.modules)
    with pytest.raises(UserError, match="no installed package has the message type") as error:
        message_class(name)
    assert set(sys.modules) == before
    assert str(error.value).isprintable()
