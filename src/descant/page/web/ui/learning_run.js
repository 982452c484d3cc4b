// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// One target that is learned as the piece learns it, one step at a time. No clock, no picture.
import { CONVERGED, DIVERGED, LEARNING } from "../core/learner.js";
import { RandomStream, episodeSeed } from "../core/random.js";
import { makeOptimiser } from "../core/optimisers.js";

const COURSES_KEPT = 3;

export class LearningRun {
  // `family`: of core/families.js. `settings`: the learner's parameters; the section may change them.
  constructor(family, settings) {
    this.family = family;
    this.settings = settings;
    this.earlier = []; // losses of the attempts before, the oldest first
    this.losses = [];
  }

  // Begin episode `number` of a performance seeded with `seed`, as the concert would.
  draw(seed, number) {
    this.seed = seed;
    this.number = number;
    this.earlier = [];
    this.losses = [];
    this._drawnBy = { ...this.settings };
    this._open();
    this.problem = this.drawn;
    this._begin();
  }

  // Begin the same problem again, from the same start.
  rewind() {
    this._open();
    this._begin();
  }

  // Learn another problem from where theta is now.
  setProblem(problem) {
    this.problem = problem;
    this._evaluate();
    this.losses[this.losses.length - 1] = this.loss;
    if (this.status === DIVERGED) this._nextAttempt();
  }

  // Let changed settings hold from now on.
  change(settings) {
    const optimiser = settings.optimiser !== undefined && settings.optimiser !== this.settings.optimiser;
    Object.assign(this.settings, settings);
    if (optimiser) this._optimiser = makeOptimiser(this.settings.optimiser);
    if ("loss" in settings) this.setProblem(this.problem);
  }

  // Make one step unless the target is reached. After a divergence the next attempt has begun; return
  // what diverged, { theta, loss, gradient, steps }, else null.
  step() {
    if (this.status !== LEARNING) return null;
    const { loss, learning_rate: rate } = this.settings;
    this.theta = this._optimiser.step(this.theta, this.gradient, rate, (at) => this.problem.evaluate(at, loss));
    this.steps += 1;
    this._evaluate();
    this.losses.push(this.loss);
    if (this.status !== DIVERGED) return null;
    const { theta, loss: last, gradient, steps } = this;
    this._nextAttempt();
    return { theta, loss: last, gradient, steps };
  }

  // Whether the last steps brought it no nearer, as where the points lie on no curve of the family.
  settled(window = 40) {
    if (this.losses.length <= 2 * window) return false;
    const best = (losses) => Math.min(...losses);
    return best(this.losses.slice(-window)) > 0.999 * best(this.losses.slice(0, -window));
  }

  // The random stream after the problem, as at the draw: settings that changed since do not count.
  _open() {
    this._random = new RandomStream(episodeSeed(this.seed, this.number));
    this.drawn = this.family.drawProblem(this._random, this._drawnBy);
    this.attempt = 0;
  }

  _nextAttempt() {
    this.attempt += 1;
    this._begin();
  }

  _begin() {
    if (this.losses.length > 1) this.earlier = [...this.earlier, this.losses].slice(-COURSES_KEPT);
    this.theta = this.family.drawStart(this._random, this._drawnBy);
    this._optimiser = makeOptimiser(this.settings.optimiser);
    this.steps = 0;
    this._evaluate();
    this.losses = [this.loss];
  }

  _evaluate() {
    const { loss, residual, gradient } = this.problem.evaluate(this.theta, this.settings.loss);
    Object.assign(this, { loss, residual, gradient });
    const { loss_bound: bound, threshold } = this.settings;
    this.status = !(loss <= bound) ? DIVERGED : loss <= threshold ? CONVERGED : LEARNING;
  }
}
