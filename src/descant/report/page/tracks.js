// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Draws the tracks of one recording on a canvas.
"use strict";

const decode = (text, ArrayType) =>
  new ArrayType(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const floats = (text) => decode(text, Float32Array);
const octets = (text) => decode(text, Uint8Array);
const clock = (t, digits = 0) => {
  const unit = 10 ** digits, n = Math.round(Math.abs(t) * unit), s = (n % (60 * unit)) / unit;
  const minutes = Math.floor(n / (60 * unit));
  return `${t < 0 && n ? "−" : ""}${minutes}:${s.toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
};
// First index whose value is above t, in a sorted array.
const after = (values, t) => {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= t) low = middle + 1; else high = middle;
  }
  return low;
};
const pitch = (key) =>
  ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"][key % 12] + (Math.floor(key / 12) - 1);

function unpack(json) {
  const { notes, states, pedal } = json;
  for (const name of ["start", "end", "tail", "loss"]) notes[name] = floats(notes[name]);
  for (const name of ["key", "velocity", "heat"]) notes[name] = octets(notes[name]);
  for (const name of ["time", "loss", "gradient", "step", "attempt"]) states[name] = floats(states[name]);
  states.converged = octets(states.converged);
  pedal.time = floats(pedal.time); pedal.value = octets(pedal.value);
  for (const name of ["dissonance", "density", "velocity"]) {
    const series = json[name];
    series.value = floats(series.value);
    series.at = (t) => {
      const i = Math.floor((t - series.begin) / series.step + 1e-6);
      return i >= 0 && i < series.value.length ? series.value[i] : NaN;
    };
  }
  return json;
}

function bounds(values, log) {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v) && (!log || v > 1e-9)) { low = Math.min(low, v); high = Math.max(high, v); }
  if (low > high) return log ? [0.001, 1] : [0, 1];
  return log ? [low / 1.4, high * 1.4] : [0, high * 1.05 || 1];
}

// A track has a title, a height (size), a colour (role) and the range of its scale.
function tracks(data) {
  const keys = data.notes.key.reduce(([a, b], k) => [Math.min(a, k), Math.max(b, k)], [127, 0]);
  return [
    { kind: "roll", title: "keys", size: 230, range: [keys[0] - 2, keys[1] + 2] },
    { kind: "states", title: "loss", field: "loss", role: "loss", size: 110, log: true, range: bounds(data.states.loss, true) },
    { kind: "states", title: "gradient |∇L|", field: "gradient", role: "gradient", size: 76, log: true, range: bounds(data.states.gradient, true) },
    { kind: "series", title: "dissonance", field: "dissonance", role: "dissonance", size: 88, range: bounds(data.dissonance.value) },
    { kind: "series", title: "density (notes/s)", field: "density", role: "density", size: 64, range: bounds(data.density.value) },
    { kind: "series", title: "velocity (1–127)", field: "velocity", role: "velocity", size: 64, range: [0, 127] },
    ...data.faults.map((fault) => ({ kind: "fault", title: fault.kind, role: "fault", size: 20, fault, range: [0, 1] })),
  ];
}

function height(track, value) {
  const [low, high] = track.range, f = track.log ? Math.log10 : (x) => x;
  const share = (f(Math.max(value, track.log ? low : -Infinity)) - f(low)) / (f(high) - f(low));
  return track.top + track.size - Math.min(1, Math.max(0, share)) * track.size;
}

function ticks(track) {
  const [low, high] = track.range;
  if (track.kind === "roll") return [24, 36, 48, 60, 72, 84, 96, 108].filter((k) => k > low && k < high).map((k) => [k, pitch(k)]);
  if (track.kind === "fault") return [];
  if (track.log) {
    const found = [], last = Math.floor(Math.log10(high)), first = Math.ceil(Math.log10(low));
    const every = Math.max(1, Math.ceil((last - first + 1) / (track.size / 22)));
    for (let e = last; e >= first; e -= every) found.push([10 ** e, e < -2 || e > 3 ? `1e${e}` : `${10 ** e}`.replace(/^(0\.0*1).*/, "$1")]);
    return found;
  }
  const step = [1, 2, 5, 10].map((m) => m * 10 ** Math.floor(Math.log10(high / 2))).filter((s) => high / s >= 1).pop();
  const found = [];
  for (let v = 0; v <= high; v += step) found.push([v, `${+v.toPrecision(3)}`]);
  return found.length > 4 ? [found[0], found[Math.floor(found.length / 2)], found[found.length - 1]] : found;
}

// Lowest, highest and mean value of each column of pixels: every peak is visible at every zoom.
function envelope(ctx, track, count, time, value, x, join) {
  const middle = new Path2D(), range = new Path2D();
  let column = NaN, low = 0, high = 0, sum = 0, n = 0, before = -1, joined = false;
  const flush = () => {
    range.rect(column, high - 0.5, 1, low - high + 1);
    if (joined) middle.lineTo(column + 0.5, sum / n); else middle.moveTo(column + 0.5, sum / n);
  };
  for (let i = 0; i < count; i++) {
    const v = value(i);
    if (!Number.isFinite(v)) continue;
    const y = height(track, v), at = Math.floor(x(time(i)));
    if (at !== column) {
      if (n) flush();
      joined = before >= 0 && (join(before, i) || at - column < 2);
      low = high = y; column = at; sum = n = 0;
      if (before >= 0 && join(before, i)) { const last = height(track, value(before)); low = Math.max(y, last); high = Math.min(y, last); }
    }
    low = Math.max(low, y); high = Math.min(high, y); sum += y; n++; before = i;
  }
  if (n) flush();
  ctx.globalAlpha = 0.32; ctx.fillStyle = ctx.strokeStyle; ctx.fill(range);
  ctx.globalAlpha = 1; ctx.stroke(middle);
}

function polyline(ctx, track, count, time, value, x, join) {
  ctx.beginPath();
  let before = -1;
  for (let i = 0; i < count; i++) {
    const v = value(i);
    if (!Number.isFinite(v)) continue;
    const px = x(time(i)), y = height(track, v);
    if (before >= 0 && join(before, i)) ctx.lineTo(px, y); else { ctx.moveTo(px - 0.6, y); ctx.lineTo(px + 0.6, y); }
    before = i;
  }
  ctx.stroke();
}

const draw = {
  roll(ctx, track, data, view) {
    const { notes, pedal } = data, unit = track.size / (track.range[1] - track.range[0]), thick = Math.max(1.5, unit * 0.8);
    for (let i = 0; i < notes.key.length; i++) {
      if (notes.start[i] > view.to || notes.tail[i] < view.from) continue;
      const x = view.x(notes.start[i]), y = height(track, notes.key[i]) - thick / 2, end = view.x(notes.end[i]), tail = view.x(notes.tail[i]);
      ctx.fillStyle = notes.heat[i] === 255 ? view.colour.quiet : view.heat[notes.heat[i] >> 2];
      const alpha = 0.4 + 0.6 * notes.velocity[i] / 127;
      if (tail > end + 1) { ctx.globalAlpha = 0.2 * alpha; ctx.fillRect(end, y + thick / 4, tail - end, thick / 2); }
      ctx.globalAlpha = alpha;
      ctx.fillRect(x, y, Math.max(1, end - x), thick);
    }
    ctx.globalAlpha = 0.5; ctx.fillStyle = view.colour.quiet;
    const bottom = track.top + track.size;
    for (let i = Math.max(0, after(pedal.time, view.from) - 1); i < pedal.time.length && pedal.time[i] < view.to; i++) {
      const x = view.x(pedal.time[i]), end = view.x(i + 1 < pedal.time.length ? pedal.time[i + 1] : data.end), h = pedal.value[i] / 127 * 7;
      ctx.fillRect(x, bottom - h, Math.max(0.5, end - x), h);
    }
    ctx.globalAlpha = 1;
  },
  states(ctx, track, data, view) {
    const { states } = data, value = states[track.field], from = Math.max(0, after(states.time, view.from) - 2);
    const count = Math.min(states.time.length, after(states.time, view.to) + 2) - from;
    const how = count > view.width / 3 ? envelope : polyline;
    ctx.strokeStyle = view.colour[track.role]; ctx.lineWidth = 1.2;
    how(ctx, track, count, (i) => states.time[from + i], (i) => value[from + i], view.x, (a, b) => states.attempt[from + a] === states.attempt[from + b]);
    if (track.field !== "loss") return;
    const y = Math.round(height(track, data.threshold)) + 0.5;
    ctx.setLineDash([2, 3]); ctx.strokeStyle = view.colour.quiet; ctx.lineWidth = 1;
    ctx.beginPath(); ctx.moveTo(view.left, y); ctx.lineTo(view.left + view.width, y); ctx.stroke(); ctx.setLineDash([]);
    ctx.fillStyle = view.colour.converged;
    for (let i = from; i < from + count; i++) if (states.converged[i]) {
      ctx.beginPath(); ctx.arc(view.x(states.time[i]), height(track, states.loss[i]), 2.2, 0, 7); ctx.fill();
    }
  },
  series(ctx, track, data, view) {
    const series = data[track.field], from = Math.max(0, Math.floor((view.from - series.begin) / series.step) - 1);
    const count = Math.min(series.value.length, Math.ceil((view.to - series.begin) / series.step) + 2) - from;
    ctx.strokeStyle = view.colour[track.role]; ctx.lineWidth = 1.2;
    (count > view.width ? envelope : polyline)(ctx, track, count, (i) => series.begin + (from + i) * series.step, (i) => series.value[from + i], view.x, () => true);
  },
  fault(ctx, track, data, view) {
    ctx.fillStyle = view.colour.fault;
    for (const [t] of track.fault.times) ctx.fillRect(view.x(t) - 0.75, track.top + 3, 1.5, track.size - 6);
  },
};
