// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The points of a family's curve from its parameters; as stage/curves.py.
// A line is { columns, count, at }: `at` has `columns` numbers for each of `count` points. Two
// columns are a graph, three a thread in space, the fourth its thickness.
import { stageClamp } from "./stage_easing.js";

const CUBIC_REACH = 1.3; // a cubic is drawn a little beyond its sample points, where it fades
const CUBIC_POINTS = 105;
const KNOT_POINTS = [200, 2000];
const KNOT_POINTS_A_TURN = 50;
const KNOT_BEND_MOST = 8;
const HARMONOGRAPH_POINTS_A_TURN = 66;
const HARMONOGRAPH_TURNS = 3;
const HARMONOGRAPH_THINNEST = 0.12;
const HARMONOGRAPH_LEAST_DAMPING = -0.05;
const GRAPH_IN_SPACE = { wide: 1.6, bow: 0.5 };

// The graph of a x^3 + b x^2 + c x + d.
function cubicLine(target, theta) {
  const [a, b, c, d] = theta || target;
  const at = new Float64Array(2 * CUBIC_POINTS);
  for (let i = 0; i < CUBIC_POINTS; i++) {
    const x = i * ((2 * CUBIC_REACH) / (CUBIC_POINTS - 1)) - CUBIC_REACH; // as NumPy rounds it
    at[2 * i] = x;
    at[2 * i + 1] = ((a * x + b) * x + c) * x + d;
  }
  return { columns: 2, count: CUBIC_POINTS, at };
}

function greatestDivisor(a, b) {
  return b ? greatestDivisor(b, a % b) : Math.abs(a);
}

// (cos(n_x t + a), cos(n_y t + b), cos(n_z t + c)) once around.
function knotLine(target, theta) {
  const n = target.slice(0, 3).map(Math.round);
  const phases = theta || target.slice(3, 6);
  const divisor = Math.max(n.reduce(greatestDivisor, 0), 1);
  const highest = Math.max(...n.map(Math.abs));
  const count = stageClamp(Math.floor((KNOT_POINTS_A_TURN * highest) / divisor), ...KNOT_POINTS) + 1;
  const times = denserAtBends(count, (2 * Math.PI) / divisor, n, phases);
  const at = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < 3; axis++) at[3 * i + axis] = Math.cos(n[axis] * times[i] + phases[axis]);
  }
  return { columns: 3, count, at };
}

// `count` times over `span`, closer where the knot bends. They move smoothly with the phases.
function denserAtBends(count, span, n, phases) {
  const rate = new Float64Array(count);
  const most = KNOT_BEND_MOST * Math.max(...n.map(Math.abs), 1);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const t = (span * i) / (count - 1);
    const [x, y, z] = n.map((each, axis) => -each * Math.sin(each * t + phases[axis]));
    const [u, v, w] = n.map((each, axis) => -each * each * Math.cos(each * t + phases[axis]));
    const turned = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u);
    rate[i] = Math.min(turned / Math.max(x * x + y * y + z * z, 1e-9), most);
    sum += rate[i];
  }
  const even = sum / count + 1e-9;
  const passed = new Float64Array(count);
  for (let i = 1; i < count; i++) passed[i] = passed[i - 1] + rate[i] + rate[i - 1] + 2 * even;
  const times = new Float64Array(count);
  for (let i = 0, k = 0; i < count; i++) {
    const sought = (passed[count - 1] * i) / (count - 1);
    while (k < count - 2 && passed[k + 1] < sought) k++;
    const within = (sought - passed[k]) / (passed[k + 1] - passed[k]);
    times[i] = (span * (k + Math.min(within, 1))) / (count - 1);
  }
  return times;
}

// exp(-d t / 2 pi) (cos(n_x t + a), cos(n_y t + b), cos(n_z t + c)) over three turns.
function harmonographLine(target, theta) {
  const n = target.slice(0, 3).map(Math.round);
  const learned = theta || target.slice(3, 7);
  const highest = Math.max(...n.map(Math.abs));
  const aTurn = stageClamp(HARMONOGRAPH_POINTS_A_TURN * highest, KNOT_POINTS[0], KNOT_POINTS[1] / 2);
  const count = 2 * aTurn + 1;
  const at = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    const turns = HARMONOGRAPH_TURNS * (i / (count - 1)) ** 1.6;
    const fade = Math.exp(-Math.max(learned[3], HARMONOGRAPH_LEAST_DAMPING) * turns);
    for (let axis = 0; axis < 3; axis++) {
      at[4 * i + axis] = Math.cos(2 * Math.PI * turns * n[axis] + learned[axis]) * fade;
    }
    at[4 * i + 3] = HARMONOGRAPH_THINNEST + (1 - HARMONOGRAPH_THINNEST) * Math.min(fade, 1);
  }
  return { columns: 4, count, at };
}

const STAGE_CURVES = { cubic: cubicLine, knot: knotLine, harmonograph: harmonographLine };

// The function (target, theta or null) -> line of a family; undefined where there is none.
export function stageCurve(family) {
  return STAGE_CURVES[family];
}

// Whether a line lies in space.
export function isThread(line) {
  return line.columns > 2;
}

// A line as the parameter `curve` has it drawn; see stage/curves.py, in_form.
export function lineInForm(line, form, height) {
  if (form === "graph") return isThread(line) ? chosenColumns(line, 2) : line;
  if (form === "auto" || isThread(line)) return line;
  const points = [];
  for (let i = 0; i < line.count; i++) {
    const [x, y] = [line.at[2 * i], line.at[2 * i + 1]];
    const { wide, bow } = GRAPH_IN_SPACE;
    if (Math.abs(x) <= 1) points.push(wide * x, y / height, bow * (1 - 2 * x * x));
  }
  return { columns: 3, count: points.length / 3, at: Float64Array.from(points) };
}

function chosenColumns(line, columns) {
  const at = new Float64Array(columns * line.count);
  for (let i = 0; i < line.count; i++) {
    for (let k = 0; k < columns; k++) at[columns * i + k] = line.at[line.columns * i + k];
  }
  return { columns, count: line.count, at };
}

// Every other point and the last: enough for what is thin and far off.
export function thinnedLine(line) {
  const { columns, count } = line;
  const kept = Math.floor(count / 2) + 1;
  const at = new Float64Array(columns * kept);
  for (let i = 0; i < kept; i++) {
    const from = Math.min(2 * i, count - 1) * columns;
    at.set(line.at.subarray(from, from + columns), columns * i);
  }
  return { columns, count: kept, at };
}

// y of a graph at `x`, interpolated between its points, whose x grow.
export function lineHeight(line, x) {
  const { at, count, columns } = line;
  let [low, high] = [0, count - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[columns * middle] <= x) low = middle;
    else high = middle;
  }
  const [x0, x1] = [at[columns * low], at[columns * high]];
  const within = x1 > x0 ? stageClamp((x - x0) / (x1 - x0), 0, 1) : 0;
  return at[columns * low + 1] * (1 - within) + at[columns * high + 1] * within;
}
