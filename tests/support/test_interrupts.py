# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Tests in the background of a script can interrupt what they start."""

import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, signal, subprocess, sys
from support.interrupts import let_children_be_interrupted
let_children_be_interrupted()
os.kill(os.getpid(), signal.SIGINT)
child = subprocess.Popen(["sleep", "60"])
child.send_signal(signal.SIGINT)
sys.exit(-child.wait())
"""


def test_a_child_of_ignored_interrupts_is_interrupted() -> None:
    """The tests themselves are not: they were started to run on in the background."""
    run = subprocess.run(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        check=False,
        timeout=60,
    )
    assert run.returncode == signal.SIGINT
