# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The curves of episodes: of the one that is being learned, and of those that recede behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from descant.arrays import Floats
from descant.stage.curves import Curve, Vector, in_form, is_thread
from descant.stage.easing import approach, ramp, share, smooth
from descant.stage.settings import StageSettings
from descant.types import Episode, State

Key = tuple[int, int, str, Vector]
"""Episode, attempt, family, target: a change of any of these is a new curve."""
VIEW_LEAST = 1.25  # a graph shows at least so much of y, up and down
VIEW_MARGIN = 1.2
VIEW_TIME_S = 0.35
VIEW_MOST = 5.0
FARTHEST = 1e9
"""Numbers are clipped to this: it is far out of sight, and within the range of 32-bit floats."""
# A state may overtake its episode; what is older than that was stamped by another clock.
OVERTAKEN_NS = 10_000_000_000


@dataclass
class EpisodeCurve:
    """Target and learned curve of one attempt. `theta` follows the learner's; `shown` is 0 .. 1."""

    key: Key
    born_ns: int
    curve: Curve
    target: Vector
    theta: Floats
    goal: Floats
    form: str
    """The parameter `curve`."""
    samples: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    """(n, 2): x of the sample points and the target there; none until the episode arrives."""
    shown: float = 0.0
    view: float = VIEW_LEAST
    """Half the height of y in view, of a graph."""
    _learned: Floats | None = None
    """As the family has it; None after a change of `theta`."""

    def learned_points(self) -> Floats:
        """The points of the learned curve now, as it is drawn."""
        return in_form(self._learned_curve(), self.form, self.view)

    def target_points(self) -> Floats:
        """The points of the target curve, as it is drawn."""
        return in_form(self._target_curve, self.form, self.view)

    def advance(self, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass."""
        self.form = settings.curve
        self.shown = ramp(self.shown, 1.0, dt, settings.fade_time)
        self.theta = approach(self.theta, self.goal, dt, settings.follow_time, rest=1e-9)
        self._learned = None
        self.view += (self.needed_view() - self.view) * share(dt, VIEW_TIME_S)

    def learned_at_samples(self) -> Floats:
        """y of the learned curve at the sample points, interpolated between its points."""
        line = self._learned_curve()
        return np.interp(self.samples[:, 0], line[:, 0], line[:, 1])

    def follow(self, theta: Vector) -> None:
        """The learner's parameters now; those that are not all finite are ignored.

        `ValueError` where they are not as many as they were.
        """
        if len(theta) != len(self.goal):
            raise ValueError(f"{len(theta)} parameters, expected {len(self.goal)}")
        if np.all(np.isfinite(theta)):
            self.goal = np.clip(theta, -FARTHEST, FARTHEST)

    def set_samples(self, episode: Episode) -> None:
        """The sample points, where the family has a graph."""
        x, y = episode.x, episode.y
        if (
            len(x) == len(y) > 0
            and np.all(np.isfinite([x, y]))
            and not is_thread(self._target_curve)
        ):
            self.samples = np.clip(np.stack([x, y], axis=1), -FARTHEST, FARTHEST)

    def needed_view(self) -> float:
        """Half the height of y that both curves need over the sample points."""
        target, learned = self._target_curve, self._learned_curve()
        if is_thread(target) and self.form != "graph":
            return VIEW_LEAST
        inside = np.abs(target[:, 0]) <= 1.0
        highest = max(float(np.abs(line[inside, 1]).max(initial=0.0)) for line in (target, learned))
        return float(np.clip(VIEW_MARGIN * highest, VIEW_LEAST, VIEW_MOST))

    def _learned_curve(self) -> Floats:
        if self._learned is None:
            self._learned = self.curve(self.target, tuple(self.theta.tolist()))
        return self._learned

    @cached_property
    def _target_curve(self) -> Floats:
        return self.curve(self.target, None)


@dataclass
class PastEpisode:
    """The curves of an episode that is over, as they were, on their way out of sight."""

    target: Floats | None
    learned: Floats
    view: float
    shown: float
    time: float
    """Seconds from its end until it is out of sight, at its present speed."""
    turn: float
    """Degrees it will have turned by then."""
    gone: float = 0.0
    """0 at its end .. 1 when it is out of sight. Its speed may change, it never jumps."""

    @property
    def strength(self) -> float:
        """0 .. 1: how much of it is still visible."""
        return self.shown * (1.0 - smooth(self.gone))


def thinned(line: Floats) -> Floats:
    """Every other point and the last: enough for what is thin and far off."""
    return line[::2] if len(line) % 2 else np.concatenate([line[::2], line[-1:]])


class EpisodeCurves:
    """The curves of the current episode and of past ones, oldest first."""

    def __init__(self) -> None:
        self.current: EpisodeCurve | None = None
        self.past: list[PastEpisode] = []
        self._count = 0
        self._episode: Episode | None = None  # the last one, for its sample points

    def clear(self, settings: StageSettings) -> None:
        """A part begins: all that is shown leaves quickly."""
        self._retire(settings)
        self._hurry(self.past, settings)

    def take_state(self, state: State, curve: Curve | None, settings: StageSettings) -> None:
        """The learner's last state; a new episode or attempt begins a new curve."""
        key = (state.episode, state.attempt, state.family, state.target)
        current = self._current(state, key, curve, settings)
        if current is not None:
            current.follow(state.theta)

    def take_episode(self, episode: Episode, curve: Curve | None, settings: StageSettings) -> None:
        """A new episode, or the sample points of the current one."""
        key = (episode.number, episode.attempt, episode.family, episode.target)
        current = self._current(episode, key, curve, settings)
        if current is not None:
            current.set_samples(episode)
            self._episode = episode

    def advance(self, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass."""
        if self.current is not None:
            self.current.advance(dt, settings)
        for past in self.past:
            past.gone = ramp(past.gone, 1.0, dt, past.time)
        self.past = [p for p in self.past if p.gone < 1.0]

    def _current(
        self, event: State | Episode, key: Key, curve: Curve | None, settings: StageSettings
    ) -> EpisodeCurve | None:
        """The curve of `key`, begun where it is new; None where it is not to be shown."""
        current = self.current
        if current is not None and current.key == key:
            return current
        overtaken = current is not None and 0 < current.born_ns - event.time_ns < OVERTAKEN_NS
        return None if curve is None or overtaken else self._begin(event, key, curve, settings)

    def _begin(
        self, event: State | Episode, key: Key, curve: Curve, settings: StageSettings
    ) -> EpisodeCurve:
        if not all(abs(number) <= FARTHEST for number in event.target):
            raise ValueError(f"the target is not finite, or beyond {FARTHEST:g}")
        previous = self.current
        again = previous is not None and (previous.key[0], previous.key[3]) == (key[0], key[3])
        self._retire(settings, again=again)
        start = np.nan_to_num(np.asarray(event.theta, float), nan=0.0, posinf=0.0, neginf=0.0)
        start = np.clip(start, -FARTHEST, FARTHEST)
        begun = EpisodeCurve(key, event.time_ns, curve, event.target, start, start, settings.curve)
        begun.view = begun.needed_view()  # fails where these numbers make no curve
        self.current = begun
        episode = self._episode
        if episode is not None and (episode.number, episode.target) == (key[0], key[3]):
            begun.set_samples(episode)
        return begun

    def _retire(self, settings: StageSettings, *, again: bool = False) -> None:
        """The current episode becomes a past one; after a divergence its learned curve alone."""
        current = self.current
        self.current = None
        if current is None:
            return
        self._count += 1
        past = PastEpisode(
            target=None if again else thinned(current.target_points()),
            learned=thinned(current.learned_points()),
            view=current.view,
            shown=current.shown,
            time=settings.past_time,
            turn=(-1.0) ** self._count * (9.0 + 7.0 * (self._count * 0.618 % 1.0)),
        )
        self.past.append(past)
        self._hurry(self.past[: max(0, len(self.past) - settings.past_episodes)], settings)

    @staticmethod
    def _hurry(episodes: list[PastEpisode], settings: StageSettings) -> None:
        for past in episodes:
            past.time = min(past.time, 2.0 * settings.fade_time)
