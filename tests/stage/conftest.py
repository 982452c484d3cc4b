# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A canvas on the software renderer for all tests of the stage, and golden pictures.

After a change that was meant, write the pictures anew and look at them:
DESCANT_GOLDEN=write pytest tests/stage
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from descant.stage.canvas import read_back
from descant.stage.frame import Frame
from descant.stage.offscreen import Offscreen
from descant.stage.renderer import Renderer
from support.staging import offscreen

GOLDEN = Path(__file__).parent / "golden"
SIZE = (640, 360)
TOLERANCE_MEAN = 0.5
"""Levels of 255, over the whole picture: what another release of Mesa may round differently."""
TOLERANCE_PIXELS = 0.002
"""Share of pixels that may differ by more than `PIXEL` levels: soft edges of lines."""
PIXEL = 24

Pixels = NDArray[np.uint8]
Draw = Callable[..., Pixels]


@pytest.fixture(scope="session")
def canvas() -> Iterator[Offscreen]:
    """640 x 360 pixels in memory; skips where OpenGL cannot be had without a display."""
    with offscreen(*SIZE) as made:
        yield made


@pytest.fixture
def draw(canvas: Offscreen) -> Draw:
    """draw(frame, picture=None, distort_on='auto', text=()) -> (360, 640, 3) RGB."""

    def drawn(
        frame: Frame,
        picture: Pixels | None = None,
        distort_on: str = "auto",
        text: tuple[str, ...] = (),
    ) -> Pixels:
        canvas.make_current()  # a test before may have had a canvas of its own
        renderer = Renderer(distort_on)
        if picture is not None:
            renderer.take_picture(picture)
        renderer.draw(frame, SIZE, text)
        canvas.show()
        return read_back(SIZE)[..., :3].copy()

    return drawn


@pytest.fixture
def compare() -> Callable[[Pixels, str], None]:
    """Compare a picture with the golden one of that name; leaves the difference on failure."""

    def check(pixels: Pixels, name: str) -> None:
        path = GOLDEN / f"{name}.png"
        if os.environ.get("DESCANT_GOLDEN") == "write":
            cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        golden = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        difference = np.abs(pixels.astype(int) - golden.astype(int))
        mean, wrong = difference.mean(), (difference.max(axis=2) > PIXEL).mean()
        if mean > TOLERANCE_MEAN or wrong > TOLERANCE_PIXELS:
            pytest.fail(
                f"{name}: {mean:.2f} levels off on average (at most {TOLERANCE_MEAN}), "
                f"{wrong:.2%} of the pixels by more than {PIXEL} "
                f"(at most {TOLERANCE_PIXELS:.2%}); see {_leave(name, path, pixels, difference)}"
            )

    return check


def _leave(name: str, golden: Path, pixels: Pixels, difference: NDArray[np.int_]) -> Path:
    """Golden, drawn and eight times their difference, in a folder that stays."""
    folder = Path(tempfile.mkdtemp(prefix=f"descant-golden-{name}-"))
    shutil.copy(golden, folder / "golden.png")
    cv2.imwrite(str(folder / "drawn.png"), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    amplified = np.clip(difference * 8, 0, 255).astype(np.uint8)
    cv2.imwrite(str(folder / "difference.png"), cv2.cvtColor(amplified, cv2.COLOR_RGB2BGR))
    return folder
