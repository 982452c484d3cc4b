// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// L-BFGS, as `descant/learner/lbfgs.py`: one iteration a step (Nocedal and Wright 2006, algorithms 7.4
// and 7.5), with a bisection for the weak Wolfe conditions (Lewis and Overton 2013, algorithm 2.6).
import { dot } from "./arithmetic.js";

const MEMORY = 10; // pairs of a step and the change of the gradient over it
const TRIALS = 30; // of a line search
const DECREASE = 1e-4; // of the weak Wolfe conditions
const CURVATURE = 0.9;
const LEAST_CURVATURE = 1e-10;

// The learning rate is ignored.
export class LBFGS {
  constructor() {
    this._pairs = []; // {s, y, inverse: 1 / (s . y)}, oldest first
    this._theta = null; // returned last
    this._start = null; // theta and gradient of the step before
    this._gradient = null;
  }

  step(theta, gradient, rate, evaluate) {
    if (this._theta && theta.every((value, i) => value === this._theta[i])) {
      this._remember(pointDifference(theta, this._start), pointDifference(gradient, this._gradient));
    } else {
      this._pairs = [];
    }
    this._start = theta;
    this._gradient = gradient;
    this._theta = this._next(theta, gradient, evaluate);
    return this._theta;
  }

  // Keep a pair along which the gradient grew.
  _remember(s, y) {
    const sy = dot(s, y);
    const least = LEAST_CURVATURE * dot(y, y);
    if (sy > least && least > 0) {
      this._pairs = [...this._pairs.slice(1 - MEMORY), { s, y, inverse: 1 / sy }];
    }
  }

  _next(theta, gradient, evaluate) {
    if (gradient.every((g) => g === 0)) return theta;
    let direction = this._direction(gradient);
    let slope = dot(gradient, direction);
    if (slope >= 0) {
      this._pairs = [];
      direction = this._direction(gradient);
      slope = dot(gradient, direction);
    }
    const length = this._pairs.length ? 1 : firstLength(gradient);
    const found = lineSearch(theta, direction, slope, length, evaluate);
    if (found) return found;
    this._pairs = [];
    return theta;
  }

  // Minus the inverse Hessian, as the pairs have it, times the gradient.
  _direction(gradient) {
    let q = gradient;
    const factors = new Array(this._pairs.length);
    for (let i = this._pairs.length - 1; i >= 0; i--) {
      const { s, y, inverse } = this._pairs[i];
      factors[i] = inverse * dot(s, q);
      q = movedPoint(q, -factors[i], y);
    }
    if (this._pairs.length) {
      const { s, y } = this._pairs[this._pairs.length - 1];
      const scale = dot(s, y) / dot(y, y);
      q = q.map((value) => scale * value);
    }
    this._pairs.forEach(({ s, y, inverse }, i) => {
      q = movedPoint(q, factors[i] - inverse * dot(y, q), s);
    });
    return q.map((value) => -value);
  }
}

// The first length to try without a memory: a step of at most 1 in all.
function firstLength(gradient) {
  const size = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
  return size > 1 ? 1 / size : 1;
}

// Theta at an acceptable length along `direction`; null where none was found that is better.
function lineSearch(theta, direction, slope, length, evaluate) {
  const start = evaluate(theta).loss;
  let low = 0;
  let high = null;
  let tried;
  let there;
  for (let trial = 0; trial < TRIALS; trial++) {
    tried = movedPoint(theta, length, direction);
    there = evaluate(tried);
    if (!(there.loss <= start + DECREASE * length * slope)) high = length;
    else if (dot(there.gradient, direction) < CURVATURE * slope) low = length;
    else return tried;
    length = high === null ? 2 * low : 0.5 * (low + high);
  }
  return there.loss > -Infinity && there.loss < start ? tried : null;
}

function movedPoint(theta, length, direction) {
  return theta.map((t, i) => t + length * direction[i]);
}

function pointDifference(a, b) {
  return a.map((value, i) => value - b[i]);
}
