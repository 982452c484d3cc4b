"""Live recordings of parts 1 to 4, made while the machine is busy, are recomputed to the bit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from descant.learner.recompute import verify
from support.graph import domain_id
from support.performances import performance
from support.replaying import performed

pytestmark = [pytest.mark.graph, pytest.mark.timeout(300)]
DESCANT = Path(sys.executable).with_name("descant")
SPEED = 4.0  # the whole file in some eleven seconds
BUSY = "while True: pass"


@pytest.fixture
def busy() -> Any:
    """Two processes that count, for the length of a test."""
    children = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(2)]
    yield
    for child in children:
        child.kill()
        child.wait()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("part", [1, 2, 3, 4])
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
