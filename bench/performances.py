# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The music that is measured with: real performances where there are any.

They are looked for in DESCANT_MIDI, or ../shared/midi beside the checkout; in place of one that is
not there the bundled performance is played, and its name stands with the figures.
"""

from __future__ import annotations

import os
from pathlib import Path

from descant.resources import resource

FOLDER = Path(os.environ.get("DESCANT_MIDI", Path(__file__).parents[2] / "shared" / "midi"))


def performance(name: str) -> Path:
    """The MIDI file of a performance, `name` without its ending."""
    real = FOLDER / f"{name}.mid"
    return real if real.is_file() else Path(resource("midi", "performance.mid"))
