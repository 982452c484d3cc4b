// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Cubic polynomials f(x) = a x^3 + b x^2 + c x + d, as `descant/learner/cubic.py` learns them.
import { total, totalInPlace } from "./arithmetic.js";

// The means of x^0 .. x^6 over the sample points.
function cubicMoments(x) {
  const powers = new Float64Array(x.length).fill(1);
  const means = [];
  for (let k = 0; k < 7; k++) {
    means.push(total(powers) / x.length);
    for (let i = 0; i < x.length; i++) powers[i] *= x[i];
  }
  return means;
}

// The value at `x` of the cubic with these four coefficients.
export function cubicValue([a, b, c, d], x) {
  return ((a * x + b) * x + c) * x + d;
}

// One target cubic over one set of sample points `x`, sorted.
export class CubicProblem {
  constructor(x, target) {
    this.target = target;
    this.x = Float64Array.from(x);
    this.y = this.x.map((value) => cubicValue(target, value));
    this.moments = cubicMoments(this.x);
    this._rows = Array.from({ length: 4 }, () => new Float64Array(this.x.length));
  }

  // Loss ("mse", "half_mse" or "mae"), mean residual and gradient at `theta`.
  evaluate(theta, loss) {
    const target = this.target;
    const a = theta[0] - target[0];
    const b = theta[1] - target[1];
    const c = theta[2] - target[2];
    const d = theta[3] - target[3];
    const [m0, m1, m2, m3, m4, m5, m6] = this.moments;
    const residual = a * m3 + b * m2 + c * m1 + d * m0;
    if (loss === "mae") return this._absolute(a, b, c, d, residual);
    const ga = a * m6 + b * m5 + c * m4 + d * m3;
    const gb = a * m5 + b * m4 + c * m3 + d * m2;
    const gc = a * m4 + b * m3 + c * m2 + d * m1;
    const gd = residual;
    const exact = a * ga + b * gb + c * gc + d * gd;
    const square = exact < 0 ? 0 : exact; // rounding can give -1e-33
    if (loss === "half_mse") return { loss: 0.5 * square, residual, gradient: [ga, gb, gc, gd] };
    return { loss: square, residual, gradient: [2 * ga, 2 * gb, 2 * gc, 2 * gd] };
  }

  // Mean of |r| with its subgradient mean(sign(r) x^k), sign(0) = 0.
  _absolute(a, b, c, d, residual) {
    const [cubes, squares, ones, signs] = this._rows;
    const count = this.x.length;
    for (let i = 0; i < count; i++) {
      const x = this.x[i];
      const r = ((x * a + b) * x + c) * x + d;
      const sign = r > 0 ? 1 : r < 0 ? -1 : r === 0 ? 0 : NaN;
      cubes[i] = x * x * x * sign;
      squares[i] = x * x * sign;
      ones[i] = x * sign;
      signs[i] = sign;
    }
    const gradient = this._rows.map((row) => totalInPlace(row, count) / count);
    const [ga, gb, gc, gd] = gradient;
    const exact = a * ga + b * gb + c * gc + d * gd;
    return { loss: exact < 0 ? 0 : exact, residual, gradient };
  }
}

// The family of cubics: theta = (a, b, c, d).
export const cubicFamily = {
  name: "cubic",
  parameterNames: ["a", "b", "c", "d"],
  periods: [0, 0, 0, 0],

  // Sample points uniform in their range, sorted; target uniform in its range.
  drawProblem(random, settings) {
    const x = random.uniforms(settings.x_low, settings.x_high, settings.points);
    return new CubicProblem(
      Float64Array.from(x).sort(),
      random.uniforms(-settings.target_range, settings.target_range, 4),
    );
  },

  // Start uniform in its range.
  drawStart(random, settings) {
    return random.uniforms(-settings.start_range, settings.start_range, 4);
  },
};
