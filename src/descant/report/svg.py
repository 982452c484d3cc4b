# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Convert a matplotlib figure to an SVG element with the page's colours and fonts."""

from __future__ import annotations

import html
import re
from io import StringIO

from matplotlib.figure import Figure

from descant.report import style

_NUMBER = re.compile(r"(?<![#\w.])-?\d+\.\d{3,}")
_IDS = re.compile(r'(\bid="|url\(#|xlink:href="#|\bhref="#)')
_NAMES = re.compile(r'xlink:href="')


def inline(figure: Figure, name: str, title: str) -> str:
    """The figure as one <svg> element that scales with its container. `name` is unique in the page,
    `title` is the label for screen readers.
    """
    with style.style():
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    found = text.getvalue()
    found = found[found.index("<svg") :]
    found = re.sub(r"<metadata>.*?</metadata>", "", found, flags=re.S)
    found = _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), found)
    found = _IDS.sub(lambda m: m[1] + name + "-", found)
    found = _NAMES.sub('href="', found)
    for role, (light, _) in style.ROLES.items():
        found = found.replace(light, f"var(--{role})")
    width, height = (float(x) for x in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', found)[0])
    head = (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{html.escape(title, quote=True)}" class="figure">'
    )
    return re.sub(r"\n\s*", "\n", re.sub(r"<svg[^>]*>", head, found, count=1))
