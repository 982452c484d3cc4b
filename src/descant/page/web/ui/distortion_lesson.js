// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// An episode of the piece whose gradients distort the picture: a knot while a chord is held for the
// first distortion, a cubic note by note for the second.
import { FAMILIES } from "../core/families.js";
import { CONVERGED, LEARNING } from "../core/learner.js";
import { LearningRun } from "./learning_run.js";
import { LearningSound } from "./learning_melody.js";

const LESSON_STEP_S = 0.15; // from one note to the next
const LESSON_SLOWER = { knot: 0.4, cubic: 0.12 }; // than in the piece, to watch it
const LESSON_FAR = 0.5; // loss at the beginning, at least: a large gradient is seen best
const LESSON_MOST_NOTES = 120; // of a cubic: the last ones are hardly seen
const LESSON_LONGEST_S = 0.1; // of a frame

export class DistortionLesson {
  // `part`: of the paper's programme. `onNote(note)` is called with what sounds.
  constructor(page, part, onNote) {
    const settings = { ...page.defaults("learner"), ...part.learner };
    settings.learning_rate *= LESSON_SLOWER[settings.family];
    this._held = settings.trigger === "held_chord";
    this._period = this._held ? 1 / settings.held_rate : LESSON_STEP_S;
    this._run = new LearningRun(FAMILIES[settings.family], settings);
    this._number = 0;
    this._sound = new LearningSound({ defaults: (node) => page.defaults(node), sound: audibleKeys(page, onNote) });
    this._due = 0;
    this.running = false;
  }

  get steps() {
    return this._run.steps;
  }

  get loss() {
    return this._run.loss;
  }

  get gradient() {
    return this._run.gradient;
  }

  // Begin the next episode that begins far from its target, and reaches it while one likes to watch;
  // returns what the stage takes of it.
  begin() {
    do {
      this._number += 1;
      this._run.draw(this._run.settings.seed, this._number);
    } while (!this._isWorthWatching() && this._number % 100);
    this._due = 0;
    this.running = true;
    if (this._held) this._sound.chord(this._number, this._run.loss);
    else this._sound.bass(this._number, this._run.loss);
    const { x, y } = this._run.problem;
    return [{ kind: "episode", number: this._number, x, y, ...this._common() }, this._state()];
  }

  _isWorthWatching() {
    const run = this._run;
    if (run.loss < LESSON_FAR) return false;
    if (this._held) return true;
    while (run.status === LEARNING && run.steps < LESSON_MOST_NOTES) run.step();
    const found = run.status === CONVERGED;
    run.draw(run.seed, run.number);
    return found;
  }

  // `dt` seconds pass; returns what the stage takes.
  advance(dt) {
    const events = [];
    this._due += Math.min(dt, LESSON_LONGEST_S);
    while (this.running && this._due >= this._period) {
      this._due -= this._period;
      this._run.step();
      events.push(this._state());
      if (this._held) this._sound.retune(this._run.loss);
      else this._sound.step(this._run.loss);
      if (this._run.status === CONVERGED) this.stop();
    }
    return events.slice(-1);
  }

  // Whether the target was reached.
  get learned() {
    return this._run.status === CONVERGED;
  }

  stop() {
    this.running = false;
    if (this._held) this._sound.silence();
  }

  _common() {
    const { problem, theta, attempt, family } = this._run;
    return { timeNs: 0, family: family.name, target: problem.target, theta, attempt };
  }

  _state() {
    const { loss, residual, gradient, steps, status } = this._run;
    const common = this._common();
    return { kind: "state", episode: this._number, step: steps, loss, residual, gradient, status: status ?? LEARNING, ...common };
  }
}

// The page's sound, which tells of each key that goes down or up.
function audibleKeys(page, onNote) {
  const keys = new Map();
  return {
    strike(note) {
      page.sound.strike(note);
      keys.set(note.id, note.key);
      onNote({ kind: "note", on: true, id: note.id, key: note.key, velocity: note.velocity14bit >> 7 });
    },
    release(id) {
      page.sound.release(id);
      if (keys.has(id)) onNote({ kind: "note", on: false, id, key: keys.get(id), velocity: 0 });
      keys.delete(id);
    },
    retune: (...values) => page.sound.retune(...values),
  };
}
