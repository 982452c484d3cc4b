# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Live recordings are recomputed to the bit (all parts, under load: bench/verify.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from descant.performance.recompute import verify
from support.graph import domain_id
from support.performances import performance
from support.replaying import performed

pytestmark = [pytest.mark.proof, pytest.mark.graph, pytest.mark.timeout(300)]
DESCANT = Path(sys.executable).with_name("descant")
SPEED = 5.0  # the whole file in some ten seconds


@pytest.mark.parametrize("part", [1, 3])
def test_a_real_performance_is_recomputed_to_the_bit(tmp_path: Path, part: int) -> None:
    midi = performance("liszt-etude-1")
    piano = {"source": f"file:{midi}", "speed": SPEED}
    recording = performed(
        domain_id(), tmp_path / "bag", piano, {"part": part, "seed": 7}, {"part": part}
    )
    [verdict] = verify(recording)
    assert verdict.difference is None
    assert verdict.states > 100
    run = subprocess.run(
        [str(DESCANT), "verify", str(tmp_path / "bag")], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, f"identical ({verdict.states} states)\n")
