# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The conductor's node as a real process, and the learner that follows it."""

import time
from pathlib import Path

import pytest

from descant import topics
from descant.msg import Cue, Part
from descant.nodes.common.conversion import to_header, to_note_event, to_pedal_event
from descant.programme.reading import load_programme
from descant.types import SOFT, Note, Pedal
from support.graph import domain_id
from support.node import listener, node
from support.parts import five_parts
from support.pianist import Pianist

pytestmark = pytest.mark.graph


def part_message(number: int, start: int, time_ns: int = 0) -> Part:
    """A part of the paper's programme, as its conductor publishes it."""
    description = load_programme("paper").part(number).to_json()
    return Part(header=to_header(time_ns), part=number, start=start, description=description)


def test_pedal_and_cues_change_the_part_for_all() -> None:
    domain = domain_id()
    with listener(domain) as ears, node("conductor", domain):
        parts = ears.collect(topics.PART, topics.LATCHED)
        pedals = ears.publisher(topics.PEDALS)
        cues = ears.publisher(topics.CUE)
        ears.wait(lambda: bool(parts), "the first part")
        ears.wait(lambda: pedals.get_subscription_count() == 1, "the conductor on /pedals")
        ears.wait(lambda: cues.get_subscription_count() == 1, "the conductor on /cue")
        now = time.time_ns()
        for at_ms, value in ((0, 110), (100, 10), (200, 110), (300, 10)):
            pedals.publish(to_pedal_event(Pedal(now + at_ms * 1_000_000, SOFT, value)))
        ears.wait(lambda: len(parts) == 2, "the gesture's part")
        cues.publish(Cue(command=Cue.PART, part=4))
        ears.wait(lambda: len(parts) == 3, "the cue's part")
        cues.publish(Cue(command=Cue.PART, part=9))  # there is none
        cues.publish(Cue(command=Cue.RESTART))
        ears.wait(lambda: len(parts) == 4, "the fresh start")
    assert [(p.part, p.start, p.cause) for p in parts] == [
        (1, 0, "launch"),
        (2, 1, "soft pedal"),
        (4, 2, "cue"),
        (4, 3, "cue"),
    ]


def test_the_learner_follows_the_part_from_the_next_note_on() -> None:
    domain = domain_id()
    with listener(domain) as ears, node("learner", domain):
        states = ears.collect(topics.LEARNER_STATE)
        notes = ears.publisher(topics.NOTES)
        parts = ears.publisher(topics.PART, topics.LATCHED)
        ears.wait(lambda: notes.get_subscription_count() == 1, "the learner on /notes")
        ears.wait(lambda: parts.get_subscription_count() == 1, "the learner on /part")
        ears.wait(lambda: ears.node.count_publishers("/learner_state") == 1, "/learner_state")
        parts.publish(part_message(2, 1))
        # The two topics are not ordered between them: strike until the part has come.
        struck = 0

        def knotted() -> bool:
            nonlocal struck
            now = time.time_ns()
            for key in (40, 44, 47):
                struck += 1
                notes.publish(to_note_event(Note(now + struck, struck, True, key, 80, 80 << 7)))
            for offset in (2, 1, 0):
                up = Note(now + 50_000_000 + struck, struck - offset, False, 40, 64, 64 << 7)
                notes.publish(to_note_event(up))
            return any(s.family == "knot" for s in states)

        ears.wait(knotted, "a knot")
        [knot] = [s for s in states if s.family == "knot"][:1]
        assert len(knot.target) == 6
        assert len(knot.theta) == 3
        assert list(knot.notes) == []


def test_started_again_it_continues_with_the_part_of_the_learner() -> None:
    domain = domain_id()
    with listener(domain) as ears, node("learner", domain):
        parts = ears.collect(topics.PART)
        with node("conductor", domain) as first:
            ears.wait(lambda: len(parts) == 1, "the first part")
            cues = ears.publisher(topics.CUE)
            settings = ears.collect(topics.LEARNER_SETTINGS)
            ears.wait(lambda: cues.get_subscription_count() == 1, "the conductor on /cue")
            cues.publish(Cue(command=Cue.PART, part=3))
            ears.wait(lambda: len(parts) == 2, "part 3")
            ears.wait(
                lambda: any('"part": 3' in s.settings for s in settings), "the learner in part 3"
            )
            first.kill()
        with node("conductor", domain):
            ears.wait(lambda: len(parts) == 3, "the part of the second conductor")
    assert (parts[2].part, parts[2].start, parts[2].cause) == (3, 1, "continued")


def test_started_again_the_learner_recomputes_all_parts() -> None:
    """Knots of part 2 and a cubic of part 4 are where they were, though parts came in between."""
    domain = domain_id()
    with listener(domain) as ears:
        piano = Pianist(ears)
        parts = ears.publisher(topics.PART)
        states = ears.collect(topics.LEARNER_STATE)
        settings = ears.collect(topics.LEARNER_SETTINGS)
        now = time.time_ns()

        def play(after_ms: int, *keys: int) -> None:
            stamp = now + after_ms * 1_000_000
            piano.play(Note(stamp + key, key, True, key, 80, 80 << 7) for key in keys)

        with node("learner", domain) as first:
            ears.wait(lambda: piano.notes.get_subscription_count() == 1, "the learner on /notes")
            ears.wait(lambda: parts.get_subscription_count() == 1, "the learner on /part")
            ears.wait(lambda: ears.node.count_publishers("/learner_state") == 1, "/learner_state")
            parts.publish(part_message(2, 1, now))
            ears.wait(lambda: any('"part": 2' in s.settings for s in settings), "part 2")
            play(1, 40, 44, 47)
            ears.wait(lambda: any(s.family == "knot" for s in states), "a knot")
            parts.publish(part_message(4, 2, now + 50_000_000))
            ears.wait(lambda: any('"part": 4' in s.settings for s in settings), "part 4")
            play(60, 36, 72, 74)
            ears.wait(lambda: states[-1].step == 2 and states[-1].family == "cubic", "two steps")
            before = states[-1]
            first.kill()
        states.clear()
        with node("learner", domain) as second:
            ears.wait(lambda: bool(states), "the state it caught up with")
            second.says("caught up with 6 notes")
    again = states[0]
    assert (again.episode, again.step, again.loss) == (before.episode, 2, before.loss)
    assert list(again.theta) == list(before.theta)


def test_a_programme_of_five_parts_has_a_fifth_and_no_sixth(tmp_path: Path) -> None:
    domain, file = domain_id(), five_parts(tmp_path)
    programme = load_programme(str(file))
    with listener(domain) as ears, node("conductor", domain, {"programme": file}) as conductor:
        parts = ears.collect(topics.PART)
        cues = ears.publisher(topics.CUE)
        ears.wait(lambda: bool(parts), "the first part")
        ears.wait(lambda: cues.get_subscription_count() == 1, "the conductor on /cue")
        cues.publish(Cue(command=Cue.PART, part=5))
        ears.wait(lambda: len(parts) == 2, "part 5")
        for part in (6, 6, 0):
            cues.publish(Cue(command=Cue.PART, part=part))
        cues.publish(Cue(command=Cue.NEXT))  # after the last part none follows
        cues.publish(Cue(command=Cue.RESTART))
        ears.wait(lambda: len(parts) == 3, "the fresh start")
        assert conductor.stop() == 0
        lines = conductor.output().splitlines()
    warning = "invalid message dropped: no part 6 in the programme 'five': it has parts 1 to 5"
    [warned] = [line for line in lines if "WARN" in line]
    assert warned.endswith(f"/cue: {warning}")
    assert [line.partition("]: ")[2] for line in lines if "INFO" in line] == [
        "part 1: Cubics (launch)",
        "part 5: Finale (cue)",
        "part 5: Finale (cue)",
    ]
    assert [(p.part, p.start, p.cause) for p in parts] == [
        (1, 0, "launch"),
        (5, 1, "cue"),
        (5, 2, "cue"),
    ]
    expected = [programme.part(number).to_json() for number in (1, 5, 5)]
    assert [part.description for part in parts] == expected


def test_the_fifth_part_of_a_file_is_learned_as_it_says(tmp_path: Path) -> None:
    domain, file = domain_id(), five_parts(tmp_path)
    with (
        listener(domain) as ears,
        node("learner", domain, {"programme": file}),
        node("conductor", domain, {"programme": file}),
    ):
        parts = ears.collect(topics.PART)
        cues = ears.publisher(topics.CUE)
        settings = ears.collect(topics.LEARNER_SETTINGS)
        states = ears.collect(topics.LEARNER_STATE)
        notes = ears.publisher(topics.NOTES)
        ears.wait(lambda: notes.get_subscription_count() == 2, "both on /notes")
        ears.wait(lambda: ears.node.count_publishers("/learner_state") == 1, "/learner_state")
        ears.wait(lambda: bool(parts), "the first part")
        ears.wait(lambda: cues.get_subscription_count() == 1, "the conductor on /cue")
        cues.publish(Cue(command=Cue.PART, part=5))
        ears.wait(lambda: any('"part": 5' in s.settings for s in settings), "part 5")
        now = time.time_ns()
        for number, key in enumerate((36, 72, 74), start=1):
            notes.publish(to_note_event(Note(now + number, number, True, key, 80, 80 << 7)))
        ears.wait(lambda: len(states) == 3, "an episode and two steps")
    assert [state.step for state in states] == [0, 1, 2]
    assert {state.family for state in states} == {"harmonograph"}
    moved = [t - 0.05 * g for t, g in zip(states[0].theta, states[0].gradient, strict=True)]
    assert list(states[1].theta) == moved


def test_a_learner_in_a_part_that_the_programme_lacks_is_left_for_the_launched_part(
    tmp_path: Path,
) -> None:
    domain = domain_id()
    with (
        listener(domain) as ears,
        node("learner", domain, {"programme": five_parts(tmp_path), "part": 5}),
        node("conductor", domain, {"part": 2}) as conductor,
    ):
        parts = ears.collect(topics.PART)
        ears.wait(lambda: bool(parts), "the first part")
        conductor.says("the learner is at part 5, which the programme 'paper' does not have")
    assert [(p.part, p.start, p.cause) for p in parts] == [(2, 0, "launch")]


def test_a_part_that_the_programme_lacks_is_one_line_and_status_2() -> None:
    with node("conductor", domain_id(), {"part": 5}) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert line == "error: no part 5 in the programme 'paper': it has parts 1 to 4"
