# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Variants over several processes: the same numbers, in the same order, and no process left."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, fields
from multiprocessing import resource_tracker

import psutil
import pytest

from descant.conductor.settings import ConductorSettings
from descant.dissonance.sampled_notes import RATE
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.performance.rerun import Overrides
from descant.programme.reading import load_programme
from descant.synth.settings import SynthSettings
from descant.types import State
from descant.whatif.grid import Variant, parse_grid
from descant.whatif.measures import VariantMeasurer
from descant.whatif.parallel import measure_all
from descant.whatif.performance_source import SECTIONS, MidiPerformance, midi_performance
from support.notes import strokes

pytestmark = pytest.mark.slow

MELODY = tuple(strokes([36, *range(60, 72), 40, *range(72, 60, -1)]))
SETS = ["learner.learning_rate=0.01:1:log5", "learner.optimiser=descent,adam", "a4=440,442"]


@pytest.fixture(autouse=True, scope="module")
def no_tracker() -> Iterator[None]:
    """multiprocessing's own helper would live as long as this process: no worker, but a child."""
    yield
    gc.collect()  # it looks after semaphores that are garbage by now
    resource_tracker._resource_tracker._stop()


def source() -> MidiPerformance:
    return midi_performance(
        MELODY, LearnerSettings(), SynthSettings(), ConductorSettings(), load_programme("paper")
    )


def variants() -> list[Variant]:
    return list(parse_grid(SETS, SECTIONS))


def children() -> set[int]:
    return {
        child.pid for child in psutil.Process().children() if "spawn_main" in str(child.cmdline())
    }


def test_the_results_are_the_same_whatever_the_number_of_processes() -> None:
    """And in the order of the grid, each as that variant alone."""
    before = children()
    measurer = VariantMeasurer(source())
    expected = [measurer.measure(variant) for variant in variants()]
    for jobs in (1, 2, 3):
        done: list[int] = []
        found = measure_all(source(), variants(), jobs=jobs, rate=RATE, progress=done.append)
        assert found == expected
        assert sum(done) == 20
    assert children() <= before
    assert len({one.mean_loss for one in found}) == 10  # a4 changes the sound only
    assert len({one.mean_dissonance for one in found}) == 20


def test_the_cache_of_dissonances_does_not_change_a_result() -> None:
    """More overrides of the synthesiser than are cached, there and back again."""
    grid = list(parse_grid(["synth.a4=430:450:lin11"], SECTIONS))
    measurer = VariantMeasurer(source())
    there = [measurer.measure(variant) for variant in grid]
    assert [measurer.measure(variant) for variant in reversed(grid)] == there[::-1]


@dataclass(frozen=True, kw_only=True)
class Refusing(MidiPerformance):
    """A source that cannot be learned with seed 13."""

    def states(self, overrides: Overrides) -> list[State]:
        if overrides.get("seed") == 13:
            raise UserError("not with that seed")
        return super().states(overrides)


def test_an_error_in_a_worker_comes_out_here_and_ends_the_others() -> None:
    plain = source()
    refusing = Refusing(**{f.name: getattr(plain, f.name) for f in fields(plain)})
    seeds = list(parse_grid(["seed=1:40:lin40"], SECTIONS))
    before = children()
    with pytest.raises(UserError, match="not with that seed"):
        measure_all(refusing, seeds, jobs=2, rate=RATE, progress=lambda _: None)
    assert children() <= before


def test_an_interrupt_here_ends_the_workers() -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    before = children()
    with pytest.raises(KeyboardInterrupt):
        measure_all(source(), variants() * 50, jobs=2, rate=RATE, progress=interrupt)
    assert children() <= before
