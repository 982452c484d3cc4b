# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags of former versions are read, and recomputed to the bit (tests/recordings/README.md).

Knots of 0.1 and 0.2 are the same to the bit on the kind of machine that recorded them.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from pathlib import Path

import pytest

from descant.bags.info import info
from descant.bags.reader import read
from descant.performance.recompute import verify

RECORDINGS = Path(__file__).parents[1] / "recordings"
_COSINES = struct.pack("<1000d", *[math.cos(0.37 * n) for n in range(1000)])
OTHER_COSINES = hashlib.sha256(_COSINES).hexdigest() != (
    "c4c56b42eccab00731aae6d46a028c68a83775d005f95a1668e1664ae811561e"
)
"""Whether the C library is another than that of the machine that recorded 0.1 and 0.2."""
_ROW = re.compile(r"^\| `([\w-]+)` \|.*\| ([\d and]+?)(?: \(.*\))? \|$", re.MULTILINE)


def state_counts() -> dict[str, list[int]]:
    """Bag ('VERSION/NAME') -> states of each learner, from the tables of the README."""
    counts = {}
    for section in (RECORDINGS / "README.md").read_text("utf-8").split("\n## ")[1:]:
        version = section.partition(":")[0]
        for name, states in _ROW.findall(section):
            counts[f"{version}/{name}"] = [int(number) for number in states.split(" and ")]
    return counts


def test_every_recording_is_in_the_readme() -> None:
    folders = {str(path.parent.relative_to(RECORDINGS)) for path in RECORDINGS.rglob("*.mcap")}
    assert folders == set(state_counts())
    assert len(folders) >= 8


@pytest.mark.parametrize("bag", state_counts())
def test_it_is_whole_and_recomputed_to_the_bit(bag: str) -> None:
    assert info(RECORDINGS / bag).damage == ()
    comparisons = verify(read(RECORDINGS / bag))
    assert [comparison.states for comparison in comparisons] == state_counts()[bag]
    for comparison in comparisons:
        difference = comparison.difference
        if difference is not None:
            assert OTHER_COSINES, difference
            assert difference.by_c_library, difference
            assert difference.apart < 1e-13
