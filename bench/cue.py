# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How long `descant cue` takes, from the command to its end, during a whole performance.

    python bench/cue.py [--times 50]

The performance of bench/restart.py, in part 4. The baseline is a command that does nothing
(`descant --version`), in the same show. Needs jackd.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click
import rclpy
from key_to_sound import jackd
from restart import Arrivals, long_file, performance, use_own_graph
from results import Row, show

DESCANT = Path(sys.executable).parent / "descant"
BETWEEN_S = 0.5
BOUND_S = 0.5


def durations(words: list[str], times: int) -> list[float]:
    """Seconds of so many commands; exits where one fails."""
    took = []
    for _ in range(times):
        time.sleep(BETWEEN_S)
        start = time.monotonic()
        subprocess.run([DESCANT, *words], check=True, stdout=subprocess.DEVNULL)
        took.append(time.monotonic() - start)
    return took


@click.command()
@click.option("--times", default=50, show_default=True, help="of each command")
def main(times: int) -> None:
    """Measure and print."""
    name = use_own_graph()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(jackd(name, 256))
        rclpy.init()
        stack.callback(rclpy.try_shutdown)
        stack.enter_context(performance(folder, long_file(folder)))
        arrivals = Arrivals()
        arrivals.wait("synth", time.monotonic())
        arrivals.close()
        durations(["cue", "part", "4"], 1)
        nothing = statistics.median(durations(["--version"], times))
        rows: list[Row] = []
        for cue in ("panic", "restart"):
            took = durations(["cue", cue], times)
            p99 = statistics.quantiles(took, n=100, method="inclusive")[98]
            for what, figure in (("median", statistics.median(took)), ("p99", p99)):
                rows.append(Row(f"{cue}, {what}", figure, "0.5 s", BOUND_S, "s", 1.0))
                rows.append(Row(f"{cue}, {what}", figure, "no cue", nothing, "s"))
    show("A cue, from Enter to its end", rows, f"{times} times each")


if __name__ == "__main__":
    main()
