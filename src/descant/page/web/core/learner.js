// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The learner, as `descant/learner/core.py`: notes in, episodes and states out. No clock. Its outputs
// are a pure function of the notes, the sustain pedal where it holds, the settings and the seed.
import { FAMILIES } from "./families.js";
import { makeOptimiser } from "./optimisers.js";
import { RandomStream, episodeSeed } from "./random.js";
import { makeTrigger } from "./triggers.js";

const LEARNER_SECOND = 1e9; // ns
const SUSTAIN_PEDAL = 64;
const SUSTAIN_DOWN = 64;

// No key is held for so long without another key or pedal: a time further on is that of another clock.
export const LONGEST_HOLD_NS = 3600e9;

// The `status` of a state.
export const LEARNING = 0;
export const CONVERGED = 1;
export const DIVERGED = 2;

// Learns one target after another, driven by notes. `settings` has every parameter of the learner.
export class Learner {
  constructor(settings) {
    this.settings = { ...settings };
    this.events = 0;
    this.sustain = false;
    this.reachedNs = 0; // the time up to which everything is computed
    this._episode = 0;
    this._problem = null;
    this._down = new Set(); // ids of every key that is down
    this._trigger = makeTrigger(settings.trigger);
    this._gridStartNs = 0;
    this._gridSteps = 0;
    this._cause = 0;
  }

  // The number of keys that are down.
  get held() {
    return this._down.size;
  }

  // The latest state, and the latest episode; null before the first.
  current() {
    return this._problem ? this._last : null;
  }

  currentEpisode() {
    return this._problem ? this._opened : null;
  }

  // Let `settings` hold from `timeNs` on. A new part, start or trigger makes a fresh trigger; an episode
  // keeps its target and sample points. Return the steps that were due before.
  change(settings, timeNs) {
    const outputs = this.advance(timeNs);
    const old = this.settings;
    const now = { ...settings };
    this.settings = now;
    if (old.part !== now.part || old.start !== now.start || old.trigger !== now.trigger) {
      this._trigger = makeTrigger(now.trigger);
      this._problem = null;
    }
    if (now.optimiser !== old.optimiser) this._optimiser = makeOptimiser(now.optimiser);
    this._trigger.pedal(this.sustain && now.sustain_holds);
    if (this._trigger.rate(now) !== this._trigger.rate(old)) this._startGrid(this.reachedNs);
    return outputs;
  }

  // Process one pedal movement; return the steps that were due before.
  takePedal({ pedal, value, timeNs }) {
    const down = value >= SUSTAIN_DOWN;
    if (pedal !== SUSTAIN_PEDAL || down === this.sustain) return [];
    const outputs = this.settings.sustain_holds ? this.advance(timeNs) : [];
    this.sustain = down;
    this._trigger.pedal(down && this.settings.sustain_holds);
    return outputs;
  }

  // Process one note; return the new episodes and states in order.
  take(note) {
    const outputs = this.advance(note.timeNs);
    this.events += 1;
    const stepping = this._trigger.rate(this.settings) > 0;
    if (note.on) {
      this._strike(note, outputs);
    } else {
      this._down.delete(note.id);
      this._trigger.release(note);
    }
    if (!stepping) this._startGrid(note.timeNs);
    return outputs;
  }

  // Make the steps of held keys that are due up to and including `timeNs`.
  advance(timeNs) {
    const outputs = [];
    this.reachedNs = Math.max(this.reachedNs, timeNs);
    const rate = this._trigger.rate(this.settings);
    if (rate <= 0 || !this._problem || this._status === CONVERGED) return outputs;
    const since = timeNs - this._gridStartNs - (this._gridSteps * LEARNER_SECOND) / rate;
    if (since > LONGEST_HOLD_NS) {
      this._startGrid(timeNs);
      return outputs;
    }
    for (;;) {
      const due = this._gridStartNs + Math.trunc(((this._gridSteps + 1) * LEARNER_SECOND) / rate);
      if (due > timeNs) return outputs;
      this._gridSteps += 1;
      // A start may be above the loss bound already.
      if (this._status !== CONVERGED) this._step(due, this._trigger.stepNotes(this.settings), outputs);
    }
  }

  _startGrid(timeNs) {
    this._gridStartNs = timeNs;
    this._gridSteps = 0;
  }

  _strike(note, outputs) {
    this._down.add(note.id);
    this._cause = note.id;
    if (this._trigger.strike(note, this.settings, this._problem !== null)) {
      this._startEpisode(note, outputs);
    }
    if (this._problem && this._trigger.steps(note, this.settings)) {
      this._step(note.timeNs, [note.id], outputs);
    }
  }

  _startEpisode(note, outputs) {
    this._episode += 1;
    this._attempt = 0;
    this._seed = episodeSeed(this.settings.seed, this._episode);
    this._random = new RandomStream(this._seed);
    this._family = FAMILIES[this.settings.family];
    if (!this._family) throw new Error(`no family '${this.settings.family}'`);
    this._problem = this._family.drawProblem(this._random, this.settings);
    // A new grid: the old one may have continued while the last episode had converged.
    this._startGrid(note.timeNs);
    this._startAttempt(note.timeNs, this._trigger.openingNotes(note, this.settings), outputs);
  }

  _startAttempt(timeNs, notes, outputs) {
    this._theta = this._family.drawStart(this._random, this.settings);
    this._optimiser = makeOptimiser(this.settings.optimiser);
    this._steps = 0;
    this._evaluation = this._problem.evaluate(this._theta, this.settings.loss);
    this._opened = {
      kind: "episode",
      timeNs,
      number: this._episode,
      attempt: this._attempt,
      seed: this._seed,
      family: this._family.name,
      parameterNames: this._family.parameterNames,
      target: this._problem.target,
      theta: this._theta,
      x: this._problem.x,
      y: this._problem.y,
    };
    this._updateStatus();
    outputs.push(this._opened, this._state(timeNs, notes));
  }

  // Make one gradient step unless the episode has converged; append the state.
  _step(timeNs, notes, outputs) {
    if (this._status === LEARNING) this._updateTheta();
    outputs.push(this._state(timeNs, notes));
    if (this._status === DIVERGED) {
      this._attempt += 1;
      this._startAttempt(timeNs, notes, outputs);
    }
  }

  _updateTheta() {
    const { loss, learning_rate: rate } = this.settings;
    const evaluate = (theta) => this._problem.evaluate(theta, loss);
    this._theta = this._optimiser.step(this._theta, this._evaluation.gradient, rate, evaluate);
    this._evaluation = evaluate(this._theta);
    this._steps += 1;
    this._updateStatus();
  }

  _updateStatus() {
    const { loss } = this._evaluation;
    const { loss_bound: bound, threshold } = this.settings;
    // NaN compares false.
    this._status = !(loss <= bound) ? DIVERGED : loss <= threshold ? CONVERGED : LEARNING;
  }

  _state(timeNs, notes) {
    this._last = {
      kind: "state",
      timeNs,
      events: this.events,
      cause: this._cause,
      episode: this._episode,
      attempt: this._attempt,
      step: this._steps,
      status: this._status,
      seed: this._seed,
      family: this._family.name,
      target: this._problem.target,
      theta: this._theta,
      loss: this._evaluation.loss,
      residual: this._evaluation.residual,
      gradient: this._evaluation.gradient,
      notes,
    };
    return this._last;
  }
}
