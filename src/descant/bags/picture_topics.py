# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Choose the topic of a bag that has the pictures of the performer's camera."""

from __future__ import annotations

from collections.abc import Mapping

from descant.bags.topic_selection import COMPRESSED_TYPE, LOSSLESS, RAW_TYPE
from descant.bags.topics import RecordedTopic

USUAL = ("/camera/image_raw", "/camera/image")
"""How the name of the raw pictures of Descant's camera ends, in this version and before 0.5."""
COMPRESSED = "/compressed"
_NO_PICTURES = (LOSSLESS, "/compressedDepth")
"""Endings of topics of image_transport that no program but its own reads."""


def picture_topic(counts: Mapping[RecordedTopic, int]) -> RecordedTopic | None:
    """Choose among the topics of a bag, with the number of their messages; None without pictures.

    A camera with Descant's usual name goes before others, then the one with most pictures. Where
    its pictures are there both raw and compressed, it is that topic with more of them.
    """
    pictures = {
        topic: count
        for topic, count in counts.items()
        if topic.message_type in (RAW_TYPE, COMPRESSED_TYPE)
        and count
        and not topic.name.endswith(_NO_PICTURES)
    }

    def rank(topic: RecordedTopic) -> tuple[bool, int, bool, str]:
        is_usual = topic.name.removesuffix(COMPRESSED).endswith(USUAL)
        return is_usual, pictures[topic], topic.message_type == RAW_TYPE, topic.name

    return max(pictures, key=rank, default=None)
