"""Camera pictures of every encoding, as RGBA."""

from array import array

import numpy as np
import pytest

from descant.stage.image_conversion import ENCODINGS, to_rgba

RED, GREEN, BLUE = 10, 20, 30


@pytest.mark.parametrize(
    ("encoding", "pixel", "expected"),
    [
        ("rgb8", [RED, GREEN, BLUE], [RED, GREEN, BLUE, 255]),
        ("bgr8", [BLUE, GREEN, RED], [RED, GREEN, BLUE, 255]),
        ("rgba8", [RED, GREEN, BLUE, 7], [RED, GREEN, BLUE, 7]),
        ("bgra8", [BLUE, GREEN, RED, 7], [RED, GREEN, BLUE, 7]),
        ("mono8", [RED], [RED, RED, RED, 255]),
    ],
)
def test_every_encoding_comes_out_as_rgba(
    encoding: str, pixel: list[int], expected: list[int]
) -> None:
    padding = [99, 99, 99]
    data = array("B", (pixel * 2 + padding) * 3)
    pixels = to_rgba(data, 2, 3, 2 * len(pixel) + 3, encoding)
    assert pixels.shape == (3, 2, 4)
    assert np.array_equal(pixels, np.broadcast_to(np.array(expected, np.uint8), (3, 2, 4)))


def test_the_tables_encodings_are_all_tested() -> None:
    assert sorted(ENCODINGS) == ["bgr8", "bgra8", "mono8", "rgb8", "rgba8"]


def test_an_encoding_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="encoding 'yuv422'; known: rgb8, bgr8"):
        to_rgba(b"\0" * 12, 2, 2, 6, "yuv422")


def test_too_little_data_is_refused() -> None:
    with pytest.raises(ValueError, match="11 bytes in rows of 6 are too few for 2 x 2 bgr8"):
        to_rgba(b"\0" * 11, 2, 2, 6, "bgr8")
