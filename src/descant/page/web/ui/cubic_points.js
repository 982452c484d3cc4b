// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The sample points of a cubic, moved by hand: data that may lie on no cubic any more.
import { CubicProblem, cubicValue } from "../core/cubic.js";

const CUBIC_PULL = 0.1; // how far along x a moved point takes its neighbours along
const CUBIC_HIGHEST = 4.5;

// The cubic that is nearest to points (x, y): the losses of `CubicProblem` for points anywhere.
export class PointsProblem {
  constructor(x, y, target) {
    Object.assign(this, { x, y, target });
  }

  // Loss ("mse", "half_mse" or "mae"), mean residual and gradient at `theta`.
  evaluate(theta, loss) {
    const count = this.x.length;
    const gradient = [0, 0, 0, 0];
    let [sum, residual] = [0, 0];
    for (let i = 0; i < count; i++) {
      const x = this.x[i];
      const r = cubicValue(theta, x) - this.y[i];
      const slope = (loss === "mae" ? Math.sign(r) : loss === "mse" ? 2 * r : r) / count;
      residual += r / count;
      sum += (loss === "mae" ? Math.abs(r) : loss === "mse" ? r * r : 0.5 * r * r) / count;
      [x * x * x, x * x, x, 1].forEach((power, k) => (gradient[k] += slope * power));
    }
    return { loss: sum, residual, gradient };
  }
}

// Sample points around a target: each lies on it until it is moved.
export class MovablePoints {
  constructor(x, target) {
    this.target = [...target];
    this.setX(x);
  }

  // Other sample points, all on the target.
  setX(x) {
    this.x = Array.from(x);
    this.putBack();
  }

  putBack() {
    this._offsets = this.x.map(() => 0);
  }

  get moved() {
    return this._offsets.some((offset) => offset !== 0);
  }

  y(index) {
    return cubicValue(this.target, this.x[index]) + this._offsets[index];
  }

  // Bring point `index` to the height `y`; its neighbours follow, the nearer the more.
  move(index, y) {
    const way = Math.max(-CUBIC_HIGHEST, Math.min(CUBIC_HIGHEST, y)) - this.y(index);
    this._offsets = this._offsets.map((offset, i) => {
      const apart = (this.x[i] - this.x[index]) / CUBIC_PULL;
      return Math.abs(apart) < 3 ? offset + way * Math.exp(-apart * apart) : offset;
    });
  }

  // What is to be learned: the core's problem as long as all points lie on the target.
  problem() {
    if (!this.moved) return new CubicProblem(this.x, this.target);
    return new PointsProblem(this.x, this.x.map((_, i) => this.y(i)), this.target);
  }
}

// Let points be moved on a canvas, by pointer and by keys. `picture` is a CubicPicture; `points()`
// gives the points now, `onMove(index, y, byKey)` is told where one is wanted, `onSelect(index, byKey)` which
// one is chosen.
export function movePointsOn(picture, { points, onMove, onSelect }) {
  const { canvas } = picture;
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  };
  let grabbed = -1;
  let above = 0; // of the point over the pointer, when it was grabbed
  canvas.addEventListener("pointerdown", (event) => {
    const [left, top] = place(event);
    const index = event.button ? -1 : picture.pointAt(left, top);
    if (index < 0) return;
    grabbed = index;
    above = points().y(index) - picture.heightAt(top);
    canvas.setPointerCapture(event.pointerId);
    onSelect(index);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [left, top] = place(event);
    canvas.style.cursor = grabbed >= 0 || picture.pointAt(left, top) >= 0 ? "ns-resize" : "";
    if (grabbed >= 0) onMove(grabbed, picture.heightAt(top) + above);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(name, () => (grabbed = -1));
  // A finger on a point moves it, anywhere else it scrolls the page.
  canvas.addEventListener(
    "touchstart",
    (event) => picture.pointAt(...place(event.touches[0])) >= 0 && event.preventDefault(),
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => pointKey(event, picture, { points, onMove, onSelect }));
  canvas.addEventListener("blur", () => onSelect(-1));
}

// Left and right choose a point, up and down move it; with shift in larger steps.
function pointKey(event, picture, { points, onMove, onSelect }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = points().x.length - 1;
  const now = picture.selected;
  const along = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -last, End: last }[event.key];
  const up = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key];
  if (along === undefined && up === undefined) return;
  event.preventDefault();
  if (now < 0) onSelect(Math.round(last / 2), true);
  else if (along) onSelect(Math.max(0, Math.min(last, now + along * (event.shiftKey ? 5 : 1))), true);
  else onMove(now, points().y(now) + up * (event.shiftKey ? 4 : 1), true);
}
