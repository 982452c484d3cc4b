# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The table of topics is what the nodes use and the .msg files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from descant import topics

ROOT = Path(__file__).parents[1]
ROWS = {name: row for name, row in vars(topics).items() if isinstance(row, topics.Topic)}
# Commands and monitors beside the graph's nodes; the recorder subscribes to every topic.
NOT_IN_THE_GRAPH = {"__init__", "cue", "demo", "replay"}
DERIVED = {"synth_standby": "synth"}  # nodes whose class is derived from another's


def nodes_with(text: str) -> set[str]:
    """Names of the nodes in whose file `text` occurs as a word."""
    word = re.compile(rf"\b{re.escape(text)}\b")
    files = [p for p in (ROOT / "nodes").glob("*.py") if p.stem not in NOT_IN_THE_GRAPH]
    found = {path.stem for path in files if word.search(path.read_text(encoding="utf-8"))}
    return found | {derived for derived, base in DERIVED.items() if base in found}


def test_every_row_is_in_the_table_once() -> None:
    assert list(ROWS.values()) == list(topics.TOPICS)
    assert len({row.name for row in topics.TOPICS}) == len(topics.TOPICS)


@pytest.mark.parametrize("name", ROWS)
def test_the_nodes_of_a_row_use_it_and_no_other_does(name: str) -> None:
    row = ROWS[name]
    word = "DiagnosedPublisher" if row is topics.DIAGNOSTICS else f"topics.{name}"
    found = nodes_with(word)
    if row in (topics.CAMERA_IMAGE, topics.CAMERA_COMPRESSED):  # whichever suits
        found |= nodes_with("PictureInput")
    assert found == {*row.publishers, *row.subscribers}


@pytest.mark.parametrize("row", topics.TOPICS, ids=lambda row: row.name)
def test_a_subscriber_requests_no_more_than_the_publisher_offers(row: topics.Topic) -> None:
    offered, requested = row.publisher_qos, row.subscriber_qos
    assert offered.reliable >= requested.reliable
    assert offered.transient_local >= requested.transient_local
    assert requested.lease_s is None


@pytest.mark.parametrize(
    "row", [row for row in topics.TOPICS if row.message_type.startswith("descant/")],
    ids=lambda row: row.name,
)  # fmt: skip
def test_the_message_file_has_name_and_quality_of_service(row: topics.Topic) -> None:
    name = row.message_type.rpartition("/")[2]
    text = " ".join((ROOT / "msg" / f"{name}.msg").read_text("utf-8").replace("#", "").split())
    header = text.partition("Published by:")[2].partition(". Reliable")
    assert f"on {row.name}" in header[0]
    assert all(publisher in header[0] for publisher in row.publishers)
    quality = header[2].partition(".")[0]
    assert ("transient-local" in quality) == row.publisher_qos.transient_local
    assert ("depth 1" in quality) == (
        row.publisher_qos.depth == 1 and row.publisher_qos.transient_local
    )


@pytest.mark.parametrize("row", topics.TOPICS, ids=lambda row: row.name)
def test_who_joins_late_has_room_for_what_every_publisher_keeps(row: topics.Topic) -> None:
    """DDS counts the messages that wait at a subscriber together, whoever sent them."""
    if row.publisher_qos.transient_local and row.subscriber_qos.transient_local:
        assert row.subscriber_qos.depth >= len(row.publishers) * row.publisher_qos.depth
