// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What does not move in the picture of a night: notes, losses, dissonance, parts, times.
import { colour } from "./controls.js";
import { lastBefore } from "./night_data.js";
import { BLACK_KEYS, NightFrame, clockWords, rollDot, rollHeats, rollRule } from "./night_frame.js";

const LONGEST_NOTE_MS = 72_000; // with its tail: how far back one that still sounds can begin
const ROLL_FONT = "11px system-ui, sans-serif";
const TICK_SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

export class NightTracks extends NightFrame {
  // Draw all of it, the axis in sight.
  _still(context, height) {
    context.font = ROLL_FONT;
    this._clipped(context, () => {
      this._rows(context);
      this._grid(context);
      this._notes(context);
      this._loss(context);
      this._dissonance(context);
      this._parts(context);
    });
    this._labels(context);
    if (!this._axis.whole) this._overview(context, height);
  }

  _rows(context) {
    context.fillStyle = colour("raised");
    context.globalAlpha = 0.55;
    for (let key = this._keys[0]; key <= this._keys[1]; key++) {
      if (BLACK_KEYS.includes(key % 12)) continue;
      const [top, each] = this._keyBox(key);
      context.fillRect(this._left, top, this._right - this._left, Math.max(each - 0.5, 0.5));
    }
    context.globalAlpha = 1;
  }

  _grid(context) {
    const { from, to } = this._axis;
    const seconds = (to - from) / 1000;
    const most = (this._right - this._left) / 70;
    const gap = TICK_SECONDS.find((each) => seconds / each <= most) ?? 7200;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let tick = Math.ceil(from / 1000 / gap) * gap; tick * 1000 <= to; tick += gap) {
      const x = Math.round(this._x(tick * 1000)) + 0.5;
      context.strokeStyle = colour("rule");
      rollRule(context, x, this._tracks.roll[0], x, this._bottom);
      context.fillStyle = colour("quiet");
      if (x > this._left + 14 && x < this._right - 14) context.fillText(clockWords(tick, gap < 1), x, this._bottom + 11);
    }
  }

  _notes(context) {
    const { start, length, tail, key, velocity, heat } = this._night.notes;
    const { from, to } = this._axis;
    for (let i = Math.max(0, lastBefore(start, from - LONGEST_NOTE_MS)); i < start.length && start[i] <= to; i++) {
      const end = start[i] + length[i];
      if (end + tail[i] < from) continue;
      const [top, each] = this._keyBox(key[i]);
      const [x, right, last] = [this._x(start[i]), this._x(end), this._x(end + tail[i])];
      context.fillStyle = rollHeats[heat[i]];
      context.globalAlpha = 0.5 + (0.5 * velocity[i]) / 127;
      context.fillRect(x, top, Math.max(right - x, 1.2), Math.max(each - 0.6, 1));
      if (last - right < 0.7) continue;
      context.globalAlpha *= 0.32;
      context.fillRect(right, top + each * 0.28, last - right, Math.max(each * 0.4, 0.7));
    }
    context.globalAlpha = 1;
  }

  // The losses of the attempts as lines of steps, with marks at their starts and ends.
  _loss(context) {
    const night = this._night;
    const tuned = Math.round(this._lossY(night.threshold)) + 0.5;
    context.strokeStyle = colour("good");
    context.setLineDash([2, 4]);
    rollRule(context, this._left, tuned, this._right, tuned);
    context.setLineDash([]);
    const { from, to } = this._axis;
    const first = Math.max(0, lastBefore(night.starts, from));
    const last = lastBefore(night.starts, to);
    const crowded = last - first > (this._right - this._left) / 8;
    context.beginPath();
    for (let attempt = first; attempt <= last; attempt++) this._lossPath(context, attempt);
    Object.assign(context, { strokeStyle: colour("loss"), lineJoin: "round", lineWidth: crowded ? 0.8 : 1.4, globalAlpha: 0.75 });
    context.stroke();
    for (let attempt = first; attempt <= last && !crowded; attempt++) this._lossMarks(context, attempt);
    context.globalAlpha = 1;
    context.lineWidth = 1;
  }

  _lossPath(context, attempt) {
    const { time, loss } = this._night.states;
    const [first, end] = this._night.range(attempt);
    let before = this._lossY(loss[first]);
    let drawn = this._x(time[first]);
    context.moveTo(drawn, before);
    for (let i = first + 1; i < end; i++) {
      const x = this._x(time[i]);
      if (x < drawn + 0.4 && i < end - 1) continue;
      context.lineTo(x, before);
      before = this._lossY(loss[i]);
      context.lineTo(x, before);
      drawn = x;
    }
    context.lineTo(this._x(this._night.span(attempt)[1]), before);
  }

  _lossMarks(context, attempt) {
    const { time, loss, status } = this._night.states;
    const [first, end] = this._night.range(attempt);
    const [from, to] = this._night.span(attempt);
    if (this._x(to) - this._x(from) < 7) return;
    const mark = (i, radius, role) => rollDot(context, this._x(time[i]), this._lossY(loss[i]), radius, colour(role));
    mark(first, 2.4, "loss");
    const converged = status.subarray(first, end).indexOf(1);
    if (converged >= 0) mark(first + converged, 3, "good");
    if (status[end - 1] === 2) mark(end - 1, 3, "bad");
  }

  _dissonance(context) {
    const found = this._night.dissonance;
    if (!found) return;
    const [top, bottom] = this._tracks.dissonance;
    const { start, rate, highest, values } = found;
    const { from, to } = this._axis;
    const first = Math.max(0, Math.floor(((from - start) * rate) / 1000));
    const last = Math.min(values.length - 1, Math.ceil(((to - start) * rate) / 1000));
    if (last < first) return;
    const y = (value) => bottom - Math.sqrt(Math.max(value, 0) / highest) * (bottom - top);
    const columns = new Map(); // the highest of each pixel
    for (let i = first; i <= last; i++) {
      const x = Math.round(this._x(start + (i * 1000) / rate) * 2) / 2;
      columns.set(x, Math.max(columns.get(x) ?? 0, values[i]));
    }
    const points = [...columns].map(([x, value]) => [x, y(value)]);
    context.beginPath();
    for (const point of points) context.lineTo(...point);
    context.strokeStyle = context.fillStyle = colour("residual");
    context.lineWidth = 1.3;
    context.stroke();
    context.lineTo(points[points.length - 1][0], bottom);
    context.lineTo(points[0][0], bottom);
    context.globalAlpha = 0.22;
    context.fill();
    context.globalAlpha = 1;
  }

  _parts(context) {
    const { parts } = this._night;
    context.textAlign = "left";
    parts.forEach(({ start, number, title }, i) => {
      const x = this._x(start);
      const end = Math.min(i + 1 < parts.length ? this._x(parts[i + 1].start) : this._right, this._right) - 6;
      if (x >= this._left - 1) {
        context.strokeStyle = colour("edge");
        rollRule(context, Math.round(x) + 0.5, 4, Math.round(x) + 0.5, this._bottom);
      }
      const at = Math.max(x, this._left) + 5;
      const words = [`${number} ${title}`, title ? String(number) : `part ${number}`].slice(title ? 0 : 1);
      const fitting = words.find((text) => at + context.measureText(text).width <= end);
      context.fillStyle = colour("quiet");
      if (fitting) context.fillText(fitting, at, 9);
    });
  }

  _labels(context) {
    context.textAlign = "left";
    context.textBaseline = "top";
    for (const [name, words] of [["loss", "loss"], ["dissonance", "dissonance"]]) {
      const [top] = this._tracks[name];
      context.fillStyle = colour("stage");
      context.globalAlpha = 0.7;
      context.fillRect(this._left + 4, top - 3, context.measureText(words).width + 6, 14);
      context.globalAlpha = 1;
      context.fillStyle = colour(name === "loss" ? "loss" : "residual");
      context.fillText(words, this._left + 7, top - 2);
    }
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.fillStyle = colour("quiet");
    const [low, high] = this._losses;
    const every = Math.ceil((high - low) / 4);
    for (let power = Math.ceil(low); power <= high; power += every) {
      const words = power >= -2 && power <= 2 ? String(Number((10 ** power).toPrecision(1))) : `1e${power}`;
      context.fillText(words, this._left - 3, this._lossY(10 ** power));
    }
  }

  // The whole night, small, with what is in sight.
  _overview(context, height) {
    const [left, across] = this.plot;
    const [top, thick] = [height - 9, 5];
    context.fillStyle = colour("rule");
    context.fillRect(left, top, across, thick);
    const { from, to, length } = this._axis;
    context.fillStyle = colour("accent");
    context.fillRect(left + (from / length) * across, top, Math.max(((to - from) / length) * across, 4), thick);
  }
}
