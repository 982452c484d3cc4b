# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The learner's node as a real process: what it publishes, its parts, and how it restarts."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter

from descant import topics
from descant.decoding import from_learner_state
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.msg import LearnerState, Part
from descant.nodes.common.conversion import to_header
from descant.nodes.common.history_waits import NO_CONDUCTOR_S
from descant.programme.part_description import PartDescription
from descant.programme.reading import load_programme
from descant.types import LearningStatus, Note, State
from support.graph import domain_id
from support.node import Listener, listener, node
from support.notes import strokes
from support.parts import five_parts, part_settings
from support.pianist import Pianist

pytestmark = pytest.mark.graph
MELODY = strokes([36, *range(60, 72), 40, *range(84, 72, -1)])


def stamped_now(notes: list[Note]) -> list[Note]:
    start = time.time_ns()
    return [
        Note(start + i, n.id, n.on, n.key, n.velocity, n.velocity_14bit)
        for i, n in enumerate(notes)
    ]


class Stage:
    """A piano, a conductor and subscribers around one learner."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.states = ears.collect(topics.LEARNER_STATE)
        self.settings = ears.collect(topics.LEARNER_SETTINGS)
        self.piano = Pianist(ears)
        self.played: list[Note] = []

    def meet(self) -> None:
        """Wait until the learner is there in both directions."""
        self.ears.wait(lambda: bool(self.settings), "the learner's settings")
        self.ears.wait(
            lambda: self.piano.notes.get_subscription_count() == 1, "the learner on /notes"
        )
        self.ears.wait(
            lambda: self.ears.node.count_publishers("/learner_state") == 1, "/learner_state"
        )

    def conduct(self) -> None:
        """Be the conductor as well."""
        self.parts = self.ears.publisher(topics.PART)
        self.ears.wait(lambda: self.parts.get_subscription_count() == 1, "the learner on /part")

    def begin(self, number: int, start: int, description: str) -> LearnerSettings:
        """Begin a part; the learner's settings in it."""
        known = len(self.settings)
        self.parts.publish(
            Part(
                header=to_header(time.time_ns()), part=number, start=start, description=description
            )
        )
        self.ears.wait(lambda: len(self.settings) > known, "the settings of the part")
        return LearnerSettings.from_json(self.settings[-1].settings)

    def play(self, notes: list[Note]) -> None:
        now = stamped_now(notes)
        self.played += now
        self.piano.play(now)

    def expected(self, settings: LearnerSettings) -> list[State]:
        core = Learner(settings)
        return [o for note in self.played for o in core.take(note) if isinstance(o, State)]


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def stage(domain: int) -> Iterator[Stage]:
    with listener(domain) as ears:
        yield Stage(ears)


def said(stage: Stage, count: int) -> list[State]:
    stage.ears.wait(lambda: len(stage.states) >= count, f"{count} states")
    return [from_learner_state(m) for m in stage.states]


def test_states_on_the_wire_are_those_of_the_core_to_the_bit(domain: int, stage: Stage) -> None:
    with node("learner", domain, {"seed": 7, "learning_rate": 0.2}) as process:
        stage.meet()
        stage.play(MELODY)
        expected = stage.expected(LearnerSettings(seed=7, learning_rate=0.2))
        assert said(stage, len(expected)) == expected
        assert process.stop() == 0


def test_a_late_joiner_receives_the_episode(domain: int, stage: Stage) -> None:
    with node("learner", domain):
        stage.meet()
        stage.play(MELODY)
        said(stage, 26)
        late = stage.ears.collect(topics.EPISODE)
        stage.ears.wait(lambda: bool(late), "the latched episode")
        assert late[0].episode == 2
        assert len(late[0].x) == len(late[0].y) == 100
        assert list(late[0].parameter_names) == ["a", "b", "c", "d"]


def test_killed_and_started_again_it_continues_at_the_same_step(domain: int, stage: Stage) -> None:
    with node("learner", domain) as first:
        stage.meet()
        stage.play(MELODY[:20])
        before = said(stage, 10)[-1]
        first.kill()
    stage.states.clear()
    stage.settings.clear()
    with node("learner", domain) as second:
        stage.ears.wait(lambda: bool(stage.settings), "the new learner's settings")
        second.says("caught up with 20 notes")
        again = said(stage, 1)[0]
        assert again == before
        stage.play(MELODY[20:])
        expected = stage.expected(LearnerSettings())[10:]
        assert said(stage, 1 + len(expected))[1:] == expected


def set_parameter(stage: Stage, name: str, value: object) -> SetParameters.Response:
    client = stage.ears.node.create_client(SetParameters, "/learner/set_parameters")
    stage.ears.wait(client.service_is_ready, "the parameter service")
    request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
    future = client.call_async(request)
    stage.ears.wait(future.done, "the answer of the parameter service")
    return future.result()


def test_a_parameter_changes_while_it_runs_and_is_logged(domain: int, stage: Stage) -> None:
    with node("learner", domain):
        stage.meet()
        stage.play(MELODY[:4])
        said(stage, 2)
        assert set_parameter(stage, "learning_rate", 0.05).results[0].successful
        stage.ears.wait(lambda: len(stage.settings) == 2, "the new settings")
        assert stage.settings[1].events == 4
        assert LearnerSettings.from_json(stage.settings[1].settings).learning_rate == 0.05
        stage.play(MELODY[4:6])
        before, after = said(stage, 3)[-2:]
        moved = before.theta[0] - 0.05 * before.gradient[0]
        assert after.theta[0] == moved


def test_a_wrong_value_is_refused_with_the_reason(domain: int, stage: Stage) -> None:
    with node("learner", domain):
        stage.meet()
        for name, value, reason in (
            ("learning_rate", -1.0, "learning_rate"),  # below its range
            ("loss", "rmse", "one of mse, half_mse, mae"),  # no such loss
            ("upper_from", 20, "'bass_below' must be at most upper_from (20)"),  # would overlap
        ):
            result = set_parameter(stage, name, value).results[0]
            assert not result.successful
            assert reason in result.reason
        assert len(stage.settings) == 1


def test_a_wrong_parameter_at_the_start_is_one_line_and_status_2(domain: int) -> None:
    with node("learner", domain, {"loss": "rmse"}) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert line == (
            "error: node 'learner': parameter 'loss' must be one of mse, half_mse, mae, not 'rmse'"
        )


def test_divergence_is_announced_and_recovered_from(domain: int, stage: Stage) -> None:
    with node("learner", domain, {"learning_rate": 50.0}) as process:
        stage.meet()
        stage.play(MELODY)
        states = said(stage, 27)
        assert any(s.status == LearnerState.DIVERGED for s in states)
        assert any(s.attempt > 0 for s in states)
        process.says("diverged at step")


def test_status_numbers_are_those_of_the_message() -> None:
    for status in LearningStatus:
        assert status == getattr(LearnerState, status.name)


SLOW = PartDescription("slow", "Slow", learner={"learning_rate": 0.05, "threshold": 0.0})
PLAIN = PartDescription("plain", "Plain")


def test_the_parts_of_a_programme_file_have_their_overrides(
    domain: int, stage: Stage, tmp_path: Path
) -> None:
    """Of the file where the learner is launched, of the messages on /part from then on."""
    file = five_parts(tmp_path)
    launched = {"programme": file, "part": 2, "seed": 7, "learning_rate": 0.2}
    with node("learner", domain, launched) as process:
        stage.meet()
        stage.conduct()
        first = LearnerSettings.from_json(stage.settings[0].settings)
        assert first == part_settings(2, seed=7)  # its own learning rate, not the launched one
        fifth = stage.begin(5, 1, load_programme(str(file)).part(5).to_json())
        assert fifth == part_settings(5, str(file), seed=7, start=1)
        other = stage.begin(5, 2, SLOW.to_json())
        assert other == LearnerSettings(part=5, start=2, seed=7, learning_rate=0.05, threshold=0.0)
        stage.play(MELODY)
        expected = stage.expected(other)
        assert said(stage, len(expected)) == expected
        assert process.stop() == 0


def test_what_is_set_by_hand_lasts_unless_the_part_overrides_it(domain: int, stage: Stage) -> None:
    with node("learner", domain):
        stage.meet()
        stage.conduct()
        assert set_parameter(stage, "learning_rate", 0.7).results[0].successful
        assert stage.begin(2, 1, SLOW.to_json()).learning_rate == 0.05
        assert set_parameter(stage, "threshold", 0.5).results[0].successful
        stage.ears.wait(lambda: '"threshold": 0.5' in stage.settings[-1].settings, "the threshold")
        plain = stage.begin(3, 2, PLAIN.to_json())
        assert plain == LearnerSettings(part=3, start=2, learning_rate=0.7)
        assert stage.begin(2, 3, SLOW.to_json()).threshold == 0.0


MALFORMED = [
    ("no JSON", "a part's description is a JSON object, not 'no JSON'"),
    ('{"version": 1, "name": "\\ud800", "title": ""}', "'name' in a part's description is a text"),
    (
        '{"version": 1, "name": "", "title": "", "learner": {"\\ud800": 1}}',
        "unknown parameter '\\ud800'",
    ),
    (
        PartDescription("a", "A", learner={"x_low": 3.0}).to_json(),
        "parameter 'x_low' must be below x_high (1), not 3",
    ),
]


@pytest.mark.parametrize(("description", "reason"), MALFORMED)
def test_a_part_with_a_malformed_description_is_dropped_with_one_warning(
    domain: int, stage: Stage, description: str, reason: str
) -> None:
    with node("learner", domain) as process:
        stage.meet()
        stage.conduct()
        for start in (1, 2):
            stage.parts.publish(Part(part=2, start=start, description=description))
        process.says(f"/part: invalid message dropped: {reason}")
        stage.play(MELODY)
        expected = stage.expected(LearnerSettings())
        assert said(stage, len(expected)) == expected
        assert stage.begin(2, 3, SLOW.to_json()).part == 2
        assert process.output().count("invalid message dropped") == 1
        assert len(stage.settings) == 2


def test_a_malformed_part_in_the_history_is_left_out(domain: int, stage: Stage) -> None:
    stage.parts = stage.ears.publisher(topics.PART)
    stage.parts.publish(Part(header=to_header(time.time_ns()), part=2, start=1, description="[]"))
    stage.play(MELODY)
    with node("learner", domain) as process:
        process.says("/part: invalid message dropped: a part's description is a JSON object")
        process.says(f"caught up with {len(MELODY)} notes")
        assert said(stage, 1)[-1] == stage.expected(LearnerSettings())[-1]
        assert process.stop() == 0


def test_notes_of_the_history_wait_for_a_conductor_that_may_be_discovered_later(
    domain: int, stage: Stage
) -> None:
    """On a busy machine a restarted learner caught up by the part it was launched with: the notes
    had arrived, and the conductor was not discovered yet.
    """
    stage.play(MELODY)
    with node("learner", domain) as process:
        process.says(f"caught up with {len(MELODY)} notes")
        assert said(stage, 1)[-1] == stage.expected(LearnerSettings())[-1]
        stage.ears.wait(lambda: bool(stage.settings), "the learner's settings")
        logged = re.search(r"\[(\d+\.\d+)\] \[learner\]: caught up", process.output())
        assert logged
        assert float(logged[1]) - stage.settings[0].run / 1e9 > NO_CONDUCTOR_S - 0.1


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"programme": "papr"}, "no programme 'papr'; did you mean 'paper'? (or the path of a"),
        ({"part": 5}, "no part 5 in the programme 'paper': it has parts 1 to 4"),
        (
            {"bass_below": 55, "programme": "SHIFTED"},
            "part 1 (a) of the programme 'shifted', learner: parameter 'bass_below' must be at",
        ),
        ({"programme": "MISTAKEN"}, "mistaken.yaml:3: 'title' must be a text of 1 to 100 charact"),
    ],
)
def test_a_programme_that_cannot_be_played_is_one_line_and_status_2(
    domain: int, tmp_path: Path, parameters: dict[str, object], reason: str
) -> None:
    shifted, mistaken = tmp_path / "shifted.yaml", tmp_path / "mistaken.yaml"
    shifted.write_text("parts:\n  - {name: a, title: A, learner: {upper_from: 50}}\n")
    mistaken.write_text("parts:\n  - name: a\n    title:\n")
    files = {"SHIFTED": shifted, "MISTAKEN": mistaken}
    given = {name: files.get(str(value), value) for name, value in parameters.items()}
    with node("learner", domain, given) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert line.startswith("error: ")
        assert reason in line
