// The picture of section "knot": target and learned thread as lit tubes, drawn in layers of depth.
import { colour, fitCanvas } from "./controls.js";
import { knotTubes } from "./knot_tubes.js";
import { stageCurve } from "./stage_curves.js";
import { stageApproach, stageRamp, stageShare, stageSmooth } from "./stage_easing.js";

const KNOT_FULL_LENGTH = 38; // of the longest thread that has its full width
const KNOT_RAISED = 1.1; // the inlay is so many half widths of its target nearer
const KNOT_LEAVES_S = 1.6;
const KNOT_NOTICE_S = 2.5;

export class KnotPicture {
  // `settings`: of the stage. `turning`: a Turning.
  constructor(canvas, settings, turning) {
    this.canvas = canvas;
    this._settings = settings;
    this._turning = turning;
    this._past = [];
    this._notice = null;
    this._dirty = true;
    this.theta = null;
  }

  // A new target, or other phases of it; `fresh`: the one before recedes.
  setTarget(target, fresh) {
    if (fresh && this._line) {
      this._past = [{ line: this._line, learned: stageCurve("knot")(this.target, this.theta), width: this._width, gone: 0 }];
      this._shown = 0;
    }
    this.target = [...target];
    this._line = stageCurve("knot")(this.target, null);
    const length = knotLength(this._line);
    this._slim = Math.min(1, Math.max(this._settings.knot_slimmest, (KNOT_FULL_LENGTH / length) ** 0.7));
    this._width ??= this._slim;
    this._dirty = true;
  }

  // Where the learner is; at once with `jump`.
  follow(theta, jump = false) {
    this._goal = [...theta];
    if (jump || !this.theta) this.theta = this._goal;
    this._dirty = true;
  }

  // Show a word over the picture for a moment, in the colour of a role.
  notice(text, role) {
    this._notice = { text, role, age: 0 };
  }

  // Draw, `dt` seconds after the last time, if anything has moved.
  draw(dt, turned) {
    const moving = this._advance(dt);
    const { context, width, height } = fitCanvas(this.canvas);
    const size = [width, height, devicePixelRatio].join();
    if (!this._dirty && !moving && !turned && size === this._size) return;
    this._dirty = false;
    this._size = size;
    context.clearRect(0, 0, width, height);
    const view = { width, height, matrix: this._turning.matrix, distance: this._settings.knot_distance };
    this._drawPast(context, view);
    const shown = stageSmooth(this._shown);
    const tubes = this._tubes(this._line, stageCurve("knot")(this.target, this.theta), this._width);
    context.globalAlpha = shown;
    knotTubes(context, { ...view, scale: 0.94 + 0.06 * shown }, tubes);
    context.globalAlpha = 1;
    this._drawNotice(context);
  }

  _tubes(target, learned, slim) {
    const { knot_width: full, knot_inlay: inlay, target_colour: cream, learned_colour: red } = this._settings;
    const half = (full * slim) / 1080; // in half heights of the picture
    return [
      { line: target, tint: cream, half, nearer: 0 },
      { line: learned, tint: red, half: half * inlay, nearer: KNOT_RAISED * half },
    ];
  }

  _advance(dt) {
    const before = [this._shown, this._width, ...this.theta];
    this._shown = stageRamp(this._shown ?? 0, 1, dt, this._settings.fade_time);
    this.theta = stageApproach(this.theta, this._goal, dt, this._settings.follow_time, 1e-5);
    const way = this._slim - this._width;
    this._width = Math.abs(way) < 1e-3 ? this._slim : this._width + way * stageShare(dt, 0.3);
    for (const past of this._past) past.gone += dt / KNOT_LEAVES_S;
    const leaving = this._past.length > 0;
    this._past = this._past.filter(({ gone }) => gone < 1);
    const noticed = this._notice !== null;
    if (noticed && (this._notice.age += dt) > KNOT_NOTICE_S) this._notice = null;
    return leaving || noticed || [this._shown, this._width, ...this.theta].some((value, i) => value !== before[i]);
  }

  _drawPast(context, view) {
    for (const { line, learned, width, gone } of this._past) {
      const eased = 1 - (1 - gone) ** 3;
      context.globalAlpha = (1 - stageSmooth(gone)) * 0.8;
      knotTubes(context, { ...view, scale: 1 - 0.45 * eased, dim: 1 - 0.75 * eased }, this._tubes(line, learned, width));
    }
  }

  _drawNotice(context) {
    if (!this._notice) return;
    const { text, role, age } = this._notice;
    context.globalAlpha = Math.max(0, Math.min(1, age * 8, (KNOT_NOTICE_S - age) * 1.5));
    context.fillStyle = colour(role);
    context.font = "600 15px system-ui, sans-serif";
    context.textBaseline = "top";
    context.fillText(text, 16, 14);
    context.globalAlpha = 1;
  }
}

// The length of a thread.
function knotLength({ at, count }) {
  let length = 0;
  for (let i = 3; i < 3 * count; i += 3)
    length += Math.hypot(at[i] - at[i - 3], at[i + 1] - at[i - 2], at[i + 2] - at[i - 1]);
  return length;
}
