// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture of section "cubic": target, points, residuals and learned curve, as in part 1.
import { colour, fitCanvas } from "./controls.js";
import { stageCurve } from "./stage_curves.js";
import { stageApproach, stageClamp, stageRamp, stageShare, stageSmooth } from "./stage_easing.js";

const CUBIC_ACROSS = 0.78; // where x = 1 is, as a fraction of half the width
const CUBIC_UP = 0.86; // where the top of the view is, as a fraction of half the height
const CUBIC_VIEW = [1.25, 5]; // half the height of y in view
const CUBIC_VIEW_S = 0.35;
// A curve and the light around it: strokes of so many widths and opacities.
const CUBIC_STROKES = [[9, 0.016], [7.2, 0.02], [5.6, 0.026], [4.2, 0.034], [3, 0.05], [2, 0.09], [1, 1]];
const CUBIC_GRAB = 26; // pixels from a point within which it is grabbed

export class CubicPicture {
  // `settings`: of the stage.
  constructor(canvas, settings) {
    this.canvas = canvas;
    this._settings = settings;
    this._past = [];
    this._count = 0;
    this.selected = -1;
    this.theta = null;
    this.touch();
  }

  // The next frame has to be drawn.
  touch() {
    this._dirty = true;
  }

  // What is to be learned: `onCurve` is false where the points lie beside their target.
  setProblem({ target, x, y }, onCurve) {
    Object.assign(this, { target: [...target], x, y, onCurve });
    this.touch();
  }

  // A new attempt begins at `theta`; the curves before it recede.
  begin(theta, again) {
    if (this.theta) this._retire(again);
    this.theta = this._goal = [...theta];
    this._shown = 0;
    this.touch();
  }

  // Where the learner is now.
  follow(theta) {
    if (theta.every(Number.isFinite)) this._goal = theta.map((value) => stageClamp(value, -1e6, 1e6));
    this.touch();
  }

  // Keep the target as it is for a moment, to let it recede when another one is set.
  keep() {
    this._kept = this.target;
  }

  // The index of the point at a place of the canvas, -1 where there is none near.
  pointAt(left, top) {
    const distances = Array.from(this.x, (x, i) => {
      const [px, py] = this._at(x, this.y[i]);
      return Math.hypot(px - left, py - top);
    });
    const nearest = distances.indexOf(Math.min(...distances));
    return distances[nearest] <= CUBIC_GRAB ? nearest : -1;
  }

  // The height y at a place of the canvas.
  heightAt(top) {
    return ((this._height / 2 - top) * 2 * this._view) / (CUBIC_UP * this._height);
  }

  // Draw, `dt` seconds after the last time, if anything has moved.
  draw(dt) {
    const moving = this._advance(dt);
    const { context, width, height } = fitCanvas(this.canvas);
    const resized = width !== this._width || height !== this._height || devicePixelRatio !== this._ratio;
    if (!this._dirty && !moving && !resized) return;
    this._dirty = false;
    [this._width, this._height, this._ratio] = [width, height, devicePixelRatio];
    context.clearRect(0, 0, width, height);
    context.lineJoin = "round";
    this._axis(context);
    for (const past of this._past) this._drawPast(context, past);
    context.globalAlpha = this._shown;
    this._residuals(context);
    this._curve(context, this.target, colour("target"), this.onCurve ? 1 : 0.45);
    this._curve(context, this.theta, colour("learned"), 1);
    this._dots(context);
    context.globalAlpha = 1;
  }

  _retire(again) {
    this._count += 1;
    const turn = (-1) ** this._count * (9 + 7 * ((this._count * 0.618) % 1)) * (Math.PI / 180);
    const target = again ? null : (this._kept ?? this.target);
    this._kept = null;
    this._past.push({ target, theta: this.theta, view: this._view, turn, gone: 0 });
    this._past = this._past.slice(-this._settings.past_episodes);
  }

  _advance(dt) {
    const { follow_time: follow, fade_time: fade, past_time: past } = this._settings;
    const before = [this._shown, this._view, this._past.length, ...this.theta];
    this._shown = stageRamp(this._shown, 1, dt, fade);
    this.theta = stageApproach(this.theta, this._goal, dt, follow, 1e-5);
    const view = this._neededView();
    const share = this._view ? stageShare(dt, CUBIC_VIEW_S) : 1;
    this._view = Math.abs(view - (this._view ?? 0)) < 1e-3 ? view : (this._view ?? 0) + (view - (this._view ?? 0)) * share;
    for (const each of this._past) each.gone += dt / past;
    this._past = this._past.filter(({ gone }) => gone < 1);
    const after = [this._shown, this._view, this._past.length, ...this.theta];
    return this._past.length > 0 || after.some((value, i) => value !== before[i]);
  }

  _neededView() {
    let highest = Math.max(...Array.from(this.y, Math.abs));
    for (const theta of [this.target, this.theta]) {
      const { at, count } = stageCurve("cubic")(theta, null);
      for (let i = 0; i < count; i++)
        if (Math.abs(at[2 * i]) <= 1) highest = Math.max(highest, Math.abs(at[2 * i + 1]));
    }
    return stageClamp(1.2 * highest, ...CUBIC_VIEW);
  }

  _at(x, y, view = this._view) {
    const top = this._height / 2 - (CUBIC_UP * this._height * y) / (2 * view);
    return [this._width / 2 + (CUBIC_ACROSS * this._width * x) / 2, stageClamp(top, -9999, 9999)];
  }

  // A length of the stage, which is 1080 pixels high there.
  _length(pixels, least) {
    return Math.max(least, (pixels * Math.max(this._height, 0.5 * this._width)) / 1080);
  }

  _axis(context) {
    const [, zero] = this._at(0, 0);
    const fade = this._fading(context, colour("rule"), 0.9);
    context.strokeStyle = fade;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, Math.round(zero) + 0.5);
    context.lineTo(this._width, Math.round(zero) + 0.5);
    context.stroke();
  }

  // A colour that fades at both ends, beyond the sample points.
  _fading(context, tint, opacity) {
    const reach = 1.3 * CUBIC_ACROSS;
    const gradient = context.createLinearGradient(this._width * (0.5 - reach / 2), 0, this._width * (0.5 + reach / 2), 0);
    const inner = 0.3 / 2.6;
    const stops = [[0, 0], [inner / 2, 0.35], [inner, 1], [1 - inner, 1], [1 - inner / 2, 0.35], [1, 0]];
    for (const [place, alpha] of stops) gradient.addColorStop(place, cubicTint(tint, alpha * opacity));
    return gradient;
  }

  _path(context, theta, view) {
    const { at, count } = stageCurve("cubic")(theta, null);
    context.beginPath();
    for (let i = 0; i < count; i++) context.lineTo(...this._at(at[2 * i], at[2 * i + 1], view));
  }

  _curve(context, theta, tint, opacity) {
    const width = this._length(this._settings.line_width, 2.2);
    this._path(context, theta);
    for (const [size, alpha] of CUBIC_STROKES) {
      context.strokeStyle = this._fading(context, tint, alpha * opacity);
      context.lineWidth = width * size;
      context.stroke();
    }
  }

  _residuals(context) {
    context.strokeStyle = colour("residual");
    context.lineWidth = this._length(this._settings.residual_width, 1);
    context.save();
    context.globalAlpha *= 0.75;
    context.beginPath();
    const [a, b, c, d] = this.theta;
    this.x.forEach((x, i) => {
      context.moveTo(...this._at(x, this.y[i]));
      context.lineTo(...this._at(x, ((a * x + b) * x + c) * x + d));
    });
    context.stroke();
    context.restore();
  }

  _dots(context) {
    const radius = this._length(this._settings.dot_size, 4) / 2;
    context.fillStyle = colour("target");
    this.x.forEach((x, i) => {
      const [left, top] = this._at(x, this.y[i]);
      context.beginPath();
      context.arc(left, top, i === this.selected ? 2 * radius + 1 : radius, 0, 2 * Math.PI);
      context.fill();
    });
    if (this.selected < 0) return;
    const [left, top] = this._at(this.x[this.selected], this.y[this.selected]);
    context.strokeStyle = colour("accent");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(left, top, 2 * radius + 6, 0, 2 * Math.PI);
    context.stroke();
  }

  _drawPast(context, { target, theta, view, turn, gone }) {
    const far = gone ** 0.8;
    const scale = 1 - 0.55 * far;
    const early = 1 - Math.min(1, 12 * gone);
    context.save();
    context.translate(this._width / 2, this._height / 2 - 0.25 * this._height * far);
    context.rotate(-turn * far);
    context.scale(scale, scale);
    context.translate(-this._width / 2, -this._height / 2);
    context.globalAlpha = (1 - stageSmooth(gone)) * (0.4 + 0.35 * early);
    context.lineWidth = this._length(this._settings.line_width, 2) * (0.4 + 0.6 * early);
    for (const [line, role] of [[target, "target"], [theta, "learned"]]) {
      if (!line) continue;
      this._path(context, line, view);
      context.strokeStyle = this._fading(context, colour("past"), 1);
      context.stroke();
      context.strokeStyle = this._fading(context, colour(role), early);
      context.stroke();
    }
    context.restore();
  }
}

// "#rrggbb" with an opacity.
function cubicTint(tint, opacity) {
  return tint + Math.round(255 * stageClamp(opacity, 0, 1)).toString(16).padStart(2, "0");
}
