# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The tables of docs/architecture.md are those of the code."""

from __future__ import annotations

import re

from descant.topics import HISTORY, KEPT, LATCHED, TOPICS, Topic
from support.pages import table
from support.project import layers

PAGE = "docs/architecture.md"
KEPT_TEXT = {HISTORY.depth: f"the last {KEPT:,}", LATCHED.depth: "the latest"}


def row(topic: Topic) -> list[str]:
    qos = topic.publisher_qos
    return [
        topic.name,
        topic.message_type.replace("/msg/", "/").removeprefix("descant/"),
        ", ".join(topic.publishers),
        ", ".join(topic.subscribers),
        KEPT_TEXT[qos.depth] if qos.transient_local else "none",
        topic.meaning,
    ]


def test_the_table_of_topics_is_that_of_the_code() -> None:
    assert table(PAGE, "topics") == [row(topic) for topic in TOPICS]


def table_of_layers() -> list[set[str]]:
    """The lines of the table of packages, from the top down."""
    return [set(re.findall(r"`(\w+)`", line[0])) for line in table(PAGE, "layers")]


def test_the_table_of_layers_is_that_of_import_linter() -> None:
    """tests/test_architecture.py checks the imports."""
    assert table_of_layers() == [layer for layer in layers() if layer != {"nodes"}]
