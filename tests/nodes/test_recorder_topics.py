# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which topics the recorder records: by their names in the graph, namespaces and patterns."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from descant.msg import NoteEvent, Part
from support.graph import domain_id
from support.node import Listener, listener
from support.recording import counts, recorder

pytestmark = pytest.mark.graph


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def ears(domain: int) -> Iterator[Listener]:
    with listener(domain) as made:
        yield made


def test_with_a_namespace_and_a_remap_each_message_is_recorded_once_under_its_own_name(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    keys = ears.node.create_publisher(NoteEvent, "/elsewhere/keys", 10)
    part = ears.node.create_publisher(Part, "/hall_a/part", 10)
    other = ears.node.create_publisher(NoteEvent, "/hall_b/notes", 10)
    arguments = ("-r", "__ns:=/hall_a", "-r", "notes:=/elsewhere/keys")
    with recorder(domain, bag, *arguments) as node_:
        ears.wait(lambda: keys.get_subscription_count() == 1, "the recorder on the keys")
        ears.wait(lambda: part.get_subscription_count() == 1, "the recorder on the part")
        for number in range(20):
            keys.publish(NoteEvent(id=number))
            part.publish(Part(part=number + 1))
            other.publish(NoteEvent(id=number))
        ears.wait(lambda: counts(bag).get("/hall_a/part") == 20, "the parts in the bag")
        ears.wait(lambda: counts(bag).get("/elsewhere/keys") == 20, "the keys in the bag")
        assert node_.stop() == 0
    found = counts(bag)
    assert found["/elsewhere/keys"] == found["/hall_a/part"] == 20
    assert not found.keys() & {"/notes", "/hall_a/notes", "/hall_b/notes", "/part"}
    assert "/hall_a/recorder_state" in found


def test_topics_are_selected_by_patterns_and_raw_pictures_only_if_asked_for(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    names = ("/hall_b/words", "/hall_c/words", "/hall_a/debug/words", "/hall_a/words")
    words = [ears.node.create_publisher(String, name, 10) for name in names]
    cameras = ("/hall_a/usb/image_raw", "/hall_a/other/image_raw")
    pictures = [ears.node.create_publisher(Image, name, 10) for name in cameras]
    parameters = {"topics": "['usb/*', '/hall_b/**']", "exclude": "debug/*"}
    with recorder(domain, bag, "-r", "__ns:=/hall_a", **parameters) as node_:
        recorded = (words[0], words[3], pictures[0])
        ears.wait(lambda: all(x.get_subscription_count() for x in recorded), "its subscriptions")
        for publisher in words:
            publisher.publish(String(data="word"))
        for publisher in pictures:
            publisher.publish(Image())
        expected = {"/hall_b/words": 1, "/hall_a/words": 1, "/hall_a/usb/image_raw": 1}
        ears.wait(lambda: expected.items() <= counts(bag).items(), "the messages in the bag")
        assert node_.stop() == 0
    assert not counts(bag).keys() & {"/hall_c/words", "/hall_a/debug/words", cameras[1]}


def test_of_a_camera_that_compresses_nothing_is_said(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    ears.node.create_publisher(Image, "/usb/image_raw", 10)
    compressed = ears.node.create_publisher(CompressedImage, "/usb/image_raw/compressed", 10)
    alone = ears.node.create_publisher(Image, "/alone/image_raw", 10)
    with recorder(domain, bag, topics="['nowhere/*']") as node_:
        ears.wait(lambda: compressed.get_subscription_count() == 1, "its subscription")
        node_.says("the pictures of /alone/image_raw are not recorded")
        node_.says("no topic matches 'nowhere/*'")
        assert node_.stop() == 0
        assert node_.output().count("are not recorded") == 1
        assert alone.get_subscription_count() == 0


@pytest.mark.parametrize(
    ("parameter", "value"), [("topics", "camera//x"), ("exclude", "['a', 'b--c']"), ("topics", 5)]
)
def test_a_wrong_pattern_is_refused_in_one_line_and_no_bag_is_made(
    domain: int, tmp_path: Path, parameter: str, value: object
) -> None:
    with recorder(domain, tmp_path / "show", **{parameter: value}) as node_:
        assert node_.wait() == 2
        [line] = [line for line in node_.output().splitlines() if line]
        assert "pattern" in line or "must be a text or a list of texts, not 5" in line
    assert not (tmp_path / "show").exists()
