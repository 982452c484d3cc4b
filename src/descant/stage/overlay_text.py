# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The overlay: a few lines of text in the lower left corner."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.plain_text import plain
from descant.stage.opengl import Shader, full_screen, gl, gloo

HEIGHT = 0.030  # of a line, as a fraction of the picture's height
MARGIN = 0.02
TEXT_COLOUR = (235, 232, 222, 255)
BACKGROUND = (0, 0, 0, 130)
LONGEST = 120  # characters of a line


def typeset(lines: tuple[str, ...], screen_height: int) -> NDArray[np.uint8]:
    """The lines as a picture: (height, width, 4), premultiplied RGBA.

    A title from the network stays one line of `LONGEST` characters at most.
    """
    lines = tuple(plain(line[:LONGEST]) for line in lines)
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 -- only where the overlay is on

    size = max(10, round(HEIGHT * screen_height))
    # The basic layout engine: the other one depends on libraries of the machine.
    font = ImageFont.truetype(str(_font()), size, layout_engine=ImageFont.Layout.BASIC)
    width = max(int(font.getlength(line)) for line in lines) + size
    height = round(size * (1.35 * len(lines) + 0.7))
    image = Image.new("RGBA", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((size / 2, size * (0.35 + 1.35 * number)), line, font=font, fill=TEXT_COLOUR)
    pixels = np.asarray(image, np.float64)
    pixels[..., :3] *= pixels[..., 3:] / 255.0
    return np.rint(pixels).astype(np.uint8)


class OverlayText:
    """Draws text; typesets it again only when it has changed."""

    def __init__(self) -> None:
        self._shader = Shader("text", "text")
        self._quad = full_screen(self._shader)
        self._typeset: tuple[tuple[str, ...], int] | None = None
        self._texture: Any = None

    def draw(self, lines: tuple[str, ...], size: tuple[int, int]) -> None:
        """The lines in the lower left corner of a screen of `size` pixels."""
        if not lines:
            return
        if self._typeset != (lines, size[1]):
            self._typeset = (lines, size[1])
            if self._texture is not None:
                self._texture.delete()
            self._texture = typeset(lines, size[1]).view(gloo().Texture2D)
            gl().glPixelStorei(gl().GL_UNPACK_ALIGNMENT, 1)
            self._texture.activate()
            self._texture.deactivate()
        height, width = self._texture.shape[:2]
        left, bottom = -1.0 + 2.0 * MARGIN * size[1] / size[0], -1.0 + 2.0 * MARGIN
        self._shader.use()
        self._shader.texture("picture", 0, self._texture.handle)
        self._shader.set(
            "place", left, bottom, left + 2.0 * width / size[0], bottom + 2.0 * height / size[1]
        )
        self._quad.draw()


def _font() -> Path:
    """The font that comes with matplotlib, so that the picture is the same everywhere.

    Importing matplotlib takes half a second, and prints a warning where there is no home folder.
    """
    found = importlib.util.find_spec("matplotlib")
    folder = Path(found.origin).parent if found and found.origin else Path()
    return folder / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
