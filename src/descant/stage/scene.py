# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the stage shows: a pure function of the events it was given, and of their times.

Give it every event with `take`, and ask for the frame at a time with `at`. Times are seconds of the
performance and only grow. Every motion is either eased or the integral of a rate, so nothing jumps
and nothing depends on how many frames are drawn, nor on how long it has run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats
from descant.signals import parse_signals, signal_value
from descant.stage import graphs, threads
from descant.stage.bubbles import Bubbles
from descant.stage.curves import curve, is_thread
from descant.stage.distortion import REST, WaveMotion, is_shown, running_wave, shifts
from descant.stage.easing import approach, ramp, smooth
from descant.stage.episode_curves import FARTHEST, EpisodeCurves
from descant.stage.frame import Dots, Frame, Segments, Stroke, Wave
from descant.stage.settings import MOST_SIGNALS, StageSettings
from descant.stage.settings_transition import SettingsTransition
from descant.types import Episode, LearningStatus, Note, Part, Pedal, State

LONGEST_STEP_S = 0.1  # a stall of the machine is no leap of the picture
DISTORTIONS = ("shift", "bubbles")
NO_DRIVE = np.zeros(MOST_SIGNALS)


@dataclass(frozen=True)
class PartSettings:
    """A part that begins, its title, and the stage's settings in it."""

    part: Part
    title: str
    settings: StageSettings


StageEvent = Note | Pedal | State | Episode | PartSettings | StageSettings
"""What a scene takes. `StageSettings` alone are parameters that were set by hand."""
INVALID_EVENT = (ValueError, TypeError, ArithmeticError)
"""Raised for a state or episode that does not have the shape of its family."""


class Scene:
    """All that is on stage. `aspect`: width over height of the picture, may change."""

    def __init__(self, settings: StageSettings, aspect: float = 16.0 / 9.0) -> None:
        self.aspect = aspect
        self.part = settings.part
        self._title = ""
        self._start: int | None = None  # of the part, once it is known
        self._settings = SettingsTransition(settings)
        self._now: float | None = None
        self._curves = EpisodeCurves()
        self._bubbles = Bubbles()
        self._waves = WaveMotion()
        self._drive = self._drive_goal = NO_DRIVE
        self._angles = np.radians([20.0, 25.0, 0.0])
        self._weights = {name: float(name == settings.distortion) for name in DISTORTIONS}
        self._camera: float | None = None
        self._brightness = 1.0
        self._state: State | None = None

    @property
    def settings(self) -> StageSettings:
        """The settings that hold now; those that are assigned hold at once."""
        return self._settings.current

    @settings.setter
    def settings(self, settings: StageSettings) -> None:
        self._settings.set(settings)
        self._aim_distortion()

    def take(self, event: StageEvent, now: float) -> None:
        """Take one event at `now`, seconds; raises one of `INVALID_EVENT`."""
        match event:
            case Note():
                self._take_note(event, now)
            case Pedal():
                self._take_pedal(event, now)
            case State():
                self._take_state(event)
            case Episode():
                self._curves.take_episode(event, curve(event.family), self.settings)
            case PartSettings():
                self._take_part(event)
            case StageSettings():
                self.settings = event

    def begin_part(
        self, number: int, settings: StageSettings, *, title: str = "", fresh: bool = True
    ) -> None:
        """Part `number` begins, or begins again. What is shown eases to its settings.

        `fresh`: what was learned before leaves.
        """
        if fresh:
            self._curves.clear(self.settings)
            self._state = None
        self.part = number
        self._title = title
        self._settings.ease_to(settings)
        self._aim_distortion()

    def take_picture(self, now: float) -> None:
        """A new camera picture arrived."""
        self._camera = now

    def at(self, now: float) -> Frame:
        """The frame at `now`."""
        dt = 0.0 if self._now is None else min(max(now - self._now, 0.0), LONGEST_STEP_S)
        self._now = now
        self._advance(now, dt)
        return self._frame(now)

    def _take_note(self, note: Note, now: float) -> None:
        s = self.settings
        if note.on and s.distortion == "bubbles":
            if note.key < s.bubble_clear_below:
                self._bubbles.clear(now, s)
            if s.bubble_events != "pedals" and s.bubble_from <= note.key <= s.bubble_to:
                self._bubbles.add_note(note, now, s, self.aspect)

    def _take_pedal(self, pedal: Pedal, now: float) -> None:
        s = self.settings
        pressed = self._bubbles.is_press(pedal)
        if pressed and s.distortion == "bubbles" and s.bubble_events != "notes":
            self._bubbles.add_pedal(pedal, now, s, self.aspect)

    def _take_state(self, state: State) -> None:
        self._curves.take_state(state, curve(state.family), self.settings)
        self._state = state
        self._aim_distortion()

    def _take_part(self, event: PartSettings) -> None:
        """The part on show is no fresh start when its first message arrives, or the same again."""
        part = event.part
        if part.number == self.part and part.start == self._start:
            return
        fresh = self._start is not None or part.number != self.part
        self._start = part.start
        self.begin_part(part.number, event.settings, title=event.title, fresh=fresh)

    def _aim_distortion(self) -> None:
        """Where the values that drive the distortion go: the signals of the last state.

        They stay where they are while those are not finite.
        """
        state, s = self._state, self.settings
        resting = s.rest_at_convergence and state is not None
        if state is None or (resting and state.status is LearningStatus.CONVERGED):
            self._drive_goal = NO_DRIVE
            return
        values = [signal_value(signal, state) for signal in parse_signals(s.distortion_signals)]
        if np.all(np.isfinite(values)):
            self._drive_goal = np.clip(np.resize(values, MOST_SIGNALS), -FARTHEST, FARTHEST)

    def _advance(self, now: float, dt: float) -> None:
        self._settings.advance(dt)
        s = self.settings
        self._curves.advance(dt, s)
        self._drive = approach(self._drive, self._drive_goal, dt, s.follow_time, rest=REST)
        self._waves.advance(self._drive, dt, s)
        self._angles = (self._angles + np.radians(s.knot_turn) * dt) % (2.0 * np.pi)
        for name, weight in self._weights.items():
            self._weights[name] = ramp(weight, float(name == s.distortion), dt, s.fade_time)
        if s.distortion != "bubbles":
            self._bubbles.clear(now, s)
        silent = self._camera is None or now - self._camera > s.silent_after
        if silent:
            self._brightness = ramp(self._brightness, s.silent_video, dt, s.silent_time)
        else:
            self._brightness = ramp(self._brightness, 1.0, dt, s.fade_time)

    def _frame(self, now: float) -> Frame:
        s = self.settings
        strokes, segments, dots = self._episodes()
        return Frame(
            video=s.camera_brightness * self._brightness,
            shifts=self._shifts(now),
            bubbles=self._bubbles.at(now, s),
            wave=self._wave(now),
            segments=tuple(segments),
            strokes=tuple(strokes),
            dots=tuple(dots),
            text=self._text(),
        )

    def _episodes(self) -> tuple[list[Stroke], list[Segments], list[Dots]]:
        """The curves of past episodes and of the current one, with its residuals and samples."""
        s = self.settings
        turn = threads.rotation(self._angles)
        strokes: list[Stroke] = []
        for past in self._curves.past:
            if is_thread(past.learned):
                strokes += threads.past_episode(past, s, turn)
            else:
                strokes += graphs.past_episode(past, s, self.aspect)
        current = self._curves.current
        if current is None:
            return strokes, [], []
        if is_thread(current.target_points()):
            return strokes + threads.current_episode(current, s, turn), [], []
        curves, segments, dots = graphs.current_episode(current, s, self.aspect)
        return strokes + curves, segments, dots

    def _weight(self, distortion: str) -> float:
        """One distortion appears once the other has gone: in the upper half of its weight."""
        return smooth(2.0 * self._weights[distortion] - 1.0)

    def _shifts(self, now: float) -> Floats:
        loss = 0.0 if self._state is None else self._state.loss
        shown = is_shown(now, loss, self.settings)
        return shifts(self._drive, self.settings) * (self._weight("shift") if shown else 0.0)

    def _wave(self, now: float) -> Wave:
        weight = self._weight("bubbles")
        if self.settings.wave_form == "running":
            return running_wave(self._drive, now, self.settings, weight, self.aspect)
        return self._waves.wave(self._drive, self.settings, weight)

    def _text(self) -> tuple[str, ...]:
        """The overlay's lines: part, episode and step, loss."""
        lines = [f"part {self.part}" + (f": {self._title}" if self._title else "")]
        if self._state is not None:
            state = self._state
            lines += [
                f"{state.family}  episode {state.episode}  step {state.step}",
                f"loss {state.loss:.4f}  {state.status.name.lower()}",
            ]
        return tuple(lines)
