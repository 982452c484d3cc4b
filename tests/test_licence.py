# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every source file says at its head whose it is, and under which licence."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from support.checkout import ROOT, tracked_files

SUFFIXES = {
    ".c", ".css", ".frag", ".html", ".js", ".msg", ".py", ".sh", ".srv", ".vert", ".xml", ".yaml",
    ".yml",
}  # fmt: skip
NAMES = {"CMakeLists.txt", "Dockerfile", "Makefile", "executable.in", "run"}
# What tests compare or count lines in, what a user copies, and what has its licence in a field.
WITHOUT = ("tests/launcher/", "tests/recordings/", "docs/examples/", "package.xml")
HEAD = re.compile(
    r"(#!.*\n\n|<!doctype html>\n|<\?xml .*\n)*"
    r"(#|//|/\*|<!--) Copyright \d{4} Descant maintainers\n"
    r"(#|//|  |    ) SPDX-License-Identifier: Apache-2\.0( \*/| -->)?\n",
    re.IGNORECASE,
)


def source_files() -> list[str]:
    """Return the names of the tracked files that a licence header belongs into."""
    paths = [PurePosixPath(name) for name in tracked_files()]
    return [
        str(path)
        for path in paths
        if (path.suffix in SUFFIXES or path.name in NAMES)
        and (path.suffix == ".py" or not str(path).startswith(WITHOUT))
    ]


def without_header() -> list[str]:
    """Return those of the source files that have no header, but for empty ones."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in source_files()}
    return [name for name, text in texts.items() if text and not HEAD.match(text)]


def test_every_source_file_has_a_licence_header() -> None:
    assert without_header() == []
