// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Optimisers, as `descant/learner/optimisers.py` computes them: one is made for each attempt. `rate` is
// the learning rate, `evaluate(theta)` gives loss and gradient at another point.
import { power } from "./arithmetic.js";
import { LBFGS } from "./lbfgs.js";

const MOMENTUM = 0.9;
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

// theta <- theta - rate g
class Descent {
  step(theta, gradient, rate) {
    return theta.map((t, i) => t - rate * gradient[i]);
  }
}

// v <- 0.9 v + g, theta <- theta - rate v
class Momentum {
  step(theta, gradient, rate) {
    const before = this._velocity ?? theta.map(() => 0);
    this._velocity = gradient.map((g, i) => MOMENTUM * before[i] + g);
    return theta.map((t, i) => t - rate * this._velocity[i]);
  }
}

// Running means of g and g^2, corrected for their start.
class Adam {
  constructor() {
    this._steps = 0;
  }

  step(theta, gradient, rate) {
    const means = this._means ?? theta.map(() => 0);
    const squares = this._squares ?? theta.map(() => 0);
    this._steps += 1;
    this._means = gradient.map((g, i) => BETA_1 * means[i] + (1 - BETA_1) * g);
    this._squares = gradient.map((g, i) => BETA_2 * squares[i] + (1 - BETA_2) * g * g);
    const c1 = 1 - power(BETA_1, this._steps);
    const c2 = 1 - power(BETA_2, this._steps);
    return theta.map((t, i) => {
      const scale = Math.sqrt(this._squares[i] / c2) + EPSILON;
      return t - (rate * (this._means[i] / c1)) / scale;
    });
  }
}

const OPTIMISERS = { descent: Descent, momentum: Momentum, adam: Adam, lbfgs: LBFGS };

// A fresh optimiser: "descent", "momentum", "adam" or "lbfgs".
export function makeOptimiser(name) {
  if (!Object.hasOwn(OPTIMISERS, name)) throw new Error(`no optimiser '${name}'`);
  return new OPTIMISERS[name]();
}
