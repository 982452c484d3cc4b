// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Graphs (the cubic's) on the screen: curves, sample points, residuals, past episodes; as
// stage/graphs.py.
// A stroke is { count, x, y, half, depth, colour, round, glow }: arrays by point, `colour` with four
// numbers for each, not premultiplied; lengths in screen units, the picture's height is 2.
import { stageClamp, stageUnits } from "./stage_easing.js";
import { pastStrength } from "./stage_episodes.js";

const GRAPH_ACROSS = 0.78; // where x = 1 is, of the way from the middle to the right edge
const GRAPH_UP = 0.86; // where the top of the view is, of the way to the upper edge
const GRAPH_PAST_SCALE = 0.45; // size of a past episode when it is out of sight
const GRAPH_PAST_RISE = 0.5;
const GRAPH_DEPTH = 10; // all that is flat lies behind any thread
const GRAPH_SAMPLE_OPACITY = 0.75; // of residuals

// An empty stroke of `count` points.
export function newStroke(count, round, glow) {
  return {
    count,
    x: new Float64Array(count),
    y: new Float64Array(count),
    half: new Float64Array(count),
    depth: new Float64Array(count),
    colour: new Float32Array(4 * count),
    round,
    glow,
  };
}

// A colour between two.
export function mixedColour(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}

// A graph's line; `place(x, y)` gives its place on the screen. `width` in pixels at 1080 lines.
function graphStroke(line, colour, opacity, { width, glow, depth, across, up, turn = [1, 0], rise = 0 }) {
  const { at, columns, count } = line;
  const stroke = newStroke(count, false, glow);
  let reach = 0;
  for (let i = 0; i < count; i++) reach = Math.max(reach, Math.abs(at[columns * i]));
  for (let i = 0; i < count; i++) {
    const [x, y] = [at[columns * i], at[columns * i + 1]];
    const ends = reach > 1 ? stageClamp((reach - Math.abs(x)) / (reach - 1), 0, 1) ** 1.5 : 1;
    stroke.x[i] = across * x * turn[0] - up * y * turn[1];
    stroke.y[i] = across * x * turn[1] + up * y * turn[0] + rise;
    stroke.half[i] = stageUnits(width) / 2;
    stroke.depth[i] = depth;
    stroke.colour.set(colour, 4 * i);
    stroke.colour[4 * i + 3] = opacity * ends;
  }
  return stroke;
}

// The episode that is being learned: { strokes, segments, dots }.
export function graphOfEpisode(curve, s, aspect) {
  const [across, up] = [GRAPH_ACROSS * aspect, GRAPH_UP / curve.view];
  const glow = s.glow * curve.shown;
  const line = (points, colour, size, order) =>
    graphStroke(points, colour, curve.shown, {
      width: s.line_width * size, glow, depth: GRAPH_DEPTH - order, across, up,
    });
  const strokes = [
    line(curve.targetPoints(), s.target_colour, 1, 0),
    line(curve.learnedPoints(), s.learned_colour, 0.9, 1),
  ];
  const samples = curve.samples;
  if (!samples.length) return { strokes, segments: null, dots: null };
  const places = samples.map(([x, y]) => [across * x, up * y]);
  const segments = {
    ends: samples.map(([x], i) => [...places[i], across * x, up * curve.learnedAt(x)]),
    half: stageUnits(s.residual_width) / 2,
    colour: [...s.residual_colour, GRAPH_SAMPLE_OPACITY * curve.shown],
  };
  const dots = { points: places, radius: stageUnits(s.dot_size) / 2, colour: [...s.target_colour, curve.shown] };
  return { strokes, segments, dots };
}

// An episode that is over: it shrinks, rises, turns, greys and fades.
export function graphOfPast(past, s, aspect) {
  const gone = past.gone ** 0.8;
  const scale = 1 + (GRAPH_PAST_SCALE - 1) * gone;
  const angle = (past.turn * gone * Math.PI) / 180;
  const early = 1 - Math.min(1, 12 * past.gone); // the colours go first
  const strength = pastStrength(past);
  const form = {
    width: s.line_width * (0.4 + 0.6 * early) * scale,
    glow: s.glow * early * strength,
    depth: GRAPH_DEPTH + 1 + past.gone,
    across: GRAPH_ACROSS * aspect,
    up: GRAPH_UP / past.view,
    turn: [scale * Math.cos(angle), scale * Math.sin(angle)],
    rise: GRAPH_PAST_RISE * gone,
  };
  const pairs = [[past.target, s.target_colour], [past.learned, s.learned_colour]];
  return pairs
    .filter(([line]) => line)
    .map(([line, colour]) =>
      graphStroke(line, mixedColour(s.past_colour, colour, early), strength * (0.65 + 0.35 * early), form),
    );
}
