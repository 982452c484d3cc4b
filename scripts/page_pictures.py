# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write pictures of every section of the page, light and dark, on a laptop and on a phone.

    .venv/bin/python scripts/page_pictures.py FOLDER [SECTION ..]
    .venv/bin/python scripts/page_pictures.py docs/pictures --docs

They are SECTION-WIDTH-light.png and SECTION-WIDTH-dark.png, to be looked at, and all of a section
side by side in SECTION.png. Chromium and
chromedriver are needed. Each figure first plays a little, so that there is something to see.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from PIL import Image

from descant.page.assembly import page
from descant.page.data import page_data
from support.browser import CAMERA, WEBGL, Browser, chromium

SECTIONS = ("note", "cubic", "knot", "distortions", "piece", "night")
WIDTHS = (1280, 390)
SOUND = "--autoplay-policy=no-user-gesture-required"
PLAY = {
    "note": "[...document.querySelectorAll('#note button.hold')].forEach((b) => b.click());",
    "cubic": "const step = [...document.querySelectorAll('#cubic button')].find((b) =>"
    " b.textContent.startsWith('Step')); for (let i = 0; i < 5; i += 1) step.click();",
    "knot": "const step = [...document.querySelectorAll('#knot button')].find((b) =>"
    " b.textContent.startsWith('Step')); for (let i = 0; i < 12; i += 1) step.click();",
    "piece": "return [...document.querySelectorAll('#piece button')].find((b) =>"
    " b.textContent === 'Play the performance');",
}
"""Section -> what is pressed before its picture is taken, or the button that a visitor presses."""
DOCS = {
    "note": ("#note [data-figure=chord]", False),
    "cubic": ("#cubic [data-figure]", True),
    "distortions": ("#distortions [data-figure]", False),
    "night": ("#night [data-figure]", True),
}
"""Picture of the documentation -> its element, and whether the page is dark."""
SHEET_SCALE = 0.33
GAP = 16  # px between the pictures of a sheet
SETTLE = 2.5  # s that a figure plays; software draws slowly


def take(browser: Browser, section: str, path: Path) -> None:
    """Scroll to each figure of a section, play, and take the whole section."""
    browser.run(f"document.querySelector('#{section} [data-figure]').scrollIntoView()")
    browser.wait_for(f"document.querySelector('#{section} canvas')", 30)
    browser.settle()
    count = browser.run(f"return document.querySelectorAll('#{section} canvas').length")
    for number in range(count):
        browser.run(
            f"document.querySelectorAll('#{section} canvas')[{number}]"
            ".scrollIntoView({block: 'center', behavior: 'instant'})"
        )
        browser.settle()
    browser.run(f"document.querySelector('#{section} [data-figure]').scrollIntoView()")
    if button := browser.run(PLAY.get(section, "")):
        button.click()
    time.sleep(SETTLE)
    browser.picture(f"#{section}", path)


def sheet(folder: Path, section: str) -> None:
    """Put the pictures of a section side by side into SECTION.png, smaller."""
    tiles = []
    for width in WIDTHS:
        for shade in ("light", "dark"):
            with Image.open(folder / f"{section}-{width}-{shade}.png") as whole:
                size = [round(side * SHEET_SCALE) for side in whole.size]
                tiles.append(whole.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    across = sum(tile.width for tile in tiles) + GAP * (len(tiles) - 1)
    made = Image.new("RGB", (across, max(tile.height for tile in tiles)), "#808080")
    left = 0
    for tile in tiles:
        made.paste(tile, (left, 0))
        left += tile.width + GAP
    made.quantize(256, method=Image.Quantize.MEDIANCUT).save(folder / f"{section}.png")


def take_docs(browser: Browser, file: Path, folder: Path) -> None:
    """Take page-NAME.png for the documentation, in at most 256 colours."""
    for name, (selector, dark) in DOCS.items():
        browser.show(file, width=1280, dark=dark)
        path = folder / f"page-{name}.png"
        take(browser, name, path)
        browser.picture(selector, path)
        with Image.open(path) as whole:
            whole.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT).save(path)


def main() -> None:
    """Take every picture that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sections", nargs="*", default=SECTIONS)
    parser.add_argument("--docs", action="store_true", help="take those of the documentation")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "page.html"
        file.write_text(page(page_data()), encoding="utf-8")
        with chromium(Path(scratch) / "profile", *WEBGL, *CAMERA, SOUND) as browser:
            if asked.docs:
                take_docs(browser, file, asked.folder)
            for width in () if asked.docs else WIDTHS:
                for dark in (False, True):
                    name = f"{width}-{'dark' if dark else 'light'}.png"
                    browser.show(file, width=width, dark=dark)
                    browser.picture("header", asked.folder / f"head-{name}")
                    for section in asked.sections:
                        take(browser, section, asked.folder / f"{section}-{name}")
            for section in () if asked.docs else asked.sections:
                sheet(asked.folder, section)
            for message in browser.complaints():
                print(message)


if __name__ == "__main__":
    main()
