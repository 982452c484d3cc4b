# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The states of five performances are to the bit those of version 0.1, before parts became data.

The hashes are over every field of every state, in order. Cubics alone: the cosines of those
knots differ in the last bit from processor to processor.
"""

from __future__ import annotations

import pytest

from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.piano.midifile import load
from descant.types import State
from support.parts import conductor
from support.performances import performance
from support.state_hash import sha256
from support.strategies import profile

pytestmark = pytest.mark.slow

PART_1 = {
    "bach-prelude-860": "fa9b577d389758b2af7089a7d255ab620817d7b34a12cfbd6baa44965b00f1d0",
    "bach-prelude-866": "4c2058e48ed0cbf50a6d30baf4538e25709513b189afdc4a7d4542c6ec21063e",
    "liszt-etude-1": "95634325e53a285fe923df3c851f13f864961367661e64557f2906da5b91e89f",
    "liszt-sonata": "f82cb880fe55eec098f44c5a9ac2f2c1814959430d48c07df0427bf1e1f711b6",
    "schubert-impromptu-90-3": "365216c377fe8f5603862b4282e5d3082fbf9961d981777b69f82f23e1dd6c4a",
}
# Number of states, of cubics among them, and the hash of the cubics'.
ORIGINAL = {
    "bach-prelude-860": (
        2830, 746, "7c816f19a37a98b284b443341d5e5f51d1bc2e0a6cdfbd9f62eb5bb161fea764"
    ),
    "bach-prelude-866": (
        3629, 1265, "61549c268b62b6df58f30e701cc616344ac4120842133a2c1e751ca63c882e20"
    ),
    "liszt-etude-1": (
        2560, 2560, "4e2846c809a6f78af60032c1753dc9069238a498bea8ce42049024334a87c399"
    ),
    "schubert-impromptu-90-3": (
        16702, 9858, "406a68b04111969f1390d81f75be2711a53fe817f13a753cba03f801dbe93444"
    ),
}  # fmt: skip


OLD = LearnerSettings(arithmetic=1)


@pytest.mark.parametrize("name", PART_1)
def test_part_1_has_the_same_states(name: str) -> None:
    outputs = perform(load(performance(name)).events(), OLD)
    assert sha256(o for o in outputs if isinstance(o, State)) == PART_1[name]


@pytest.mark.parametrize("number", [1, 4])
def test_a_part_of_cubics_in_the_programme_has_the_same_states(number: int) -> None:
    """No soft pedal in it is the gesture, so the whole performance is in the first part."""
    outputs = perform(load(performance("bach-prelude-866")).events(), OLD, conductor(part=number))
    states = [o for o in outputs if isinstance(o, State)]
    assert sha256(states) == PART_1["bach-prelude-866"]


@pytest.mark.parametrize("name", ORIGINAL)
def test_all_parts_of_the_2021_program_have_the_same_states(name: str) -> None:
    learner = OLD.replace(**profile("original")["learner"])
    played = conductor("original", **profile("original")["conductor"])
    outputs = perform(load(performance(name)).events(), learner, played)
    states = [o for o in outputs if isinstance(o, State)]
    cubics = [state for state in states if state.family == "cubic"]
    assert (len(states), len(cubics), sha256(cubics)) == ORIGINAL[name]
