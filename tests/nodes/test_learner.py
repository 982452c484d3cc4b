"""The learner's node as a real process: what it says, and what survives its death."""

import time
from collections.abc import Iterator

import pytest
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter

from descant import topics
from descant.decoding import from_learner_state
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.msg import LearnerState
from descant.nodes.common.conversion import to_note_event
from descant.types import LearningStatus, Note, State
from support.graph import domain_id
from support.node import Listener, listener, node
from support.notes import strokes

pytestmark = pytest.mark.graph
MELODY = strokes([36, *range(60, 72), 40, *range(84, 72, -1)])


def stamped_now(notes: list[Note]) -> list[Note]:
    start = time.time_ns()
    return [
        Note(start + i, n.id, n.on, n.key, n.velocity, n.velocity_14bit)
        for i, n in enumerate(notes)
    ]


class Stage:
    """A piano and an audience around one learner."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.states = ears.collect(topics.LEARNER_STATE)
        self.settings = ears.collect(topics.LEARNER_SETTINGS)
        self.piano = ears.publisher(topics.NOTES, topics.HISTORY)
        self.played: list[Note] = []

    def meet(self) -> None:
        """Wait until the learner is there in both directions."""
        self.ears.wait(lambda: bool(self.settings), "the learner's settings")
        self.ears.wait(lambda: self.piano.get_subscription_count() == 1, "the learner on /notes")
        self.ears.wait(
            lambda: self.ears.node.count_publishers("/learner_state") == 1, "/learner_state"
        )

    def play(self, notes: list[Note]) -> None:
        now = stamped_now(notes)
        self.played += now
        for note in now:
            self.piano.publish(to_note_event(note))

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


def test_a_listener_that_starts_late_is_given_the_episode(domain: int, stage: Stage) -> None:
    with node("learner", domain):
        stage.meet()
        stage.play(MELODY)
        said(stage, 26)
        late = stage.ears.collect(topics.EPISODE)
        stage.ears.wait(lambda: bool(late), "the latched episode")
        assert late[0].episode == 2
        assert len(late[0].x) == len(late[0].y) == 100
        assert list(late[0].parameter_names) == ["a", "b", "c", "d"]


def test_killed_and_started_again_it_goes_on_at_the_same_step(domain: int, stage: Stage) -> None:
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


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("learning_rate", -1.0, "learning_rate"),  # below its range
        ("loss", "rmse", "one of mse, half_mse, mae"),  # no such loss
        ("upper_from", 20, "at least bass_below"),  # would overlap with the bass
    ],
)
def test_a_wrong_value_is_refused_with_the_reason(
    domain: int, stage: Stage, name: str, value: object, reason: str
) -> None:
    with node("learner", domain):
        stage.meet()
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
