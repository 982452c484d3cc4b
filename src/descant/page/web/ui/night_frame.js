// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Where things are in the picture of a night over time, and what is drawn there again and again.
import { NIGHT_UNKNOWN } from "./night_data.js";

// The colours of a loss, from in tune to out of tune; as in picture/palette.py.
const HEAT_STOPS = [
  [0, 0x8f, 0xe3, 0xe8], [0.22, 0xb7, 0xe4, 0xcf], [0.42, 0xf1, 0xdf, 0xa6],
  [0.62, 0xf7, 0xae, 0x62], [0.82, 0xee, 0x63, 0x52], [1, 0xc9, 0x35, 0x6e],
];
const HEAT_UNKNOWN = "rgb(169 166 160)";
const FEWEST_KEYS = 37;

export const BLACK_KEYS = [1, 3, 6, 8, 10];
export const rollHeats = Array.from({ length: 256 }, (_, i) => heatColour(i));

// The colour of 0 (in tune) .. 254, or 255: unknown.
function heatColour(heat) {
  if (heat === NIGHT_UNKNOWN) return HEAT_UNKNOWN;
  const x = heat / (NIGHT_UNKNOWN - 1);
  const i = Math.max(1, HEAT_STOPS.findIndex(([stop]) => stop >= x));
  const [before, after] = [HEAT_STOPS[i - 1], HEAT_STOPS[i]];
  const share = (x - before[0]) / (after[0] - before[0]);
  return `rgb(${[1, 2, 3].map((k) => Math.round(before[k] + (after[k] - before[k]) * share)).join(" ")})`;
}

// Keys, loss and dissonance below each other, on one axis.
export class NightFrame {
  constructor(canvas, night, axis) {
    this.canvas = canvas;
    this._night = night;
    this._axis = axis;
    const { key } = night.notes;
    const [lowest, highest] = [key.reduce((a, b) => Math.min(a, b), 127), key.reduce((a, b) => Math.max(a, b), 0)];
    const spare = Math.max(2, Math.ceil((FEWEST_KEYS - (highest - lowest + 1)) / 2));
    this._keys = [Math.max(0, lowest - spare), Math.min(127, highest + spare)];
    this._losses = rollLossRange(night);
  }

  // [left, width] of the axis in pixels.
  get plot() {
    const left = this.canvas.clientWidth < 600 ? 28 : 36;
    return [left, this.canvas.clientWidth - left];
  }

  // Whether a height is in the strip that shows the whole night.
  inOverview(top) {
    return !this._axis.whole && top > this.canvas.clientHeight - 12;
  }

  // Where the tracks are.
  _place(width, height) {
    const [left, across] = this.plot;
    const [top, bottom] = [24, height - 34];
    const tall = bottom - top;
    this._left = left;
    this._right = left + across;
    this._tracks = {
      roll: [top, top + tall * 0.56],
      loss: [top + tall * 0.6, top + tall * 0.83],
      dissonance: [top + tall * 0.87, bottom],
    };
    this._bottom = bottom;
    this._size = [width, height];
  }

  _x(time) {
    const { from, to } = this._axis;
    return this._left + ((time - from) / (to - from)) * (this._right - this._left);
  }

  _keyBox(key) {
    const [top, bottom] = this._tracks.roll;
    const each = (bottom - top) / (this._keys[1] - this._keys[0] + 1);
    return [bottom - (key - this._keys[0] + 1) * each, each];
  }

  _lossY(loss) {
    const [top, bottom] = this._tracks.loss;
    const [low, high] = this._losses;
    const level = Number.isNaN(loss) ? high : Math.min(Math.max(Math.log10(Math.max(loss, 1e-12)), low), high);
    return bottom - ((level - low) / (high - low)) * (bottom - top);
  }

  // Draw within the tracks alone.
  _clipped(context, draw) {
    context.save();
    context.beginPath();
    context.rect(this._left, 0, this._right - this._left, this._size[1]);
    context.clip();
    draw();
    context.restore();
  }
}

// Powers of ten between which the losses of a night lie.
function rollLossRange({ states, threshold }) {
  let low = Math.log10(Math.max(threshold, 1e-4)) - 0.4;
  let high = 0.3;
  for (const loss of states.loss) {
    if (!(loss > 0) || loss === Infinity) continue;
    const level = Math.log10(loss);
    low = Math.min(low, Math.max(level - 0.1, -6));
    high = Math.max(high, Math.min(level + 0.1, 3));
  }
  return [low, high];
}

// Seconds as "1:05".
export function clockWords(seconds, fine = false) {
  const whole = fine ? Math.floor(seconds + 1e-6) : Math.round(seconds);
  const rest = fine ? `.${Math.round((seconds - whole) * 10)}` : "";
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}${rest}`;
}

export function rollRule(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

export function rollDot(context, x, y, radius, tint) {
  context.fillStyle = tint;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
