# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every launch file, run by the project's launcher, against the expectations of `shows`."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from descant.child_process import OWN_GROUP
from support.graph import domain_id, graph_environment
from support.node import listener
from support.shows import SHOWS, Audience, checks_shutdown

pytestmark = pytest.mark.graph
STOP_TIMEOUT_S = 40.0
EXIT = re.compile(
    r"^\[launch\] (\w+)-\d+ (ended|failed with status \d+|was ended by \w+)", re.MULTILINE
)


# Their launch files differ from those of parts 1 and 4 by a number; tests/launcher/golden has what
# becomes of them.
PROOF = ("part2", "part3")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.proof] * (n in PROOF)) for n in SHOWS]
)
def test_a_launch_file_does_what_it_must(name: str, tmp_path: Path) -> None:
    show, domain = SHOWS[name], domain_id()
    words = [f"{key}:={value}" for key, value in show.arguments(tmp_path).items()]
    log = tmp_path / "log.txt"
    with listener(domain) as ears, log.open("wb") as output:
        audience = Audience(ears, show)
        launcher = subprocess.Popen(
            [sys.executable, "-m", "descant.cli", "launch", name, *words],
            env=graph_environment(domain), stdout=output, stderr=subprocess.STDOUT,
            **OWN_GROUP,
        )  # fmt: skip
        try:
            audience.sees_it_through()
            audience.checks()
        finally:
            os.kill(launcher.pid, signal.SIGINT)
            status = launcher.wait(STOP_TIMEOUT_S)
    text = log.read_text(errors="replace")
    assert status == 0, text
    checks_shutdown(
        show, {n: 0 if how == "ended" else 1 for n, how in EXIT.findall(text)}, text, tmp_path
    )
