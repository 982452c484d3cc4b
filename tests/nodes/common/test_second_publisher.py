# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A second piano or learner is announced, once; one that was started again is none."""

from contextlib import ExitStack

import pytest

from descant import topics
from support.graph import domain_id
from support.node import NodeProcess, listener, node

pytestmark = pytest.mark.graph

PIANO = {"source": "port:no such port"}


def test_both_of_two_shows_announce_the_other() -> None:
    """A second piano and a second learner in one namespace; those in another are none."""
    domain, hall = domain_id(), ("-r", "__ns:=/hall_a")
    with ExitStack() as stack:

        def start(name: str, *arguments: str) -> NodeProcess:
            given = PIANO if name == "piano" else {}
            return stack.enter_context(node(name, domain, given, *(arguments or hall)))

        shows = [[start(name) for name in ("conductor", "learner", "piano")] for _ in range(2)]
        elsewhere = [start(name, "-r", "__ns:=/") for name in ("conductor", "learner", "piano")]
        for conductor, learner, _ in shows:
            learner.says(
                "several nodes publish /hall_a/piano_state (/hall_a/piano, /hall_a/piano): the "
                "notes of all pianos are learned; is another show running in this namespace?"
            )
            conductor.says(
                "several nodes publish /hall_a/learner_settings (/hall_a/learner, /hall_a/learner)"
                ": synth and stage follow all learners by turns; is another show running"
            )
        for show, told in ((shows[0], 1), (shows[1], 1), (elsewhere, 0)):
            for each in show[:2]:
                assert each.stop() == 0
                assert each.output().count("several nodes publish") == told


@pytest.mark.proof
def test_a_piano_that_is_killed_and_started_again_is_not_announced() -> None:
    domain = domain_id()
    with node("learner", domain) as learner, listener(domain) as ears:
        for _ in range(2):
            with node("piano", domain, PIANO) as piano:
                states = ears.collect(topics.PIANO_STATE)
                ears.wait(lambda states=states: len(states) > 4, "two seconds of its state")
                piano.kill()
        with node("piano", domain, PIANO):
            states = ears.collect(topics.PIANO_STATE)
            ears.wait(lambda: len(states) > 14, "seven seconds of its state")
        assert learner.stop() == 0
        assert "several nodes publish" not in learner.output()
