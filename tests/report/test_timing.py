# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Latency and jitter of the recorded messages."""

import pytest

from descant.bags.writer import BagWriter
from descant.report.bag_data import load_bag
from descant.report.timing import timings
from support.bags import NOTES, START_NS, note, time_ns, topic
from support.pictures import compressed_image, jpeg, plain_picture, raw_image

MS = 1_000_000
PIXELS = plain_picture((0, 0, 200))


@pytest.mark.parametrize(
    "base", ["/camera/image", "/hall_a/camera/image_raw", "/usb_cam/image_raw"]
)
@pytest.mark.parametrize("form", ["raw", "compressed", "both"])
def test_the_camera_is_in_it_once_by_whatever_name(tmp_path, base: str, form: str) -> None:
    writer = BagWriter(tmp_path / "b")
    writer.add_topic(NOTES)
    for number in range(5):
        writer.write("/notes", time_ns(number), time_ns(number), note(number))
    names = {
        base: ("Image", raw_image(START_NS, PIXELS)),
        f"{base}/compressed": ("CompressedImage", compressed_image(START_NS, jpeg(PIXELS))),
    }
    for name, (kind, data) in names.items():
        if form == "both" or name.endswith("compressed") == (form == "compressed"):
            writer.add_topic(topic(name, kind, "sensor_msgs"))
            for number in range(4):
                writer.write(name, START_NS + number * MS, START_NS, data)
    writer.close()
    found = {timing.name: timing for timing in timings(load_bag(writer.folder))}
    assert set(found) == {"notes", "camera"}
    assert found["camera"].latency == pytest.approx([0.0, 1.0, 2.0, 3.0])
