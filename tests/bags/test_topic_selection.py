# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which topics are recorded, by namespace, type and pattern."""

import pytest

from descant.bags.topic_selection import COMPRESSED_TYPE, RAW_TYPE, TopicPattern, TopicSelection
from descant.errors import UserError

NOTE = "descant/msg/NoteEvent"


def selection(
    namespace: str = "/", topics: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> TopicSelection:
    return TopicSelection(namespace, {"/keys"}, topics, exclude)


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("camera/*", "/hall/camera/image_raw", True),
        ("camera/*", "/camera/image_raw", False),
        ("camera/*", "/hall/camera/image_raw/compressed", False),
        ("camera/**", "/hall/camera/image_raw/compressed", True),
        ("/other/**", "/other/a/b", True),
        ("/other/**", "/others/a", False),
        ("/**/image_raw", "/a/b/image_raw", True),
        ("/**/image_raw", "/image_raw", True),
        ("/hall_[ab]/note?", "/hall_b/notes", True),
        ("/hall_[!ab]/notes", "/hall_b/notes", False),
        ("/Notes", "/notes", False),
        ("/" + "**/" * 60 + "x", "/" + "a/" * 60 + "y", False),
    ],
)
def test_a_pattern_is_one_of_full_names_in_the_namespace(
    pattern: str, topic: str, fits: bool
) -> None:
    assert TopicPattern(pattern, "/hall").matches(topic) is fits


@pytest.mark.parametrize(
    "pattern",
    ["/", "a//b", "a/", "a**", "[a", "a]", "{a,b}", "~/x", "\N{SNOWMAN}", "b a//", "x" * 300],
)
def test_a_wrong_pattern_is_one_line(pattern: str) -> None:
    with pytest.raises(UserError, match=r"^'.*' is no pattern of topics: expected .*") as error:
        selection(topics=("a", pattern))
    assert "\n" not in str(error.value)


def test_one_text_may_hold_several_patterns() -> None:
    """As those of a launch argument."""
    found = selection("/hall", ("usb/image_raw  /other/*",), ("notes pedals",))
    assert found.includes("/hall/usb/image_raw", RAW_TYPE)
    assert found.includes("/other/a", NOTE)
    assert not found.includes("/hall/notes", NOTE)
    assert not found.includes("/hall/pedals", NOTE)


def test_by_default_the_namespace_the_expected_and_the_global_topics_are_recorded() -> None:
    found = selection("/hall_a")
    for topic in ("/hall_a/notes", "/hall_a/x/y", "/keys", "/rosout", "/tf_static", "/diagnostics"):
        assert found.includes(topic, NOTE)
    for topic in ("/notes", "/hall_b/notes", "/hall_ab/notes", "/hall_a/_hidden", "/x/_a/y"):
        assert not found.includes(topic, NOTE)
    assert selection().includes("/hall_b/notes", NOTE)


def test_raw_pictures_are_recorded_only_if_asked_for() -> None:
    assert selection().includes("/usb/image_raw/compressed", COMPRESSED_TYPE)
    assert not selection().includes("/usb/image_raw", RAW_TYPE)
    assert not selection().includes("/usb/image_raw/zstd", COMPRESSED_TYPE)
    asked = selection(topics=("usb/*",))
    assert asked.includes("/usb/image_raw", RAW_TYPE)
    assert not asked.includes("/other/image_raw", RAW_TYPE)


def test_topics_adds_and_exclude_goes_first() -> None:
    found = selection("/hall_a", topics=("/hall_b/**",), exclude=("**/notes", "/hall_b/notes"))
    assert found.includes("/hall_b/part", NOTE)
    assert found.includes("/hall_a/part", NOTE)
    assert not found.includes("/hall_b/notes", NOTE)
    assert not found.includes("/hall_a/notes", NOTE)


def test_patterns_that_fit_nothing_are_named() -> None:
    found = selection(topics=("", "usb/*", "camera/*"))
    assert found.unmatched(["/usb/image_raw", "/notes"]) == ["camera/*"]
