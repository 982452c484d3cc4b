# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The states have the same bits whatever cosines, sums and vectors the machine has.

The C library and NumPy choose their code by the processor. Here both are told that it has less than
it has, each in a process of its own. tests/support/state_hash.py says what is played.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.state_hash import GOLDEN, as_text, golden

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
OLD_PROCESSOR = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"}
DISPATCHED = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*[name for name in __cpu_dispatch__ if __cpu_features__.get(name)])
"""


def python(*arguments: str, **environment: str) -> str:
    """What a Python of its own prints."""
    command = [sys.executable, *arguments]
    run = subprocess.run(
        command, cwd=TESTS, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


def differing(found: dict[str, str]) -> list[str]:
    """The performances whose states are not the golden ones."""
    performances = json.loads(GOLDEN.read_text(encoding="utf-8"))["performances"]
    assert found.keys() == performances.keys()
    return [name for name, row in performances.items() if row["hash"] != found[name]]


def test_the_golden_states_are_those_of_this_version() -> None:
    """If the learner was meant to change: `python -m support.state_hash --write` in tests/."""
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == json.loads(as_text(golden()))


@pytest.mark.parametrize("library", [{}, OLD_PROCESSOR], ids=["", "old glibc"])
@pytest.mark.parametrize("vectors", [True, False], ids=["", "plain NumPy"])
def test_another_processor_gives_the_same_states(library: dict[str, str], vectors: bool) -> None:
    features = "" if vectors else python("-c", DISPATCHED).strip()
    numpy = {"NPY_DISABLE_CPU_FEATURES": features} if features else {}
    found = python("-m", "support.state_hash", **library, **numpy)
    assert differing(json.loads(found)) == []
