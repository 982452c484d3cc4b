// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Lissajous knots g(t) = (cos(nx t + a), cos(ny t + b), cos(nz t + c)), as `descant/learner/knot.py`
// learns them: cos(n t + a) = cos a cos n t - sin a sin n t, with cos n t and sin n t in tables.
import { cosSin, total, totalInPlace } from "./arithmetic.js";

export const AXES = 3;
const FULL_TURN = 2 * Math.PI;
const LARGEST_PHASE = 1e6; // rad; beyond it cosSin is no cosine
const MOST_TIMES = 16;
const MOST_TABLES = 256;

const timesByRange = new Map();
const tablesByTimes = new WeakMap();
let knotPresets = [];

// Let the parameter `knot_preset` choose from these targets (`page.data.presets`).
export function useKnotPresets(presets) {
  knotPresets = presets;
}

// `count` sample times, evenly from 0 to `span`; the same array for the same arguments.
export function sampleTimes(span, count) {
  const key = `${span} ${count}`;
  let times = timesByRange.get(key);
  if (!times) {
    times = Float64Array.from({ length: count }, (_, i) => (span * i) / (count - 1));
    if (timesByRange.size >= MOST_TIMES) timesByRange.delete(timesByRange.keys().next().value);
    timesByRange.set(key, times);
  }
  return times;
}

// Cosines and sines of n t, and the means that the square losses need; computed once.
export function axisTable(n, t) {
  let tables = tablesByTimes.get(t);
  if (!tables) tablesByTimes.set(t, (tables = new Map()));
  let table = tables.get(n);
  if (!table) {
    if (tables.size >= MOST_TABLES) tables.clear();
    tables.set(n, (table = newAxisTable(n, t)));
  }
  return table;
}

function newAxisTable(n, t) {
  const cos = new Float64Array(t.length);
  const sin = new Float64Array(t.length);
  for (let i = 0; i < t.length; i++) [cos[i], sin[i]] = cosSin(n * t[i]);
  const mean = (a, b) => total(a.map((value, i) => value * b[i])) / t.length;
  return {
    cos,
    sin,
    c1: total(cos) / t.length,
    s1: total(sin) / t.length,
    cc: mean(cos, cos),
    cs: mean(cos, sin),
    ss: mean(sin, sin),
  };
}

// What a theta that cannot be evaluated gives.
export function notEvaluated(count) {
  return { loss: NaN, residual: NaN, gradient: new Array(count).fill(NaN) };
}

// Whether all phases are numbers whose cosines can be computed.
export function arePhases(values) {
  return values.every((value) => Math.abs(value) <= LARGEST_PHASE);
}

// The sample times of one step: `batch` drawn ones, or all (null) where `batch` is 0.
export function drawBatch(random, batch, count) {
  return batch ? Array.from({ length: batch }, () => random.integers(0, count)) : null;
}

// One target knot over its sample times `t`; `target` is [nx, ny, nz, a, b, c]. With `batch`, each
// evaluation is over so many times that `random` draws; 0: over all.
export class KnotProblem {
  constructor(t, target, batch = 0, random = null) {
    this.target = target;
    this.x = t;
    this._tables = target.slice(0, AXES).map((n) => axisTable(n, t));
    this._phases = target.slice(AXES).map((phase) => cosSin(phase));
    this.y = new Float64Array(AXES * t.length);
    this._tables.forEach(({ cos, sin }, axis) => {
      const [c, s] = this._phases[axis];
      for (let i = 0; i < t.length; i++) this.y[AXES * i + axis] = c * cos[i] - s * sin[i];
    });
    this._batch = batch < t.length ? batch : 0;
    this._random = random;
  }

  // Loss ("mse", "half_mse" or "mae"), mean residual and gradient at the phases `theta`.
  evaluate(theta, loss) {
    if (!arePhases(theta)) return notEvaluated(AXES);
    if (loss !== "mae" && !this._batch) return this._square(theta, loss);
    const chosen = drawBatch(this._random, this._batch, this.x.length);
    return evaluateResiduals(this._residuals(theta, chosen), loss);
  }

  // The square losses over all times, from the means of the tables.
  _square(theta, loss) {
    let square = 0;
    let residual = 0;
    const gradient = [];
    for (let axis = 0; axis < AXES; axis++) {
      const { c1, s1, cc, cs, ss } = this._tables[axis];
      const [c, s] = cosSin(theta[axis]);
      const dc = c - this._phases[axis][0];
      const ds = s - this._phases[axis][1];
      residual += dc * c1 - ds * s1;
      const u = dc * cc - ds * cs;
      const v = dc * cs - ds * ss;
      square += dc * u - ds * v;
      gradient.push(-(s * u + c * v));
    }
    square = square < 0 ? 0 : square; // rounding can give -1e-17
    if (loss === "half_mse") return { loss: 0.5 * square, residual, gradient };
    return { loss: square, residual, gradient: gradient.map((g) => 2 * g) };
  }

  // Residuals and slopes of each axis at the chosen times, or at all.
  _residuals(theta, chosen) {
    const count = chosen ? chosen.length : this.x.length;
    const residuals = [];
    const slopes = [];
    for (let axis = 0; axis < AXES; axis++) {
      const { cos, sin } = this._tables[axis];
      const [c, s] = cosSin(theta[axis]);
      const r = new Float64Array(count);
      const slope = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const i = chosen ? chosen[k] : k;
        r[k] = c * cos[i] - s * sin[i] - this.y[AXES * i + axis];
        slope[k] = -(s * cos[i] + c * sin[i]);
      }
      residuals.push(r);
      slopes.push(slope);
    }
    return { residuals, slopes };
  }
}

// Loss, mean residual and gradient from the residuals of three axes and each axis's slopes by its own
// parameter; `common`: all axes' slopes by one more parameter, where there is one.
export function evaluateResiduals({ residuals, slopes, common }, loss) {
  const count = residuals[0].length;
  const residual = meanOfAxes(residuals.map((r) => total(r)), count);
  if (loss === "mae") return meanDistance(residuals, slopes, common, residual);
  const square = meanOfAxes(residuals.map((r) => totalOfProducts(r, r)), count);
  const gradient = slopes.map((slope, axis) => totalOfProducts(residuals[axis], slope) / count);
  if (common) gradient.push(commonSlope(residuals, common, count));
  if (loss === "half_mse") return { loss: 0.5 * square, residual, gradient };
  return { loss: square, residual, gradient: gradient.map((g) => 2 * g) };
}

// Mean distance between two curves, and its subgradient (0 where they touch).
function meanDistance(residuals, slopes, common, residual) {
  const [r0, r1, r2] = residuals;
  const count = r0.length;
  const far = new Float64Array(count);
  for (let i = 0; i < count; i++) far[i] = Math.sqrt(r0[i] * r0[i] + r1[i] * r1[i] + r2[i] * r2[i]);
  const units = residuals.map((r) => quotients(r, far));
  const gradient = slopes.map((slope, axis) => totalOfProducts(units[axis], slope) / count);
  if (common) gradient.push(commonSlope(units, common, count));
  return { loss: totalInPlace(far, count) / count, residual, gradient };
}

// Each value divided by its length; 0 where that is 0.
function quotients(values, lengths) {
  const results = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (lengths[i] > 0) results[i] = values[i] / lengths[i];
  }
  return results;
}

function meanOfAxes([first, second, third], count) {
  return (first + second + third) / count;
}

function commonSlope(rows, common, count) {
  return meanOfAxes(rows.map((row, axis) => totalOfProducts(row, common[axis])), count);
}

function totalOfProducts(a, b) {
  const products = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) products[i] = a[i] * b[i];
  return totalInPlace(products, a.length);
}

// The frequencies of a target, from their range.
export function drawFrequencies(random, settings) {
  const { knot_lowest: low, knot_highest: high } = settings;
  return Array.from({ length: AXES }, () => random.integers(low, high + 1));
}

// Phases uniform in their range.
export function drawPhases(random, settings) {
  return random.uniforms(0, settings.knot_phase_range, AXES);
}

// The family of Lissajous knots: theta = (a, b, c).
export const knotFamily = {
  name: "knot",
  parameterNames: ["a", "b", "c"],
  periods: [FULL_TURN, FULL_TURN, FULL_TURN],

  // Frequencies and phases from their ranges; a preset takes the place of what was drawn.
  drawProblem(random, settings) {
    const drawn = [...drawFrequencies(random, settings), ...drawPhases(random, settings)];
    const number = settings.knot_preset;
    if (number > knotPresets.length) throw new Error(`no preset knot ${number}`);
    const target = number ? [...knotPresets[number - 1]] : drawn;
    const t = sampleTimes(settings.knot_span, settings.knot_points);
    return new KnotProblem(t, target, settings.knot_batch, random);
  },

  drawStart: drawPhases,
};
