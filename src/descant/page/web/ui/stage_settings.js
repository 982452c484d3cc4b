// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Settings from one part to the next: numbers ease, everything else changes at once; as
// stage/settings_transition.py.
import { stageRamp, stageSmooth } from "./stage_easing.js";

// Numbers that count something or name a key: they change at once.
const STAGE_WHOLE = new Set([
  "part", "seed", "past_episodes", "bubbles", "bubble_from", "bubble_to", "bubble_clear_below",
]);

function sameSetting(a, b) {
  return Array.isArray(a) && Array.isArray(b) ? a.every((value, i) => value === b[i]) : a === b;
}

function settingBetween(start, end, share) {
  if (Array.isArray(start)) return start.map((value, i) => settingBetween(value, end[i], share));
  return start + (end - start) * share;
}

// `current` are the settings that hold now.
export class StageTransition {
  constructor(settings) {
    this.current = { ...settings };
    this._goal = this.current;
    this._start = {};
    this._progress = 1;
  }

  // Begin to move to `settings`, from what holds now.
  easeTo(settings) {
    const before = this.current;
    this._start = {};
    for (const [name, value] of Object.entries(settings)) {
      const eases = (typeof value === "number" || Array.isArray(value)) && !STAGE_WHOLE.has(name);
      if (eases && !sameSetting(value, before[name])) this._start[name] = before[name];
    }
    this._goal = { ...settings };
    this._progress = 0;
    this._update();
  }

  // `settings` were set by hand: what differs from the settings before holds at once.
  set(settings) {
    for (const name of Object.keys(this._start)) {
      if (!sameSetting(settings[name], this._goal[name])) delete this._start[name];
    }
    this._goal = { ...settings };
    this._update();
  }

  advance(dt) {
    if (this._progress >= 1) return;
    this._progress = stageRamp(this._progress, 1, dt, this._goal.fade_time);
    this._update();
  }

  _update() {
    if (this._progress >= 1) this._start = {};
    const share = stageSmooth(this._progress);
    this.current = { ...this._goal };
    for (const [name, start] of Object.entries(this._start)) {
      this.current[name] = settingBetween(start, this._goal[name], share);
    }
  }
}
