// The picture of a night over time: keys, loss and dissonance on one axis. What does not move is drawn
// once for each stretch of time, the playhead and the notes that sound before every frame.
import { colour, fitCanvas } from "./controls.js";
import { NIGHT_UNKNOWN, lastBefore } from "./night_data.js";

// The colours of a loss, from in tune to out of tune; as in picture/palette.py.
const HEAT_STOPS = [
  [0, 0x8f, 0xe3, 0xe8], [0.22, 0xb7, 0xe4, 0xcf], [0.42, 0xf1, 0xdf, 0xa6],
  [0.62, 0xf7, 0xae, 0x62], [0.82, 0xee, 0x63, 0x52], [1, 0xc9, 0x35, 0x6e],
];
const HEAT_UNKNOWN = "rgb(169 166 160)";
const BLACK_KEYS = [1, 3, 6, 8, 10];
const FEWEST_KEYS = 37;
const LONGEST_NOTE_MS = 72_000; // with its tail: how far back one that still sounds can begin
const ROLL_FONT = "11px system-ui, sans-serif";
const TICK_SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

const rollHeats = Array.from({ length: 256 }, (_, i) => heatColour(i));

// The colour of 0 (in tune) .. 254, or 255: unknown.
function heatColour(heat) {
  if (heat === NIGHT_UNKNOWN) return HEAT_UNKNOWN;
  const x = heat / (NIGHT_UNKNOWN - 1);
  const i = Math.max(1, HEAT_STOPS.findIndex(([stop]) => stop >= x));
  const [before, after] = [HEAT_STOPS[i - 1], HEAT_STOPS[i]];
  const share = (x - before[0]) / (after[0] - before[0]);
  return `rgb(${[1, 2, 3].map((k) => Math.round(before[k] + (after[k] - before[k]) * share)).join(" ")})`;
}

export class NightRoll {
  constructor(canvas, night, axis) {
    this.canvas = canvas;
    this._night = night;
    this._axis = axis;
    this._still = document.createElement("canvas");
    this._drawn = "";
    this._frame = "";
    const { key } = night.notes;
    const [lowest, highest] = [key.reduce((a, b) => Math.min(a, b), 127), key.reduce((a, b) => Math.max(a, b), 0)];
    const spare = Math.max(2, Math.ceil((FEWEST_KEYS - (highest - lowest + 1)) / 2));
    this._keys = [Math.max(0, lowest - spare), Math.min(127, highest + spare)];
    this._losses = rollLossRange(night);
  }

  // The dissonance has been computed, or colours have changed.
  touch() {
    this._drawn = "";
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
    context.drawImage(this._still, 0, 0, width, height);
    this._clipped(context, () => this._chosen(context, attempt));
    this._keyboard(context, time, playing);
    this._playhead(context, time);
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

  // Where the tracks are.
  _place(width, height) {
    const [left, across] = this.plot;
    const [top, bottom] = [20, height - 34];
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

  _drawStill(width, height) {
    const still = this._still;
    [still.width, still.height] = [this.canvas.width, this.canvas.height];
    const context = still.getContext("2d");
    context.scale(still.width / width, still.height / height);
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

  _lossY(loss) {
    const [top, bottom] = this._tracks.loss;
    const [low, high] = this._losses;
    const level = Number.isNaN(loss) ? high : Math.min(Math.max(Math.log10(Math.max(loss, 1e-12)), low), high);
    return bottom - ((level - low) / (high - low)) * (bottom - top);
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
    for (let i = lastBefore(start, time); i >= 0 && start[i] > time - 65_536; i--)
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

function rollRule(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function rollDot(context, x, y, radius, tint) {
  context.fillStyle = tint;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
