// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture of a night over time. What does not move is drawn once for each stretch of time, the
// playhead, the chosen episode and the notes that sound before every frame.
import { colour, fitCanvas } from "./controls.js";
import { lastBefore } from "./night_data.js";
import { BLACK_KEYS, rollDot, rollHeats, rollRule } from "./night_frame.js";
import { NightTracks } from "./night_tracks.js";

const LONGEST_KEY_MS = 65_536;

export class NightRoll extends NightTracks {
  constructor(canvas, night, axis) {
    super(canvas, night, axis);
    this._layer = document.createElement("canvas");
    this._drawn = "";
    this._frame = "";
  }

  // The dissonance has been computed, or colours have changed.
  touch() {
    this._drawn = "";
  }

  // Draw with the playhead at `time`; `attempt` is the chosen one, `playing`: notes light up.
  draw(time, attempt, playing) {
    const { context, width, height } = fitCanvas(this.canvas);
    const { from, to } = this._axis;
    const still = [width, height, this.canvas.width, from, to, this._night.dissonance !== null].join();
    const frame = [still, time, attempt, playing].join();
    if (frame === this._frame && this._drawn) return;
    this._frame = frame;
    this._place(width, height);
    if (still !== this._drawn) {
      this._drawn = still;
      this._drawStill(width, height);
    }
    context.clearRect(0, 0, width, height);
    context.drawImage(this._layer, 0, 0, width, height);
    this._clipped(context, () => this._chosen(context, attempt));
    this._keyboard(context, time, playing);
    this._playhead(context, time);
  }

  _drawStill(width, height) {
    const layer = this._layer;
    [layer.width, layer.height] = [this.canvas.width, this.canvas.height];
    const context = layer.getContext("2d");
    context.scale(layer.width / width, layer.height / height);
    this._still(context, height);
  }

  // The chosen episode: a light band over all tracks, and its loss.
  _chosen(context, attempt) {
    const [from, to] = this._night.span(attempt).map((time) => this._x(time));
    const [top, bottom] = [this._tracks.roll[0], this._bottom];
    context.fillStyle = colour("accent");
    context.globalAlpha = 0.13;
    context.fillRect(from, top, Math.max(to - from, 1.5), bottom - top);
    context.globalAlpha = 0.9;
    context.fillRect(from, top - 3, Math.max(to - from, 3), 3);
    context.globalAlpha = 1;
    context.beginPath();
    this._lossPath(context, attempt);
    Object.assign(context, { strokeStyle: colour("loss"), lineWidth: 2.2, lineJoin: "round" });
    context.stroke();
  }

  _keyboard(context, time, playing) {
    const [top, bottom] = this._tracks.roll;
    const wide = this._left - 4;
    const lit = playing ? this._sounding(time) : new Map();
    context.fillStyle = colour("stage");
    context.fillRect(0, top, this._left, bottom - top);
    for (let key = this._keys[0]; key <= this._keys[1]; key++) {
      const [y, each] = this._keyBox(key);
      const black = BLACK_KEYS.includes(key % 12);
      context.fillStyle = lit.has(key) ? rollHeats[this._night.notes.heat[lit.get(key)]] : black ? "#23252e" : "#807e7c";
      context.globalAlpha = lit.has(key) ? 1 : 0.55;
      context.fillRect(0, y, black && !lit.has(key) ? wide * 0.62 : wide, Math.max(each - 0.5, 0.5));
    }
    context.globalAlpha = 1;
    for (const [key, note] of lit) this._light(context, key, note, time);
  }

  // The notes whose keys are down, by key.
  _sounding(time) {
    const { start, length, key } = this._night.notes;
    const found = new Map();
    for (let i = lastBefore(start, time); i >= 0 && start[i] > time - LONGEST_KEY_MS; i--)
      if (start[i] + Math.max(length[i], 60) > time && !found.has(key[i])) found.set(key[i], i);
    return found;
  }

  _light(context, key, note, time) {
    const { start, heat } = this._night.notes;
    const [top, each] = this._keyBox(key);
    const [x, end] = [Math.max(this._x(start[note]), this._left), this._x(time)];
    this._clipped(context, () => {
      context.fillStyle = rollHeats[heat[note]];
      context.globalAlpha = 0.25;
      context.fillRect(x - 3, top - 3, end - x + 6, each + 5);
      context.globalAlpha = 1;
      context.fillRect(x, top, Math.max(end - x, 2), Math.max(each - 0.6, 1.5));
      rollDot(context, end, top + each / 2, Math.max(each * 0.7, 3), "#ffffff");
    });
  }

  _playhead(context, time) {
    const x = this._x(time);
    if (x < this._left - 1 || x > this._right + 1) return;
    context.strokeStyle = context.fillStyle = colour("text");
    context.lineWidth = 1.4;
    rollRule(context, x, this._tracks.roll[0] - 4, x, this._bottom + 3);
    context.beginPath();
    context.moveTo(x - 5, this._tracks.roll[0] - 8);
    context.lineTo(x + 5, this._tracks.roll[0] - 8);
    context.lineTo(x, this._tracks.roll[0]);
    context.fill();
    context.lineWidth = 1;
  }
}
