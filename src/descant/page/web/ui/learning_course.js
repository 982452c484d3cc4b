// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The course of the loss over the steps, on a logarithmic axis; earlier attempts stay in grey.
import { colour, fitCanvas } from "./controls.js";
import { stageShare } from "./stage_easing.js";

const COURSE_EDGES = { left: 42, right: 14, top: 14, bottom: 26 };
const COURSE_FEWEST = 24; // steps that are in sight at least
const COURSE_EASE_S = 0.18;

export class LossCourse {
  // `threshold`: the loss at which an episode has converged.
  constructor(canvas, threshold) {
    this._canvas = canvas;
    this._threshold = threshold;
    this._view = null;
    this._drawn = "";
  }

  // Draw the losses of a LearningRun, `dt` seconds after the last time.
  draw(run, dt) {
    const goal = this._goal(run);
    const share = this._view ? stageShare(dt, COURSE_EASE_S) : 1;
    this._view = goal.map((value, i) => {
      const before = this._view?.[i] ?? value;
      return Math.abs(value - before) < 1e-3 ? value : before + (value - before) * share;
    });
    const { context, width, height } = fitCanvas(this._canvas);
    const state = [width, height, devicePixelRatio, run.losses.length, run.loss, run.earlier.length, ...this._view].join();
    if (state === this._drawn) return;
    this._drawn = state;
    this._size = [width, height];
    context.clearRect(0, 0, width, height);
    this._grid(context);
    run.earlier.forEach((losses) => this._line(context, losses, colour("past"), 1.2, 0.75));
    this._line(context, run.losses, colour("loss"), 2, 1);
    this._head(context, run.losses);
  }

  // [steps in sight, lowest and highest power of ten in sight]
  _goal(run) {
    const courses = [...run.earlier, run.losses];
    const steps = Math.max(COURSE_FEWEST, ...courses.map((losses) => losses.length * 1.12));
    let low = Math.log10(this._threshold) - 0.4;
    let high = 0.2;
    for (const losses of courses)
      for (const loss of losses) {
        if (!(loss > 0)) continue;
        high = Math.max(high, Math.min(Math.log10(loss) + 0.15, 4));
        low = Math.min(low, Math.max(Math.log10(loss) - 0.2, -6));
      }
    return [steps, low, high];
  }

  _place(step, loss) {
    const [width, height] = this._size;
    const [steps, low, high] = this._view;
    const { left, right, top, bottom } = COURSE_EDGES;
    const level = Math.max(low - 1, Math.min(high + 1, Math.log10(Math.max(loss, 1e-12))));
    return [
      left + ((width - left - right) * step) / steps,
      top + ((height - top - bottom) * (high - (Number.isFinite(level) ? level : high + 1))) / (high - low),
    ];
  }

  _grid(context) {
    const [width, height] = this._size;
    const { left, right, bottom } = COURSE_EDGES;
    const [steps, low, high] = this._view;
    context.font = "11px system-ui, sans-serif";
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let power = Math.ceil(low); power <= high; power++) {
      const [, y] = this._place(0, 10 ** power);
      courseRule(context, left, width - right, y, colour("rule"));
      context.fillStyle = colour("quiet");
      context.fillText(String(Number((10 ** power).toPrecision(1))), left - 8, y);
    }
    const [, tuned] = this._place(0, this._threshold);
    courseRule(context, left, width - right, tuned, colour("good"), [2, 4]);
    context.fillStyle = colour("good");
    context.fillText("in tune", width - right, tuned + 9);
    context.fillStyle = colour("loss");
    context.fillText("loss", width - right, COURSE_EDGES.top);
    context.fillStyle = colour("quiet");
    context.textAlign = "center";
    const gap = courseGap(steps, (width - left - right) / 70);
    for (let step = gap; step < steps * 0.97; step += gap)
      context.fillText(String(step), this._place(step, 1)[0], height - bottom / 2 + 2);
    context.textAlign = "left";
    context.fillText("step", left, height - bottom / 2 + 2);
  }

  _line(context, losses, tint, lineWidth, opacity) {
    context.save();
    context.globalAlpha = opacity;
    context.strokeStyle = context.fillStyle = tint;
    Object.assign(context, { lineWidth, lineJoin: "round", lineCap: "round" });
    context.beginPath();
    const stride = Math.max(1, Math.floor(losses.length / 1500));
    for (let i = 0; i < losses.length; i += stride) context.lineTo(...this._place(i, losses[i]));
    context.lineTo(...this._place(losses.length - 1, losses[losses.length - 1]));
    context.stroke();
    if (opacity === 1 && losses.length < 80)
      losses.forEach((loss, i) => courseDot(context, this._place(i, loss), 2.2));
    context.restore();
  }

  _head(context, losses) {
    const at = this._place(losses.length - 1, losses[losses.length - 1]);
    context.fillStyle = colour("loss");
    context.globalAlpha = 0.25;
    courseDot(context, at, 8);
    context.globalAlpha = 1;
    courseDot(context, at, 4);
  }
}

// A round number of steps from one label to the next, for about `count` labels.
function courseGap(steps, count) {
  const rough = steps / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, power * [1, 2, 5, 10].find((factor) => factor * power >= rough));
}

function courseRule(context, from, to, y, tint, dash = []) {
  const sharp = Math.round(y) + 0.5;
  context.strokeStyle = tint;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(from, sharp);
  context.lineTo(to, sharp);
  context.stroke();
  context.setLineDash([]);
}

function courseDot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
