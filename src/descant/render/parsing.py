# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parse size, frame rate and times from the command line."""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction

from descant.errors import UserError
from descant.render.outputs import OutputKind

SMALLEST, LARGEST = 64, 8192
MOST_FPS = 240
NTSC = 1001
# No exponents: Fraction would compute all digits of 1e999999999.
_FPS = re.compile(r"\d{1,9}(\.\d{0,99}|/\d{1,9})?")


def parse_size(text: str, kind: OutputKind) -> tuple[int, int]:
    """'1920x1080' -> (1920, 1080); `UserError` says what is allowed."""
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text.lower())
    if match:
        size = int(match[1]), int(match[2])
        if all(SMALLEST <= pixels <= LARGEST for pixels in size):
            if kind is OutputKind.MP4 and (size[0] % 2 or size[1] % 2):
                raise UserError(f"H.264 films have even width and height, not {text}")
            return size
    raise UserError(
        f"a size is WIDTHxHEIGHT in pixels, each {SMALLEST} to {LARGEST}, such as 1920x1080, "
        f"not '{text}'"
    )


def parse_fps(text: str) -> Fraction:
    """'60', '23.976' or '30000/1001' as frames a second; `UserError` says what is allowed."""
    fps = Fraction(0)
    if _FPS.fullmatch(text):
        with suppress(ZeroDivisionError):
            fps = Fraction(text)
    if not 1 <= fps <= MOST_FPS:
        raise UserError(
            f"frames a second are 1 to {MOST_FPS}, such as 60, 29.97 or 30000/1001, not '{text}'"
        )
    ntsc = Fraction(round(fps) * 1000, NTSC)
    return ntsc if abs(fps - ntsc) < Fraction(1, 1000) else fps.limit_denominator(NTSC)


def parse_time(text: str) -> float:
    """'75', '1:15' or '1:15.5' as seconds; `UserError` says what is allowed."""
    minutes, _, seconds = text.rpartition(":")
    if re.fullmatch(r"\d{0,9}", minutes) and re.fullmatch(r"\d{1,9}(\.\d{0,99})?", seconds):
        return 60.0 * int(minutes or 0) + float(seconds)
    raise UserError(f"a time is seconds or minutes:seconds, such as 75.5 or 1:15.5, not '{text}'")
