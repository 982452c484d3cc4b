// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Target and learned curve of an episode, of whichever family it is.
import { colour, fitCanvas } from "./controls.js";
import { CubicPicture } from "./cubic_picture.js";
import { knotTubes } from "./knot_tubes.js";
import { Turning, turnByHand } from "./knot_turning.js";
import { reducedMotion } from "./shared.js";
import { stageCurve } from "./stage_curves.js";
import { stageApproach } from "./stage_easing.js";

export class NightCurves {
  // `stage`: settings of the stage.
  constructor(canvas, stage) {
    this._canvas = canvas;
    this._cubic = new CubicPicture(canvas, { ...stage, past_episodes: 1 });
    this._thread = new NightThread(canvas, stage);
    this._shown = null;
  }

  // Show an attempt (of NightSteps) of a family at `theta`; `fresh`: it is another attempt.
  show({ target, problem, family }, theta, fresh) {
    const graph = family === "cubic" && problem;
    this._shown = graph ? this._cubic : stageCurve(family) && target.length > 4 ? this._thread : null;
    if (!this._shown) return this._nothing(family);
    if (graph && fresh) {
      this._cubic.setProblem(problem, true);
      this._cubic.begin(theta, false);
    } else if (graph) this._cubic.follow(theta);
    else this._thread.show(family, target, theta, fresh);
    return undefined;
  }

  draw(dt) {
    this._shown?.draw(dt);
  }

  _nothing(family) {
    const { context, width, height } = fitCanvas(this._canvas);
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour("quiet");
    context.font = "15px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText(`There is no picture of the family ${family} here.`, width / 2, height / 2);
  }
}

// A knot or a harmonograph: two tubes that turn.
class NightThread {
  constructor(canvas, stage) {
    this._canvas = canvas;
    this._stage = stage;
    this._turning = new Turning(stage.knot_turn.slice(0, 2).map((degrees) => (degrees * Math.PI) / 180));
    turnByHand(canvas, this._turning);
    this._size = "";
  }

  show(family, target, theta, fresh) {
    this._curve = stageCurve(family);
    this._target = target;
    if (theta.every(Number.isFinite)) this._goal = [...theta];
    else if (fresh) this._goal = target.slice(3);
    if (fresh) this._theta = this._goal;
    this._size = "";
  }

  draw(dt) {
    const turned = this._turning.advance(dt, !reducedMotion.matches);
    const before = this._theta.join();
    this._theta = stageApproach(this._theta, this._goal, dt, this._stage.follow_time, 1e-5);
    const { context, width, height } = fitCanvas(this._canvas);
    const size = [width, height, this._canvas.width].join();
    if (!turned && !this._turning.held && size === this._size && this._theta.join() === before) return;
    this._size = size;
    context.clearRect(0, 0, width, height);
    const half = this._stage.knot_width / 1080 / 1.6;
    const { knot_inlay: inlay, target_colour: cream, learned_colour: red } = this._stage;
    knotTubes(context, { width, height, matrix: this._turning.matrix, distance: this._stage.knot_distance, scale: 0.88 }, [
      { line: threadOfThree(this._curve(this._target, null)), tint: cream, half, nearer: 0 },
      { line: threadOfThree(this._curve(this._target, this._theta)), tint: red, half: half * inlay, nearer: 1.1 * half },
    ]);
  }
}

// A line's points without their thickness.
function threadOfThree({ columns, count, at }) {
  if (columns === 3) return { columns, count, at };
  const points = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) points.set(at.subarray(columns * i, columns * i + 3), 3 * i);
  return { columns: 3, count, at: points };
}
