# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's core computes in a real browser, bit for bit, what Python computes."""

from __future__ import annotations

import json

import pytest

from support.page_core import PageCore, midi_file, states_of
from support.performances import NOTE_ONS
from support.random_sessions import random_session
from support.state_hash import GOLDEN as STATES

WITHOUT_CHORDS = ("bach-prelude-860", 2)
"""A performance that never strikes three keys below middle C at once, and a part that needs it."""

pytestmark = pytest.mark.slow


def test_all_golden_vectors_agree(core: PageCore) -> None:
    assert core.run("vectors") == []


def test_all_families_losses_optimisers_triggers_and_parts_have_the_same_states(
    core: PageCore,
) -> None:
    expected = json.loads(STATES.read_text(encoding="utf-8"))["performances"]
    found = core.run("states")
    assert found == {name: [row["states"], row["hash"]] for name, row in expected.items()}


@pytest.mark.parametrize(
    "tens", [0, *(pytest.param(n, marks=pytest.mark.proof) for n in range(1, 30))]
)
def test_settings_of_any_kind_give_the_same_states(core: PageCore, tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        session = random_session(seed)
        found = core.run("session", session["settings"], session["script"])
        assert found == session["found"], f"session {seed}"


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("name", NOTE_ONS)
def test_a_whole_performance_has_the_same_states(core: PageCore, name: str, part: int) -> None:
    expected = states_of(midi_file(name), part)
    found = core.run("play", f"/midi/{name}", part)
    assert (found["states"], found["hash"]) == expected
    assert found["count"] == expected[0]
    assert expected[0] > 100 or (name, part) == WITHOUT_CHORDS
