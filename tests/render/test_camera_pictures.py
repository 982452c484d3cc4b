# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The recorded pictures of the performer, raw and compressed, of any camera."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from descant.bags.writer import BagWriter
from descant.render.camera_pictures import RecordedPictures, recorded_pictures
from descant.types import NANOSECONDS
from support.bags import NOTES, START_NS, note, topic
from support.mutations import mutate
from support.pictures import compressed_image, jpeg, plain_picture, raw_image

RED, GREEN, BLUE = (0, 0, 200), (0, 200, 0), (200, 0, 0)  # as OpenCV has them
RAW, COMPRESSED = "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"
Sent = tuple[str, int, bytes]  # topic, seconds, message


def bag(folder: Path, sent: Iterable[Sent]) -> Path:
    """A bag with a note and these pictures; where the name ends with /compressed, such ones."""
    writer = BagWriter(folder)
    writer.add_topic(NOTES)
    writer.write("/notes", START_NS, START_NS, note(0))
    for name, seconds, data in sent:
        kind = "CompressedImage" if name.endswith("compressed") else "Image"
        writer.add_topic(topic(name, kind, "sensor_msgs"))
        writer.write(name, START_NS + seconds * NANOSECONDS, START_NS, data)
    writer.close()
    return writer.folder


def raw(name: str, seconds: int, colour: tuple[int, int, int]) -> Sent:
    return name, seconds, raw_image(START_NS + seconds * NANOSECONDS, plain_picture(colour))


def compressed(name: str, seconds: int, colour: tuple[int, int, int]) -> Sent:
    data = jpeg(plain_picture(colour))
    stamp_ns = START_NS + seconds * NANOSECONDS
    return f"{name}/compressed", seconds, compressed_image(stamp_ns, data)


def shown(pictures: RecordedPictures | None, seconds: int = 5) -> list[str]:
    """The colour that is seen in each second; '' where no new picture came."""
    assert pictures is not None
    found = []
    for second in range(seconds):
        new = pictures.advance(second * NANOSECONDS + NANOSECONDS // 2)
        found.append(_colour(pictures.pixels()[0, 0, :3]) if new else "")
    return found


def _colour(rgb: Any) -> str:
    return "black" if max(rgb) < 50 else ("red", "green", "blue")[rgb.argmax()]


@pytest.mark.parametrize(
    "name",
    ["/camera/image", "/camera/image_raw", "/hall_a/camera/image_raw", "/usb_cam/image_raw", "/x"],
)
@pytest.mark.parametrize("made", [raw, compressed])
def test_pictures_of_any_camera_are_shown_each_from_its_stamp_on(tmp_path, name, made) -> None:
    pictures = bag(tmp_path / "bag", [made(name, 1, RED), made(name, 3, GREEN)])
    assert shown(recorded_pictures(pictures, START_NS)) == ["", "red", "", "green", ""]


def test_a_bag_without_pictures_has_none(tmp_path) -> None:
    assert recorded_pictures(bag(tmp_path / "bag", []), START_NS) is None


@pytest.mark.parametrize(("raws", "jpegs", "seen"), [(3, 3, "red"), (2, 3, "green"), (3, 2, "red")])
def test_of_raw_and_compressed_pictures_those_of_which_there_are_more_are_shown(
    tmp_path, raws: int, jpegs: int, seen: str
) -> None:
    """Once, not twice."""
    sent = [raw("/camera/image_raw", n, RED) for n in range(raws)]
    sent += [compressed("/camera/image_raw", n, GREEN) for n in range(jpegs)]
    assert set(shown(recorded_pictures(bag(tmp_path / "bag", sent), START_NS), 3)) <= {seen, ""}


def test_the_usual_camera_goes_before_one_with_more_pictures(tmp_path) -> None:
    sent = [compressed("/hall/camera/image_raw", 0, RED)]
    sent += [compressed("/surveillance/image_raw", n, GREEN) for n in range(4)]
    assert shown(recorded_pictures(bag(tmp_path / "bag", sent), START_NS), 2) == ["red", ""]


def test_damaged_pictures_are_set_aside_with_one_remark(tmp_path) -> None:
    whole = jpeg(plain_picture(BLUE))
    broken = [b"", whole[: len(whole) // 2], b"\xff\xd8\xff" + bytes(50)]
    sent = [compressed("/camera/image_raw", 0, RED)]
    for n, data in enumerate(broken, 1):
        message = compressed_image(START_NS + n * NANOSECONDS, data)
        sent.append(("/camera/image_raw/compressed", n, message))
    sent.append(("/camera/image_raw/compressed", 4, sent[0][2][:-20]))  # no whole message
    sent.append(compressed("/camera/image_raw", 5, GREEN))
    pictures = recorded_pictures(bag(tmp_path / "bag", sent), START_NS)
    assert shown(pictures, 6) == ["red", "red", "red", "red", "", "green"]
    [remark] = pictures.remarks
    assert remark.startswith("4 pictures of /camera/image_raw/compressed set aside: ")


def test_an_unknown_encoding_is_a_remark_and_not_the_end(tmp_path) -> None:
    odd = raw_image(START_NS, plain_picture(RED), "lightfield")
    pictures = recorded_pictures(bag(tmp_path / "bag", [("/x", 0, odd)]), START_NS)
    assert shown(pictures, 1) == ["black"]
    assert "1 picture of /x set aside: encoding 'lightfield'" in pictures.remarks[0]


@pytest.mark.parametrize("stamp_ns", [0, 2_145_000_000 * NANOSECONDS])
def test_a_camera_without_a_clock_is_shown_when_its_pictures_arrived(tmp_path, stamp_ns) -> None:
    name = "/camera/image_raw/compressed"
    first = name, 1, compressed_image(stamp_ns, jpeg(plain_picture(RED)))
    pictures = bag(tmp_path / "bag", [first, compressed("/camera/image_raw", 2, GREEN)])
    assert shown(recorded_pictures(pictures, START_NS), 3) == ["", "red", "green"]


@pytest.mark.parametrize("count", [50, pytest.param(2_000, marks=pytest.mark.proof)])
def test_no_damage_of_a_jpeg_stops_the_film(tmp_path, count: int) -> None:
    whole = jpeg(plain_picture(RED, (64, 48)))
    name, sent = "/camera/image_raw/compressed", []
    for n, data in enumerate(m.data for m in mutate(whole, count)):
        sent.append((name, n, compressed_image(START_NS + n * NANOSECONDS, data)))
    sent.append(compressed("/camera/image_raw", count, GREEN))
    found = shown(recorded_pictures(bag(tmp_path / "bag", sent), START_NS), count + 1)
    assert found[-1] == "green"
