# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Whatever is learned and played, and whenever a frame is drawn: there is a picture to draw."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from descant.stage.distortion import shifts
from descant.stage.episode_curves import FARTHEST
from descant.stage.frame import Frame
from descant.stage.ribbons import build_flat, build_tubes
from descant.stage.scene import PartSettings, Scene
from descant.stage.settings import StageSettings, screen_units
from descant.types import NANOSECONDS, PEDALS, Episode, LearningStatus, Note, Part, Pedal, State
from support.properties import examples
from support.strategies import settings_of

pytestmark = pytest.mark.slow

SIZE = (1280, 720)
SIGNALS = (
    StageSettings().distortion_signals,
    "loss",
    "gradient_length, -2 * residual",
    "distance[0] + 0.5 * gradient[7], distance[2], distance[99]",
)
SETTINGS = settings_of(
    StageSettings,
    "stage",
    most=6,
    distortion=st.sampled_from(["none", "shift", "bubbles"]),
    distortion_signals=st.sampled_from(SIGNALS),
    bubble_events=st.sampled_from(["notes", "pedals", "all"]),
    curve=st.sampled_from(["auto", "auto", "graph", "thread"]),
)
NUMBERS = st.one_of(st.floats(-2.0, 2.0), st.floats(-1e12, 1e12), st.floats())
SHAPES = {"cubic": (4, 4), "knot": (6, 3), "harmonograph": (7, 4), "unknown": (2, 2)}
Action = Callable[[Scene, float], None]


def vectors(count: int) -> SearchStrategy[tuple[float, ...]]:
    """Mostly numbers that are likely."""
    return st.tuples(*[st.one_of(st.floats(-2.0, 2.0), NUMBERS)] * count)


@st.composite
def states(draw: st.DrawFn) -> State:
    """Of any family, with any numbers in it; now and then of a shape that is not the family's."""
    family = draw(st.sampled_from(list(SHAPES)))
    target, theta = SHAPES[family]
    if draw(st.integers(0, 19)) == 19:
        target, theta = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    return State(
        time_ns=draw(st.integers(0, 20)) * NANOSECONDS,
        events=1,
        cause=1,
        episode=draw(st.integers(1, 3)),
        attempt=draw(st.integers(0, 2)),
        step=draw(st.integers(0, 9)),
        status=draw(st.sampled_from(LearningStatus)),
        seed=1,
        family=family,
        target=draw(vectors(target)),
        theta=draw(vectors(theta)),
        loss=draw(NUMBERS),
        residual=0.0,
        gradient=draw(st.integers(0, 5).flatmap(vectors)),
        notes=(),
    )


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    """As the states; sample points any or none."""
    state = draw(states())
    count = draw(st.integers(0, 5))
    return Episode(
        state.time_ns, state.episode, state.attempt, 1, state.family, (), state.target,
        state.theta, draw(vectors(count)), draw(vectors(count)),
    )  # fmt: skip


def giving(event: Any) -> Action:
    """Give a scene an event; one of a wrong shape is refused, as `LiveStage` expects it."""

    def give(scene: Scene, now: float) -> None:
        try:
            scene.take(event, now)
        except (ValueError, TypeError, ArithmeticError):
            assert not has_shape(event)

    return give


def has_shape(event: Any) -> bool:
    """Whether it has as many numbers as its family has, and a target that can be drawn."""
    shape = (len(event.target), len(event.theta))
    return shape == SHAPES[event.family] and all(abs(t) <= FARTHEST for t in event.target)


NOTES = st.builds(
    Note, st.just(0), st.integers(0, 2**63), st.booleans(), st.integers(0, 255),
    st.integers(0, 255), st.just(0),
)  # fmt: skip
PARTS = st.builds(
    PartSettings,
    st.builds(Part, st.just(0), st.integers(1, 32), st.integers(0, 9), st.just("test")),
    st.just("title"),
    SETTINGS,
)
ACTIONS: SearchStrategy[Action] = st.one_of(
    states().map(giving),
    states().map(giving),
    episodes().map(giving),
    NOTES.map(giving),
    st.builds(Pedal, st.just(0), st.sampled_from(PEDALS), st.integers(0, 255)).map(giving),
    PARTS.map(giving),
    SETTINGS.map(giving),
    st.just(lambda scene, now: scene.take_picture(now)),
)
PAUSES = st.sampled_from([0.0, 0.001, 1 / 60, 0.1, 0.5, 30.0, 86_400.0])


def check(frame: Frame, settings: StageSettings) -> None:
    """Everything a renderer takes is a finite number, within the limits of the settings."""
    assert 0.0 <= frame.video <= 1.0
    limit = screen_units(settings.shift_limit)
    assert np.hypot(*frame.shifts.T).max() <= limit + 1e-9
    assert np.isfinite(frame.bubbles).all()
    assert len(frame.bubbles) <= settings.bubbles + 200
    assert ((frame.bubbles[:, 3] >= 0.0) & (frame.bubbles[:, 3] <= 1.0)).all()
    wave = frame.wave
    assert all(map(math.isfinite, (*wave.amplitude, *wave.phase, wave.k, wave.light)))
    assert max(wave.amplitude) <= screen_units(settings.wave_limit) + 1e-9
    for stroke in frame.strokes:
        for values in (stroke.points, stroke.half_width, stroke.depth, stroke.colour):
            assert np.isfinite(values).all()
    for build in (build_flat, build_tubes):
        vertices, indices = build(frame, 2.0 / SIZE[1])
        assert np.isfinite(vertices).all()
        assert not len(indices) or indices.max() < len(vertices)


@given(SETTINGS, st.lists(st.tuples(PAUSES, st.one_of(ACTIONS, ACTIONS, st.none())), max_size=14))
@examples(80)
def test_any_state_at_any_time_is_a_picture(
    settings: StageSettings, actions: list[tuple[float, Action | None]]
) -> None:
    scene, now = Scene(settings), 0.0
    for pause, act in actions:
        now += pause
        if act is not None:
            act(scene, now)
        check(scene.at(now), scene.settings)
    check(scene.at(now + 0.5), scene.settings)


@given(SETTINGS, st.lists(ACTIONS, max_size=8), st.sampled_from(["shift", "bubbles"]))
@examples(40)
def test_at_zero_gradients_the_picture_comes_to_rest(
    settings: StageSettings, actions: list[Action], distortion: str
) -> None:
    """Whatever was before it, at most a hundred times the time in which distortions follow."""
    scene, now = Scene(settings), 0.0
    for act in actions:
        act(scene, now)
        now += 0.05
        scene.at(now)
    signals = StageSettings().distortion_signals
    settings = settings.replace(
        wave_form="resting", distortion=distortion, distortion_signals=signals
    )
    scene.begin_part(3, settings)
    giving(_at_rest())(scene, now)
    seconds = 100.0 * settings.follow_time + 2.0 * settings.fade_time + 1.0
    for _ in range(int(seconds / 0.1) + 2):
        now += 0.1
        frame = scene.at(now)
    assert not frame.shifts.any()
    assert frame.wave.at_rest


def _at_rest() -> State:
    zero = (0.0, 0.0, 0.0, 0.0)
    return State(
        time_ns=10**18, events=1, cause=1, episode=9, attempt=0, step=3,
        status=LearningStatus.LEARNING, seed=1, family="cubic", target=zero,
        theta=zero, loss=0.0, residual=0.0, gradient=zero, notes=(),
    )  # fmt: skip


@given(SETTINGS, vectors(3))
@examples(80)
def test_a_colour_moves_no_further_than_its_limit(
    settings: StageSettings, gradient: tuple[float, ...]
) -> None:
    found = shifts(np.nan_to_num(np.array(gradient)), settings)
    assert np.hypot(*found.T).max() <= screen_units(settings.shift_limit) + 1e-9


def test_a_gradient_near_the_end_of_floats_is_got_over() -> None:
    """Found by the property above: on its way from one end to the other it became nan, for good."""
    scene = Scene(StageSettings(distortion="shift"))
    for number, gradient in enumerate((1e308, -1e308, 0.0)):
        scene.take(_at_rest()._replace(gradient=(gradient,) * 4), 0.0)
        frame = scene.at(0.1 * number)
        assert np.isfinite(frame.shifts).all()
    for number in range(100):
        frame = scene.at(1.0 + 0.1 * number)
    assert not frame.shifts.any()


def test_a_theta_near_the_end_of_floats_is_drawn_out_of_sight() -> None:
    """Found by the property above: such a line's vertices were infinite."""
    scene = Scene(StageSettings())
    scene.take(_at_rest()._replace(theta=(0.0, 0.0, 0.0, 1e300)), 0.0)
    check(scene.at(0.1), StageSettings())
