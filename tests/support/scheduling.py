"""Which tests may run at the same time.

xdist's own groups are not used: with pytest 9.2 version 3.8 passes them over without a word (it
writes them to `_nodeid`, which nobody reads any more).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[2]


class SharedOnOneWorker(LoadScopeScheduling):
    """Each module stays on one worker; those with tests of JACK share one, those of the page too.

    Two JACK clients of one name that connect at the same moment break each other, even on two
    servers: their sockets have one path. The tests of the page share one browser and one page.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # by number of tests: the longest are few
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if module.startswith("tests/page/"):
            return "page"
        return "jack" if "pytest.mark.jack" in (ROOT / module).read_text("utf-8") else module


LONGEST_FIRST = ("jack", "graph", "slow")
"""Marks of the modules that the workers begin with, so that none is left with one at the end."""


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Order tests by the marks of their modules; within a module as they are written."""
    ranks: dict[Path, int] = {}
    for item in items:
        marks = [n for n, mark in enumerate(LONGEST_FIRST) if item.get_closest_marker(mark)]
        rank = 0 if "page" in item.path.parts else min(marks, default=len(LONGEST_FIRST))
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    return sorted(items, key=lambda item: ranks[item.path])
