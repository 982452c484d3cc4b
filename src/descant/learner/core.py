# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The learner: notes in, episodes and states out. No clock, no topics, no threads.

Its state is a pure function of the notes, the sustain pedal where it holds, the settings (and when
they changed, in notes and time) and the seed. Steps while a key is held are made on a grid of the
performance's time that begins with the first key held; `advance` returns those that are
due, so the trajectory does not depend on when or how often it is called, as long as no later event
has an earlier time.
"""

from __future__ import annotations

import numpy as np

from descant.learner.arithmetic import with_one_nan
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.learner.family import Evaluation, Problem, Vector, load_family
from descant.learner.optimisers import make_optimiser
from descant.learner.settings import LearnerSettings
from descant.learner.trigger import make_trigger
from descant.types import (
    NANOSECONDS,
    SUSTAIN,
    SUSTAIN_DOWN,
    Episode,
    LearningStatus,
    Note,
    Pedal,
    State,
)

Output = Episode | State

# No key is held for so long without another key or pedal: a time further on is that of another
# clock, and its steps would take hours to compute.
LONGEST_HOLD_NS = 3_600 * NANOSECONDS


def episode_seed(seed: int, number: int) -> int:
    """The seed of episode `number` of a performance seeded with `seed`, 0 .. 2^64 - 1."""
    return int(np.random.SeedSequence((seed, number)).generate_state(1, np.uint64)[0])


def _begins_anew(old: LearnerSettings, new: LearnerSettings) -> bool:
    """Whether `new` is another part, a fresh start of the same, or another trigger."""
    return (old.part, old.start, old.trigger) != (new.part, new.start, new.trigger)


class Learner:
    """Learns one target after another, driven by notes."""

    def __init__(self, settings: LearnerSettings) -> None:
        self.settings = settings
        self.events = 0
        self._episode = 0
        self._problem: Problem | None = None
        self._down: dict[int, Note] = {}  # every key that is down, as struck
        self._trigger = make_trigger(settings.trigger)
        self._sustain = False
        self._grid_start_ns = 0
        self._grid_steps = 0
        self._reached_ns = 0  # no step before this time can be made any more
        self._cause = 0

    @property
    def sustain(self) -> bool:
        """Whether the sustain pedal is down."""
        return self._sustain

    @property
    def reached_ns(self) -> int:
        """The time up to which everything is computed: of the last event, change or step."""
        return self._reached_ns

    def change(self, settings: LearnerSettings, *, time_ns: int) -> list[Output]:
        """Let `settings` hold from `time_ns` on, or from `reached_ns` where that is later.

        An episode keeps its target and sample points. A new part, start or trigger makes a fresh
        trigger: keys that are down have no effect until they are struck again. Return the steps
        that were due before.
        """
        outputs = self.advance(time_ns)
        old, self.settings = self.settings, settings
        if _begins_anew(old, settings):
            self._trigger = make_trigger(settings.trigger)
            self._problem = None
        if settings.optimiser != old.optimiser:
            self._optimiser = make_optimiser(settings.optimiser, settings.arithmetic)
        self._trigger.pedal(down=self._sustain and settings.sustain_holds)
        if self._trigger.rate(settings) != self._trigger.rate(old):  # a new grid begins here
            self._grid_start_ns, self._grid_steps = self._reached_ns, 0
        return outputs

    def take_pedal(self, pedal: Pedal) -> list[Output]:
        """Process one pedal movement; return the steps that were due before."""
        down = pedal.value >= SUSTAIN_DOWN
        if pedal.pedal != SUSTAIN or down == self._sustain:
            return []
        outputs = self.advance(pedal.time_ns) if self.settings.sustain_holds else []
        self._sustain = down
        self._trigger.pedal(down=down and self.settings.sustain_holds)
        return outputs

    def take(self, note: Note) -> list[Output]:
        """Process one note; return the new episodes and states in order.

        Steps on the grid of held keys that are due at the note's time come first.
        """
        outputs = self.advance(note.time_ns)
        self.events += 1
        stepping = self._trigger.rate(self.settings) > 0.0
        if note.on:
            outputs += self._strike(note)
        else:
            self._down.pop(note.id, None)
            self._trigger.release(note)
        if not stepping:
            self._grid_start_ns, self._grid_steps = note.time_ns, 0
        return outputs

    def advance(self, time_ns: int) -> list[Output]:
        """Make the steps of held keys that are due up to and including `time_ns`."""
        outputs: list[Output] = []
        self._reached_ns = max(self._reached_ns, time_ns)
        rate = self._trigger.rate(self.settings)
        if rate <= 0.0 or self._problem is None or self._has_converged():
            return outputs
        if time_ns - self._grid_start_ns - self._grid_steps * NANOSECONDS / rate > LONGEST_HOLD_NS:
            self._grid_start_ns, self._grid_steps = time_ns, 0
            return outputs
        while True:
            due = self._grid_start_ns + int((self._grid_steps + 1) * NANOSECONDS / rate)
            if due > time_ns:
                return outputs
            self._grid_steps += 1
            if not self._has_converged():  # a start may be above the loss bound already
                outputs += self._step(self._problem, due, self._trigger.step_notes(self.settings))

    def _has_converged(self) -> bool:
        return self._status is LearningStatus.CONVERGED

    def _strike(self, note: Note) -> list[Output]:
        outputs: list[Output] = []
        self._down[note.id] = note
        self._cause = note.id
        if self._trigger.strike(note, self.settings, running=self._problem is not None):
            outputs += self._start_episode(note)
        if self._problem is not None and self._trigger.steps(note, self.settings):
            outputs += self._step(self._problem, note.time_ns, (note.id,))
        return outputs

    def current(self) -> State | None:
        """The latest state, for late joiners; None before the first episode."""
        return self._last if self._problem is not None else None

    def current_episode(self) -> Episode | None:
        """The latest episode; None before the first."""
        return self._current_episode if self._problem is not None else None

    @property
    def held(self) -> int:
        """Keys that are down."""
        return len(self._down)

    def _start_episode(self, note: Note) -> list[Output]:
        self._episode += 1
        self._attempt = 0
        self._seed = episode_seed(self.settings.seed, self._episode)
        self._rng = np.random.Generator(np.random.PCG64(self._seed))
        self._family = load_family(self.settings.family)
        self._problem = self._family.draw_problem(self._rng, self.settings)
        # A new grid: the old one may have continued while the last episode had converged.
        self._grid_start_ns, self._grid_steps = note.time_ns, 0
        tuned = self._trigger.opening_notes(note, self.settings)
        return self._start_attempt(self._problem, note.time_ns, tuned)

    def _start_attempt(
        self, problem: Problem, time_ns: int, notes: tuple[int, ...]
    ) -> list[Output]:
        self._theta = self._family.draw_start(self._rng, self.settings)
        self._optimiser = make_optimiser(self.settings.optimiser, self.settings.arithmetic)
        self._steps = 0
        self._evaluation = problem.evaluate(self._theta, self.settings.loss)
        self._current_episode = Episode(
            time_ns=time_ns,
            number=self._episode,
            attempt=self._attempt,
            seed=self._seed,
            family=self._family.name,
            parameter_names=self._family.parameter_names,
            target=problem.target,
            theta=self._theta,
            x=problem.x,
            y=problem.y,
        )
        self._update_status()
        return [self._current_episode, self._state(problem, time_ns, notes)]

    def _step(self, problem: Problem, time_ns: int, notes: tuple[int, ...]) -> list[Output]:
        """Make one gradient step unless the episode has converged; return the state."""
        if self._status is LearningStatus.LEARNING:
            self._update_theta(problem)
        outputs: list[Output] = [self._state(problem, time_ns, notes)]
        if self._status is LearningStatus.DIVERGED:
            self._attempt += 1
            outputs += self._start_attempt(problem, time_ns, notes)
        return outputs

    def _update_theta(self, problem: Problem) -> None:
        loss = self.settings.loss
        self._theta = self._optimiser.step(
            self._theta,
            self._evaluation.gradient,
            self.settings.learning_rate,
            lambda theta: problem.evaluate(theta, loss),
        )
        self._evaluation = problem.evaluate(self._theta, loss)
        self._steps += 1
        self._update_status()

    def _update_status(self) -> None:
        loss = self._evaluation.loss
        if not loss <= self.settings.loss_bound:  # NaN compares false
            self._status = LearningStatus.DIVERGED
            if ARITHMETICS[self.settings.arithmetic].portable:
                self._theta = with_one_nan(self._theta)
                self._evaluation = self._evaluation.with_one_nan()
        elif loss <= self.settings.threshold:
            self._status = LearningStatus.CONVERGED
        else:
            self._status = LearningStatus.LEARNING

    def _state(self, problem: Problem, time_ns: int, notes: tuple[int, ...]) -> State:
        evaluation: Evaluation = self._evaluation
        theta: Vector = self._theta
        self._last = State(
            time_ns,
            self.events,
            self._cause,
            self._episode,
            self._attempt,
            self._steps,
            self._status,
            self._seed,
            self._family.name,
            problem.target,
            theta,
            evaluation.loss,
            evaluation.residual,
            evaluation.gradient,
            notes,
        )
        return self._last
