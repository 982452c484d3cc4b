"""Episodes as things to look at: the one being learned, and those that recede behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from descant.stage.curves import Curve, Vector
from descant.stage.easing import approach, ramp, share, smooth
from descant.stage.settings import StageSettings
from descant.types import Episode, State

Floats = NDArray[np.float64]
Key = tuple[int, int, str, Vector]
"""Episode, attempt, family, target: what makes a figure another one."""
VIEW_LEAST = 1.25  # the graph shows at least so much of y, up and down
VIEW_ROOM = 1.2
VIEW_TIME_S = 0.35
VIEW_MOST = 5.0
FARTHEST = 1e9
"""Beyond it numbers count no further: it is out of sight, and the picture's floats have ends."""
# A state may overtake its episode; what is said to be older than that comes from another clock.
OVERTAKEN_NS = 10_000_000_000


@dataclass
class Figure:
    """One attempt of one episode. `theta` follows the learner's; `shown` 0 .. 1 eases in."""

    key: Key
    born_ns: int
    curve: Curve
    target: Vector
    theta: Floats
    goal: Floats
    points: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    """(n, 2): x of the sample points and the target there; none until the episode is told."""
    shown: float = 0.0
    view: float = VIEW_LEAST

    def learned(self) -> Floats:
        """The points of the learned curve now."""
        return self.curve(self.target, tuple(self.theta.tolist()))

    def aim(self) -> Floats:
        """The points of the target curve."""
        return self.curve(self.target, None)

    def advance(self, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass."""
        self.shown = ramp(self.shown, 1.0, dt, settings.fade_time)
        self.theta = approach(self.theta, self.goal, dt, settings.follow_time, rest=1e-9)
        self.view += (self.room() - self.view) * share(dt, VIEW_TIME_S)

    def learned_at_samples(self) -> Floats:
        """y of the learned curve at the sample points, read off its points."""
        line = self.learned()
        return np.interp(self.points[:, 0], line[:, 0], line[:, 1])

    def follow(self, theta: Vector) -> None:
        """The learner's parameters now; anything but finite numbers is passed over.

        `ValueError` where they are not as many as they were.
        """
        if len(theta) != len(self.goal):
            raise ValueError(f"{len(theta)} parameters, of {len(self.goal)}")
        if np.all(np.isfinite(theta)):
            self.goal = np.clip(theta, -FARTHEST, FARTHEST)

    def tell(self, episode: Episode) -> None:
        """The sample points, where the family has a graph."""
        if len(episode.x) == len(episode.y) > 0 and np.all(np.isfinite([episode.x, episode.y])):
            self.points = np.clip(np.stack([episode.x, episode.y], axis=1), -FARTHEST, FARTHEST)

    def room(self) -> float:
        """Half the height of y that both curves need over the sample points."""
        target, learned = self.aim(), self.learned()
        if is_thread(target):
            return VIEW_LEAST
        inside = np.abs(target[:, 0]) <= 1.0
        highest = max(float(np.abs(line[inside, 1]).max()) for line in (target, learned))
        return float(np.clip(VIEW_ROOM * highest, VIEW_LEAST, VIEW_MOST))


@dataclass
class Past:
    """A figure that is over: its curves as they were, on their way out of sight."""

    target: Floats | None
    learned: Floats
    view: float
    shown: float
    time: float
    """Seconds from here to out of sight, at its present speed."""
    turn: float
    """Degrees it will have turned by then."""
    gone: float = 0.0
    """0 when it was left .. 1 when it is out of sight. Its speed may change, never itself."""

    @property
    def is_thread(self) -> bool:
        """In space, as a knot; else a graph."""
        return is_thread(self.learned)

    @property
    def strength(self) -> float:
        """0 .. 1: how much of it is still to be seen."""
        return self.shown * (1.0 - smooth(self.gone))


def is_thread(line: Floats) -> bool:
    """Whether these points lie in space, as a knot's; else they are a graph."""
    return bool(line.shape[1] > 2)


def thinned(line: Floats) -> Floats:
    """Every other point and the last: enough for what is thin and far off."""
    return line[::2] if len(line) % 2 else np.concatenate([line[::2], line[-1:]])


class Figures:
    """The figure being learned and the past ones, oldest first."""

    def __init__(self) -> None:
        self.now: Figure | None = None
        self.past: list[Past] = []
        self._count = 0
        self._told: Episode | None = None  # the last one, for its sample points

    def clear(self, settings: StageSettings) -> None:
        """The part has changed: what is there leaves quickly."""
        self._retire(settings)
        self._hurry(self.past, settings)

    def take_state(self, state: State, curve: Curve | None, settings: StageSettings) -> None:
        """What the learner said last; a new episode or attempt gets a new figure."""
        key = (state.episode, state.attempt, state.family, state.target)
        if self.now is None or self.now.key != key:
            if curve is None or self._is_over(state.time_ns):
                return
            self._begin(state, key, curve, settings)
        assert self.now is not None
        self.now.follow(state.theta)

    def take_episode(self, episode: Episode, curve: Curve | None, settings: StageSettings) -> None:
        """A new episode, or the sample points of the one at hand."""
        key = (episode.number, episode.attempt, episode.family, episode.target)
        if self.now is None or self.now.key != key:
            if curve is None or self._is_over(episode.time_ns):
                return
            self._begin(episode, key, curve, settings)
        assert self.now is not None
        self.now.tell(episode)
        self._told = episode

    def _is_over(self, time_ns: int) -> bool:
        """Whether a figure of that time was overtaken by the one at hand."""
        return self.now is not None and 0 < self.now.born_ns - time_ns < OVERTAKEN_NS

    def advance(self, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass."""
        if self.now is not None:
            self.now.advance(dt, settings)
        for past in self.past:
            past.gone = ramp(past.gone, 1.0, dt, past.time)
        self.past = [p for p in self.past if p.gone < 1.0]

    def _begin(
        self, what: State | Episode, key: Key, curve: Curve, settings: StageSettings
    ) -> None:
        if not all(abs(number) <= FARTHEST for number in what.target):
            raise ValueError("its target is not finite, or beyond all that is drawn")
        again = self.now is not None and (self.now.key[0], self.now.key[3]) == (key[0], key[3])
        self._retire(settings, again=again)
        start = np.nan_to_num(np.asarray(what.theta, float), nan=0.0, posinf=0.0, neginf=0.0)
        start = np.clip(start, -FARTHEST, FARTHEST)
        figure = Figure(key, what.time_ns, curve, what.target, start, start)
        figure.view = figure.room()  # and its numbers are seen to make a curve
        self.now = figure
        told = self._told
        if told is not None and (told.number, told.target) == (key[0], key[3]):
            self.now.tell(told)

    def _retire(self, settings: StageSettings, *, again: bool = False) -> None:
        """The figure at hand becomes a past one; after a divergence only what was learned."""
        figure = self.now
        self.now = None
        if figure is None:
            return
        self._count += 1
        past = Past(
            target=None if again else thinned(figure.aim()),
            learned=thinned(figure.learned()),
            view=figure.view,
            shown=figure.shown,
            time=settings.past_time,
            turn=(-1.0) ** self._count * (9.0 + 7.0 * (self._count * 0.618 % 1.0)),
        )
        self.past.append(past)
        for is_thread, most in ((False, settings.past_episodes), (True, settings.past_knots)):
            alike = [p for p in self.past if p.is_thread is is_thread]
            self._hurry(alike[: max(0, len(alike) - most)], settings)

    @staticmethod
    def _hurry(figures: list[Past], settings: StageSettings) -> None:
        for past in figures:
            past.time = min(past.time, 2.0 * settings.fade_time)
