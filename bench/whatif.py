# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A grid of variants over the cores, beside the same variants one by one in the same run.

    python bench/whatif.py [PERFORMANCE.mid] [--seconds 300] [--variants 1000] [--alone 40]

The grid is learning rates times seeds times optimisers over the performance's first minutes, by the
rules of part 1. One by one, each variant is what `descant whatif` computes for itself alone: what
variants have in common is found anew for each. `--alone` so many variants of the grid, evenly
chosen, are measured so, and their time is scaled up. Scaling: the whole grid by 1 and by 2
processes; memory is the peak of all processes together, sampled.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import click
import psutil
from performances import performance
from results import Row, show

from descant.conductor.settings import ConductorSettings
from descant.dissonance.sampled_notes import RATE
from descant.learner.settings import LearnerSettings
from descant.piano.midifile import load
from descant.programme.reading import load_programme
from descant.synth.settings import SynthSettings
from descant.types import State
from descant.whatif.grid import Variant, parse_grid
from descant.whatif.measures import Measures, VariantMeasurer
from descant.whatif.parallel import measure_all
from descant.whatif.performance_source import SECTIONS, MidiPerformance, midi_performance

EVERY_S = 0.2


def source(path: Path, seconds: float, part: int) -> MidiPerformance:
    """The first `seconds` of a performance."""
    events = tuple(e for e in load(path).events() if e.time_ns <= seconds * 1e9)
    rules = ConductorSettings(part=part, presses=0)
    programme = load_programme("paper")
    return midi_performance(events, LearnerSettings(), SynthSettings(), rules, programme)


def grid(count: int) -> list[Variant]:
    """About `count` variants: ten rates, two optimisers, seeds."""
    seeds = max(2, count // 20)
    texts = [
        f"learner.seed=1:{seeds}:lin{seeds}",
        "learner.learning_rate=0.005:0.5:log10",
        "learner.optimiser=descent,momentum",
    ]
    return list(parse_grid(texts, SECTIONS))


class Memory(threading.Thread):
    """Watches how much memory this process and its children have together (PSS, in MiB)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._over.wait(EVERY_S):
            self.peak = max(self.peak, self._now())

    def stop(self) -> float:
        """The peak."""
        self._over.set()
        self.join()
        return max(self.peak, self._now())

    def _now(self) -> float:
        total = 0.0
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            try:
                total += process.memory_full_info().pss / 2**20
            except psutil.Error:
                continue
        return total


def timed(
    played: MidiPerformance, variants: list[Variant], jobs: int
) -> tuple[list[Measures], float, float]:
    """The measures, seconds and MiB of the whole grid by so many processes."""
    memory = Memory()
    memory.start()
    start = time.perf_counter()
    found = measure_all(played, variants, jobs=jobs, rate=RATE, progress=lambda _: None)
    return found, time.perf_counter() - start, memory.stop()


def one_by_one(played: MidiPerformance, variants: list[Variant]) -> tuple[list[Measures], float]:
    """Each variant alone, as if it were the only one, in one process."""
    start = time.perf_counter()
    found = [VariantMeasurer(played).measure(variant) for variant in variants]
    return found, time.perf_counter() - start


def shares(played: MidiPerformance, variants: list[Variant]) -> None:
    """Where the time of one variant goes."""
    measurer = VariantMeasurer(played)
    measurer.measure({})
    learning = measuring_time = 0.0
    for variant in variants:
        start = time.perf_counter()
        changes = {name.partition(".")[2]: value for name, value in variant.items()}
        states: list[State] = played.states(changes)
        middle = time.perf_counter()
        measurer.measure_states(states, {})
        learning += middle - start
        measuring_time += time.perf_counter() - middle
    count = len(variants)
    click.echo(
        f"one variant: learning {learning / count * 1e3:.1f} ms, "
        f"measuring (dissonance included) {measuring_time / count * 1e3:.1f} ms"
    )


def compared(played: MidiPerformance, variants: list[Variant], step: int) -> list[Row]:
    """Each `step`-th variant one by one, then all by one process and by two."""
    some = variants[::step]
    single, alone_s = one_by_one(played, some)
    alone_s *= len(variants) / len(some)
    one, one_s, one_mib = timed(played, variants, 1)
    two, two_s, two_mib = timed(played, variants, 2)
    same = sum(a == b for a, b in zip(one, two, strict=True))
    same_alone = sum(a == b for a, b in zip(one[::step], single, strict=True))
    every, beside = "all variants", "one by one, scaled"
    return [
        Row("grid, 1 process", one_s, beside, alone_s, "s", 1.0),
        Row("grid, 2 processes", two_s, beside, alone_s, "s", 0.6),
        Row("grid, 2 processes", two_s, "grid, 1 process", one_s, "s", 0.55),
        Row("memory, 2 processes", two_mib, "1 process", one_mib, "MiB"),
        Row("identical by 1 and 2 processes", same, every, len(one), "variants", 1.0,
            more_is_better=True),
        Row("identical one by one", same_alone, "those one by one", len(some), "variants", 1.0,
            more_is_better=True),
    ]  # fmt: skip


@click.command()
@click.argument(
    "path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=lambda: performance("liszt-sonata"),
    metavar="[PERFORMANCE.mid]",
)
@click.option("--seconds", default=300.0, show_default=True)
@click.option("--variants", "count", default=1_000, show_default=True)
@click.option("--alone", default=40, show_default=True)
@click.option("--part", type=click.IntRange(min=1), default=1, show_default=True)
def main(path: Path, seconds: float, count: int, alone: int, part: int) -> None:
    """Measure and print."""
    played, variants = source(path, seconds, part), grid(count)
    step = max(1, len(variants) // alone)
    some = variants[::step]
    length = f"{played.end_ns / 1e9:.0f} s, {len(played.events):,} events"
    how = f"{len(variants):,} variants of {path.stem}, {length}, {len(some)} of them one by one"
    click.echo(how)
    shares(played, some)
    show("A grid of variants", compared(played, variants, step), how)


if __name__ == "__main__":
    main()
