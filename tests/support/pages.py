# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The pages of the documentation, for the tests of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    """A page's path, for messages and test names."""
    return str(page.relative_to(ROOT))


def text(page: str) -> str:
    """What a page says, by its path."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [body for kind, body in FENCE.findall(text(page)) if kind == language]


def table(page: str, mark: str) -> list[list[str]]:
    """The cells of the table that `<!-- checked: MARK -->` marks, without its heading."""
    [found] = re.findall(rf"<!-- checked: {mark} -->\n((?:\|.*\n)+)", text(page))
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in found.splitlines()[2:]]


def shell_lines(page: Path) -> Iterator[str]:
    """Every command of a page's shell blocks: prompts, comments and explanations left out."""
    for kind, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind in ("", "bash", "sh"):
            for line in body.replace("\\\n", " ").splitlines():
                yield re.split(r"\s+#|\s{3,}", re.sub(r"^\w+\$\s+", "", line))[0].strip()
