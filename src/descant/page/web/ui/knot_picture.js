// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture of section "knot": target and learned thread, by the stage's own renderer where there is
// WebGL, else on a 2D canvas.
import { fitCanvas } from "./controls.js";
import { knotTubes } from "./knot_tubes.js";
import { stageCurve, thinnedLine } from "./stage_curves.js";
import { stageApproach, stageClamp, stageRamp, stageSmooth, stageUnits } from "./stage_easing.js";
import { stageContext } from "./stage_gl.js";
import { StageRenderer } from "./stage_renderer.js";
import { threadsOfEpisode, threadsOfPast } from "./stage_threads.js";

const KNOT_STAGE = { ground: [11 / 255, 12 / 255, 17 / 255] }; // --stage of page.css
const KNOT_MOST_PIXELS = 2; // of the canvas for each of the page, both ways
const KNOT_ALONE = { video: 0, shifts: [], bubbles: [], wave: null, segments: null, dots: null };
const knotThread = (target, theta) => stageCurve("knot")(target, theta);

export class KnotPicture {
  // `shaders` and `settings`: of the stage. `turning`: a Turning.
  constructor(canvas, shaders, settings, turning) {
    Object.assign(this, { canvas, theta: null, shown: 0, _settings: settings, _turning: turning, _past: [] });
    this._gl = stageContext(canvas);
    this._renderer = this._gl && new StageRenderer(this._gl, shaders, KNOT_STAGE);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this._renderer = null;
    });
    canvas.addEventListener("webglcontextrestored", () => (this._renderer = new StageRenderer(this._gl, shaders, KNOT_STAGE)));
  }

  // A new target, or another one in its place; `fresh`: the one before recedes.
  setTarget(target, fresh) {
    if (fresh && this._target) this._retire();
    this._values = [...target];
    this._target = knotThread(this._values, null);
    this._learned = this.theta && knotThread(this._values, this.theta);
    this._dirty = true;
  }

  // Where the learner is; at once with `jump`.
  follow(theta, jump = false) {
    this._goal = [...theta];
    if (!jump && this.theta) return;
    this.theta = this._goal;
    this._learned = knotThread(this._values, this.theta);
  }

  // Lines of the threads, as the stage asks for them.
  targetPoints() {
    return this._target;
  }

  learnedPoints() {
    return this._learned;
  }

  // Draw, `dt` seconds after the last time, if anything has moved.
  draw(dt, turned) {
    const moving = this._advance(dt);
    const { canvas } = this;
    const size = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio].join();
    if (!moving && !turned && size === this._size && !this._dirty) return;
    this._dirty = false;
    this._size = size;
    if (!this._gl) this._drawFlat();
    else if (this._renderer) this._drawStage();
  }

  _retire() {
    const lines = { target: thinnedLine(this._target), learned: thinnedLine(this._learned) };
    this._past.push({ ...lines, shown: this.shown, gone: 0 });
    this._past = this._past.slice(-this._settings.past_episodes);
    this.shown = 0;
  }

  _advance(dt) {
    const { fade_time: fade, follow_time: follow, past_time: past } = this._settings;
    const before = [this.shown, this.theta];
    this.shown = stageRamp(this.shown, 1, dt, fade);
    if (this.theta.some((value, i) => value !== this._goal[i])) {
      this.theta = stageApproach(this.theta, this._goal, dt, follow, 1e-5);
      this._learned = knotThread(this._values, this.theta);
    }
    for (const each of this._past) each.gone += dt / past;
    this._past = this._past.filter(({ gone }) => gone < 1);
    return this._past.length > 0 || this.shown !== before[0] || this.theta !== before[1];
  }

  _drawStage() {
    const pixels = Math.min(devicePixelRatio || 1, KNOT_MOST_PIXELS);
    const { canvas } = this;
    const size = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.max(16, Math.round(side * pixels)));
    if (canvas.width !== size[0]) canvas.width = size[0];
    if (canvas.height !== size[1]) canvas.height = size[1];
    const { matrix } = this._turning;
    const past = this._past.flatMap((each) => threadsOfPast(each, this._settings, matrix));
    const strokes = [...past, ...threadsOfEpisode(this, this._settings, matrix)];
    this._renderer.draw({ ...KNOT_ALONE, strokes }, size);
  }

  _drawFlat() {
    const { context, width, height } = fitCanvas(this.canvas);
    context.clearRect(0, 0, width, height);
    context.globalAlpha = stageSmooth(this.shown);
    const { knot_distance: distance } = this._settings;
    knotTubes(context, { width, height, matrix: this._turning.matrix, distance }, this._tubes());
    context.globalAlpha = 1;
  }

  // Where both have nearly become one, the learned thread lies on the target and has no halo there.
  _tubes() {
    const { knot_width: full, knot_inlay: inlay, target_colour: cream, learned_colour: red } = this._settings;
    const half = (stageUnits(full) / 2) * 0.8;
    const apart = Math.max(...this.theta.map((value, i) => Math.abs(Math.sin((value - this._values[3 + i]) / 2))));
    const raised = half * (1.1 + 6 * stageClamp(1.5 - 5 * apart, 0, 1));
    return [
      { line: this._target, tint: cream, half, nearer: 0 },
      { line: this._learned, tint: red, half: half * inlay, nearer: raised },
    ];
  }
}
