# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The fonts of the page: STIX, which comes with matplotlib, reduced to the needed characters."""

from __future__ import annotations

import base64
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib

FACES = {
    "STIXGeneral.ttf": ("normal", 400),
    "STIXGeneralItalic.ttf": ("italic", 400),
    "STIXGeneralBol.ttf": ("normal", 700),
}
TEXT = (
    "".join(map(chr, [*range(0x20, 0x180), *range(0x2010, 0x2020), 0x2212, 0x2217]))
    + "θΘαβγδλμπσΔΣ∂∇…·±≤≥≈→←↔∞√♯♭●"
)


@cache
def faces() -> str:
    """The @font-face rules with the embedded fonts, about 100 kB."""
    return "\n".join(_face(name, *how) for name, how in FACES.items())


def _face(name: str, slope: str, weight: int) -> str:
    import fontTools.subset as subsetting  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 -- same

    font = TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, recalcTimestamp=False)
    options = subsetting.Options()
    options.layout_features = ["kern", "liga"]
    options.hinting = False
    options.drop_tables = [*options.drop_tables, "FFTM"]  # FontForge's time stamps
    subsetter = subsetting.Subsetter(options)
    subsetter.populate(text=TEXT)
    subsetter.subset(font)
    font.flavor = "woff"
    file = BytesIO()
    font.save(file)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return (
        f'@font-face{{font-family:"STIXGeneral";font-style:{slope};font-weight:{weight};'
        f'src:url("data:font/woff;base64,{data}") format("woff")}}'
    )
