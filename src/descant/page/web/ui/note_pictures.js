// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The pictures of a note: its spectrum over the keys of a piano, its wave, its roughness, two
// partials that beat.
import { colour, fitCanvas } from "./controls.js";
import { NOTE_HIGHEST, noteFrequency, noteName, noteRoughness } from "./note_partials.js";

const NOTE_BLACK = [1, 3, 6, 8, 10];
const NOTE_TICKS = [0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5];
const NOTE_FONT = '13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';

// Where a stretch lies on the slider and on the roughness's axis, 0 .. 1: finely near 0.
export function noteStretchPlace(stretch) {
  return Math.cbrt(stretch / NOTE_HIGHEST);
}

export function noteStretchAt(place) {
  return NOTE_HIGHEST * place ** 3;
}

// The colour of an overtone: light blue in tune, then orange, then red.
function noteColour(stretch) {
  const share = Math.min(1, noteStretchPlace(stretch) * 1.15);
  const [from, to, part] = share < 0.5 ? ["good", "residual", share * 2] : ["residual", "learned", share * 2 - 1];
  return `color-mix(in oklab, ${colour(to)} ${(100 * part).toFixed(1)}%, ${colour(from)})`;
}

// `partials` at the shown stretch; `glow` 0 .. 1: how loud it sounds; `pair`: indices of two, or null.
export function drawNoteSpectrum(canvas, { partials, stretch, glow, pair, settings }) {
  const { context, width, height } = fitCanvas(canvas);
  context.clearRect(0, 0, width, height);
  const bases = partials.map((p) => p.base);
  const low = Math.log2(Math.min(...bases)) - 0.25;
  const high = Math.log2(Math.max(...bases) * (1 + NOTE_HIGHEST)) + 0.1;
  const x = (frequency) => ((Math.log2(frequency) - low) / (high - low)) * width;
  const floor = height - Math.max(34, height * 0.15);
  noteKeyboard(context, x, { floor, width, height, sounding: new Set(partials.map((p) => p.key)), settings });
  const top = (amplitude) => floor - (floor - 56) * Math.sqrt(amplitude);
  for (const partial of partials) noteMark(context, x(partial.base), floor);
  if (pair) noteBracket(context, pair.map((i) => x(partials[i].frequency)), 14);
  for (const partial of partials) {
    const ink = partial.k === 1 ? colour("target") : noteColour(stretch);
    const place = { x: x(partial.frequency), y: top(partial.amplitude), from: x(partial.base), floor };
    noteLine(context, place, ink, glow, pair?.some((i) => partials[i] === partial));
  }
  context.fillStyle = colour("quiet");
  context.font = NOTE_FONT;
  context.textAlign = "center";
  const single = new Set(partials.map((p) => p.key)).size === 1;
  let free = 0; // a name that would stand on the one before is left out
  for (const { k, key, amplitude, frequency } of partials) {
    const place = x(frequency);
    if ((!single && k > 1) || place < free) continue;
    free = place + 24;
    context.fillText(single ? (k === 1 ? "f" : `${k}f`) : noteName(key), place, top(amplitude) - 12);
  }
}

function noteLine(context, { x, y, from, floor }, ink, glow, marked) {
  context.strokeStyle = context.fillStyle = ink;
  context.lineCap = "round";
  if (Math.abs(x - from) > 1) {
    context.globalAlpha = 0.45;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(x, y);
    context.stroke();
  }
  context.globalAlpha = 0.1 + 0.2 * glow;
  for (const width of [14, 8]) {
    context.lineWidth = width;
    noteStroke(context, x, floor, y);
  }
  context.globalAlpha = 1;
  context.lineWidth = marked ? 3.2 : 2.2;
  noteStroke(context, x, floor, y);
  context.beginPath();
  context.arc(x, y, (marked ? 5 : 4) + 2 * glow, 0, 2 * Math.PI);
  context.fill();
}

function noteStroke(context, x, from, to) {
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.stroke();
}

// A thin dashed line where a partial belongs.
function noteMark(context, x, floor) {
  context.strokeStyle = colour("edge");
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  noteStroke(context, x, floor, 40);
  context.setLineDash([]);
}

function noteBracket(context, [one, other], y) {
  context.strokeStyle = colour("accent");
  context.lineWidth = 2;
  const [left, right] = [Math.min(one, other) - 4, Math.max(one, other) + 4];
  context.beginPath();
  context.moveTo(left, y + 6);
  context.lineTo(left, y);
  context.lineTo(right, y);
  context.lineTo(right, y + 6);
  context.stroke();
}

function noteKeyboard(context, x, { floor, width, height, sounding, settings }) {
  const edge = (key) => x(noteFrequency(key - 0.5, settings.a4));
  const key = (number, from, to, bottom) => {
    context.fillStyle = sounding.has(number) ? colour("accent") : NOTE_BLACK.includes(number % 12) ? colour("stage") : colour("edge");
    context.fillRect(from + 0.6, floor + 3, Math.max(1, to - from - 1.2), bottom - floor - 3);
  };
  const inSight = Array.from({ length: 116 }, (_, i) => i + 12).filter((n) => edge(n + 2) > 0 && edge(n - 1) < width);
  const white = inSight.filter((number) => !NOTE_BLACK.includes(number % 12));
  // A white key reaches to the middle of a black one beside it.
  for (const n of white) {
    const [left, right] = [n - 1, n + 1].map((other) => (NOTE_BLACK.includes(other % 12) ? 0.5 : 0));
    key(n, x(noteFrequency(n - 0.5 - left, settings.a4)), x(noteFrequency(n + 0.5 + right, settings.a4)), height);
  }
  for (const n of inSight) if (!white.includes(n)) key(n, edge(n), edge(n + 1), floor + (height - floor) * 0.62);
}

// `phases` of the partials in turns; the lowest fundamental stands still. Three of its periods.
export function drawNoteWave(canvas, { partials, phases, stretch }) {
  const { context, width, height } = fitCanvas(canvas);
  context.clearRect(0, 0, width, height);
  const lowest = Math.min(...partials.map((p) => p.frequency));
  const sum = partials.reduce((total, p) => total + p.amplitude, 0);
  noteAxis(context, width, height / 2);
  context.beginPath();
  for (let px = 0; px <= width; px += 1) {
    const time = (3 * px) / width / lowest;
    let value = 0;
    partials.forEach((p, i) => (value += p.amplitude * Math.sin(2 * Math.PI * (p.frequency * time + phases[i]))));
    context.lineTo(px, height / 2 - (value / sum) * height * 0.44);
  }
  noteGlowLine(context, noteColour(stretch));
}

function noteAxis(context, width, y) {
  context.strokeStyle = colour("rule");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
}

function noteGlowLine(context, ink) {
  context.strokeStyle = ink;
  context.lineJoin = "round";
  for (const [width, alpha] of [[7, 0.14], [2.2, 1]]) {
    context.lineWidth = width;
    context.globalAlpha = alpha;
    context.stroke();
  }
  context.globalAlpha = 1;
}

// The roughness of `keys` at every stretch of the axis, to be computed once for a chord.
export function noteRoughnessCurve(keys, settings) {
  return Array.from({ length: 301 }, (_, i) => noteRoughness(keys, noteStretchAt(i / 300), settings));
}

export function drawNoteRoughness(canvas, { curve, top, stretch, value }) {
  const { context, width, height } = fitCanvas(canvas);
  context.clearRect(0, 0, width, height);
  const [left, right, floor] = [16, width - 16, height - 26];
  const x = (place) => left + place * (right - left);
  const y = (rough) => floor - (rough / top) * (floor - 24);
  context.font = NOTE_FONT;
  context.textAlign = "center";
  for (const tick of NOTE_TICKS) {
    const place = x(noteStretchPlace(tick));
    context.strokeStyle = colour("rule");
    context.lineWidth = 1;
    noteStroke(context, place, floor, 14);
    context.fillStyle = colour("quiet");
    context.fillText(tick ? String(tick) : "L = 0", Math.min(Math.max(place, 24), width - 14), height - 9);
  }
  context.textAlign = "left";
  context.fillText("rougher ↑", left + 6, 16);
  noteAxis(context, width, floor);
  context.beginPath();
  curve.forEach((rough, i) => context.lineTo(x(i / (curve.length - 1)), y(rough)));
  noteGlowLine(context, colour("loss"));
  const place = x(noteStretchPlace(stretch));
  context.strokeStyle = context.fillStyle = colour("text");
  context.globalAlpha = 0.5;
  noteStroke(context, place, floor, y(value));
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(place, y(value), 6, 0, 2 * Math.PI);
  context.fill();
}

// One second of two partials together; `now`, 0 .. 1, is where the sound is, or null.
export function drawNoteBeats(canvas, { pair, now }) {
  const { context, width, height } = fitCanvas(canvas);
  context.clearRect(0, 0, width, height);
  noteAxis(context, width, height / 2);
  if (!pair) return;
  const [one, other] = pair;
  const beats = Math.abs(one.frequency - other.frequency);
  const blur = Math.min(1, Math.max(0, (beats - width / 12) / (width / 12))); // too fast for the pixels
  const size = (px) => {
    const phase = 2 * Math.PI * beats * (px / width);
    const level = Math.sqrt(one.amplitude ** 2 + other.amplitude ** 2 + 2 * one.amplitude * other.amplitude * Math.cos(phase));
    const share = level / (one.amplitude + other.amplitude);
    return (share + (0.75 - share) * blur) * height * 0.4;
  };
  context.beginPath();
  for (let px = 0; px <= width; px += 0.5) context.lineTo(px, height / 2 - size(px));
  for (let px = width; px >= 0; px -= 0.5) context.lineTo(px, height / 2 + size(px));
  context.fillStyle = colour("accent");
  context.globalAlpha = 0.75;
  context.fill();
  context.globalAlpha = 1;
  if (now === null) return;
  context.strokeStyle = colour("text");
  context.lineWidth = 2;
  noteStroke(context, now * width, 4, height - 4);
}
