// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Harmonographs g(t) = exp(-d t / 2 pi) (cos(nx t + a), cos(ny t + b), cos(nz t + c)), as
// `descant/learner/harmonograph.py` learns them.
import { cosSin, exp } from "./arithmetic.js";
import {
  AXES,
  arePhases,
  axisTable,
  drawBatch,
  drawFrequencies,
  drawPhases,
  evaluateResiduals,
  knotFamily,
  notEvaluated,
  sampleTimes,
} from "./knot.js";

const LARGEST_FADE = 500; // exp would overflow
const LEAST_EXPONENT = -700; // exp holds its accuracy down to here

// One target over its sample times `t`; `target` is [nx, ny, nz, a, b, c, d].
export class HarmonographProblem {
  constructor(t, target, batch = 0, random = null) {
    this.target = target;
    this.x = t;
    this._tables = target.slice(0, AXES).map((n) => axisTable(n, t));
    this._turns = t.map((value) => value / (2 * Math.PI));
    this._batch = batch < t.length ? batch : 0;
    this._random = random;
    const { points } = this._points(target.slice(AXES), null);
    this.y = new Float64Array(AXES * t.length);
    points.forEach((row, axis) => row.forEach((value, i) => (this.y[AXES * i + axis] = value)));
  }

  // Loss ("mse", "half_mse" or "mae"), mean residual and gradient at `theta`, which is [a, b, c, d].
  evaluate(theta, loss) {
    const damping = theta[AXES];
    const grown = Math.max(Math.abs(damping), -damping * this._turns[this._turns.length - 1]);
    if (!arePhases(theta) || grown > LARGEST_FADE) return notEvaluated(AXES + 1);
    const chosen = drawBatch(this._random, this._batch, this.x.length);
    const { points, slopes, turns } = this._points(theta, chosen);
    const common = [];
    for (const [axis, row] of points.entries()) {
      const fading = new Float64Array(row.length); // by the damping
      for (let k = 0; k < row.length; k++) {
        fading[k] = -turns[k] * row[k];
        row[k] -= this.y[AXES * (chosen ? chosen[k] : k) + axis];
      }
      common.push(fading);
    }
    return evaluateResiduals({ residuals: points, slopes, common }, loss);
  }

  // The curve and its slopes by the phases, axis by axis, and the times in turns, at the chosen times or at all.
  _points(theta, chosen) {
    const count = chosen ? chosen.length : this.x.length;
    const turns = chosen ? Float64Array.from(chosen, (i) => this._turns[i]) : this._turns;
    const fade = new Float64Array(count);
    for (let k = 0; k < count; k++) fade[k] = exp(Math.max(-theta[AXES] * turns[k], LEAST_EXPONENT));
    const points = [];
    const slopes = [];
    this._tables.forEach(({ cos, sin }, axis) => {
      const [c, s] = cosSin(theta[axis]);
      const row = new Float64Array(count);
      const slope = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const i = chosen ? chosen[k] : k;
        row[k] = (c * cos[i] - s * sin[i]) * fade[k];
        slope[k] = -(c * sin[i] + s * cos[i]) * fade[k];
      }
      points.push(row);
      slopes.push(slope);
    });
    return { points, slopes, turns };
  }
}

// The family of harmonographs: theta = (a, b, c, d).
export const harmonographFamily = {
  name: "harmonograph",
  parameterNames: ["a", "b", "c", "d"],
  periods: [...knotFamily.periods, 0],

  // Frequencies, phases and times as a knot's, then the damping uniform in its range.
  drawProblem(random, settings) {
    const target = [...drawFrequencies(random, settings), ...this.drawStart(random, settings)];
    const t = sampleTimes(settings.knot_span, settings.knot_points);
    return new HarmonographProblem(t, target, settings.knot_batch, random);
  },

  // Phases uniform in their range, the damping in its.
  drawStart(random, settings) {
    return [...drawPhases(random, settings), random.uniform(settings.damping_low, settings.damping_high)];
  },
};
