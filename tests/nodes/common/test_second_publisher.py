"""A second piano or learner is announced, once; one that was started again is none."""

import pytest

from descant import topics
from support.graph import domain_id
from support.node import listener, node

pytestmark = pytest.mark.graph

PIANO = {"source": "port:no such port"}


def test_a_second_piano_and_a_second_learner_are_announced() -> None:
    domain = domain_id()
    with (
        node("conductor", domain) as conductor,
        node("learner", domain) as learner,
        node("piano", domain, PIANO),
        node("piano", domain, PIANO),
        node("learner", domain),
    ):
        learner.says("several nodes publish /piano_state (/piano, /piano): the notes of all")
        conductor.says("several nodes publish /learner_settings (/learner, /learner): synth and")
        for each in (conductor, learner):
            assert each.stop() == 0
            assert each.output().count("several nodes publish") == 1


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
