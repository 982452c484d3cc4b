"""What the stage shows: a pure function of what it was told, and when.

Give it notes, states, episodes and parts as they come, and ask for the frame at a time. Times are
seconds of the performance and only grow. Every motion is either eased or the integral of a rate,
so nothing jumps and nothing depends on how many frames are drawn, nor on how long it has run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descant.stage import graphs, knots
from descant.stage.bubbles import Bubbles
from descant.stage.curves import curve
from descant.stage.distortion import REST, WaveMotion, is_seen, running_wave, shifts
from descant.stage.easing import approach, ramp, smooth
from descant.stage.episode_curves import FARTHEST, Figures, is_thread
from descant.stage.frame import Frame, Wave
from descant.stage.settings import StageSettings
from descant.types import Episode, LearningStatus, Note, State

Floats = NDArray[np.float64]
LONGEST_STEP_S = 0.1  # a stall of the machine is no leap of the picture
GRADIENTS = 3
VIDEO_PARTS = (3, 4)


class Scene:
    """All that is on stage. `aspect`: width over height of the picture, may change."""

    def __init__(self, settings: StageSettings, aspect: float = 16.0 / 9.0) -> None:
        self.settings = settings
        self.aspect = aspect
        self.part = settings.part
        self.family = ""
        self._now: float | None = None
        self._figures = Figures()
        self._bubbles = Bubbles()
        self._waves = WaveMotion()
        self._gradient = np.zeros(GRADIENTS)
        self._goal = np.zeros(GRADIENTS)
        self._turned = np.radians([20.0, 25.0, 0.0])
        self._weight = {p: float(p == self.part) for p in VIDEO_PARTS}
        self._camera: float | None = None
        self._brightness = 1.0
        self._state: State | None = None

    def take_part(self, part: int, *, fresh: bool = True) -> None:
        """Part 1 .. 4 begins, or begins again; `fresh`: what was learned before leaves."""
        self.part = part
        if fresh:
            self._figures.clear(self.settings)
            self._goal = np.zeros(GRADIENTS)
            self._state = None

    def take_episode(self, episode: Episode) -> None:
        """A new episode, or a new attempt at one."""
        self._figures.take_episode(episode, curve(episode.family), self.settings)

    def take_state(self, state: State) -> None:
        """The learner after one more event."""
        self._state = state
        self._figures.take_state(state, curve(state.family), self.settings)
        gradient = np.zeros(GRADIENTS)
        count = min(GRADIENTS, len(state.gradient))
        gradient[:count] = state.gradient[:count]
        resting = state.status is LearningStatus.CONVERGED and self.settings.rest_at_convergence
        if np.all(np.isfinite(gradient)):
            far = np.clip(gradient, -FARTHEST, FARTHEST)
            self._goal = np.zeros(GRADIENTS) if resting else far

    def take_note(self, note: Note, now: float) -> None:
        """A key; one that goes down makes a bubble in part 4."""
        if note.on and self.part == 4:
            self._bubbles.take(note, now, self.settings, self.aspect)

    def take_picture(self, now: float) -> None:
        """A new camera picture came."""
        self._camera = now

    def at(self, now: float) -> Frame:
        """The frame at `now`."""
        dt = 0.0 if self._now is None else min(max(now - self._now, 0.0), LONGEST_STEP_S)
        self._now = now
        self._advance(now, dt)
        return self._frame(now)

    def _advance(self, now: float, dt: float) -> None:
        s = self.settings
        self._figures.advance(dt, s)
        self._gradient = approach(self._gradient, self._goal, dt, s.follow_time, rest=REST)
        self._waves.advance(self._gradient, dt, s)
        self._turned = (self._turned + np.radians(s.knot_turn) * dt) % (2.0 * np.pi)
        for part in VIDEO_PARTS:
            self._weight[part] = ramp(self._weight[part], float(part == self.part), dt, s.fade_time)
        if self.part != 4:
            self._bubbles.clear(now, s)
        silent = self._camera is None or now - self._camera > s.silent_after
        if silent:
            self._brightness = ramp(self._brightness, s.silent_video, dt, s.silent_time)
        else:
            self._brightness = ramp(self._brightness, 1.0, dt, s.fade_time)

    def _frame(self, now: float) -> Frame:
        s = self.settings
        third, fourth = (smooth(self._weight[p]) for p in VIDEO_PARTS)
        # A distortion comes once the other has gone: in the upper half of its part's weight.
        apart, waving = (smooth(2.0 * self._weight[p] - 1.0) for p in VIDEO_PARTS)
        video = max(third * s.video_part3, fourth * s.video_part4)
        strokes, segments, dots = [], [], []
        turn = knots.rotation(self._turned)
        for past in self._figures.past:
            if past.is_thread:
                strokes += knots.past(past, s, turn, 1.0)
            else:
                strokes += graphs.past(past, s, self.aspect, 1.0)
        figure = self._figures.now
        if figure is not None and is_thread(figure.aim()):
            strokes += knots.present(figure, s, turn, 1.0)
        elif figure is not None:
            lines, residuals, samples = graphs.present(figure, s, self.aspect, 1.0)
            strokes, segments, dots = strokes + lines, residuals, samples
        return Frame(
            part=self.part,
            video=video * self._brightness,
            shifts=self._shifts(now, apart),
            bubbles=self._bubbles.at(now, s),
            wave=self._wave(now, waving),
            segments=tuple(segments),
            strokes=tuple(strokes),
            dots=tuple(dots),
            text=self._text(),
        )

    def _shifts(self, now: float, weight: float) -> Floats:
        loss = 0.0 if self._state is None else self._state.loss
        seen = is_seen(now, loss, self.settings)
        return shifts(self._gradient, self.settings) * (weight if seen else 0.0)

    def _wave(self, now: float, weight: float) -> Wave:
        if self.settings.wave_form == "running":
            return running_wave(self._gradient, now, self.settings, weight, self.aspect)
        return self._waves.wave(self._gradient, self.settings, weight)

    def _text(self) -> tuple[str, ...]:
        """The overlay's lines: part, episode and step, loss."""
        lines = [f"part {self.part}"]
        if self._state is not None:
            state = self._state
            lines += [
                f"{state.family}  episode {state.episode}  step {state.step}",
                f"loss {state.loss:.4f}  {state.status.name.lower()}",
            ]
        return tuple(lines)
