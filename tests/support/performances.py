# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The real Disklavier performances: test input that is read where it lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# name -> note-ons, as counted by those who publish them
NOTE_ONS = {
    "liszt-etude-1": 629,
    "bach-prelude-860": 612,
    "bach-prelude-866": 638,
    "schubert-impromptu-90-3": 2_557,
    "liszt-sonata": 16_298,
}


def performance(name: str) -> Path:
    """Path of a real performance; skips the test where the files are not at hand."""
    beside = Path(__file__).parents[3] / "shared" / "midi"
    folder = Path(os.environ.get("DESCANT_MIDI", beside))
    path = folder / f"{name}.mid"
    if not path.is_file():
        pytest.skip(f"no {path.name} in {folder} (set DESCANT_MIDI to the folder that has it)")
    return path
