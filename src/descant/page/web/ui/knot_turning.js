// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Turn a thing in space: slowly by itself, and by hand with pointer and arrow keys.
const KNOT_ARROW = 0.12; // radians a key press
const KNOT_EASE_S = 0.7; // until a push by hand has turned into the slow turning

export class Turning {
  // `speeds`: radians a second about x and y when left alone.
  constructor(speeds) {
    this._alone = speeds;
    this._speeds = [...speeds];
    this.held = false;
    this.matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    this.turn(0.4, 0.45);
  }

  // Turn by angles about the screen's x and y.
  turn(aboutX, aboutY) {
    const [cx, sx, cy, sy] = [Math.cos(aboutX), Math.sin(aboutX), Math.cos(aboutY), Math.sin(aboutY)];
    const rows = [cy, 0, sy, sx * sy, cx, -sx * cy, -cx * sy, sx, cx * cy];
    const m = this.matrix;
    const product = (i, k) => rows[3 * i] * m[k] + rows[3 * i + 1] * m[3 + k] + rows[3 * i + 2] * m[6 + k];
    this.matrix = knotOrthonormal(m.map((_, at) => product(Math.floor(at / 3), at % 3)));
  }

  // A push by hand: it turns on with this speed and slows down.
  push(aboutX, aboutY, dt) {
    this.turn(aboutX, aboutY);
    const share = 0.5;
    [aboutX, aboutY].forEach((angle, i) => (this._speeds[i] += share * (angle / Math.max(dt, 0.008) - this._speeds[i])));
  }

  // Stop a push.
  rest() {
    this._speeds = [0, 0];
  }

  // `dt` seconds pass; without `byItself` it does not turn unless by hand. Return whether it has moved.
  advance(dt, byItself) {
    if (this.held) return false;
    const share = 1 - Math.exp(-dt / KNOT_EASE_S);
    this._speeds = this._speeds.map((speed, i) => speed + ((byItself ? this._alone[i] : 0) - speed) * share);
    const [x, y] = this._speeds;
    if (Math.abs(x) + Math.abs(y) < 1e-3) return false;
    this.turn(x * dt, y * dt);
    return true;
  }
}

// Let `turning` follow the pointer on `canvas`, and the arrow keys.
export function turnByHand(canvas, turning) {
  let last = null;
  canvas.addEventListener("pointerdown", ({ clientX, clientY, timeStamp, button }) => {
    if (button) return;
    last = [clientX, clientY, timeStamp];
    turning.held = true;
    turning.rest();
  });
  canvas.addEventListener("pointermove", ({ clientX, clientY, timeStamp }) => {
    if (!last) return;
    const scale = 4 / Math.max(canvas.clientHeight, 1);
    turning.push((clientY - last[1]) * scale, (clientX - last[0]) * scale, (timeStamp - last[2]) / 1000);
    last = [clientX, clientY, timeStamp];
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    canvas.addEventListener(name, ({ timeStamp }) => {
      if (last && timeStamp - last[2] > 80) turning.rest();
      last = null;
      turning.held = false;
    });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turning.push(way[0] * KNOT_ARROW, way[1] * KNOT_ARROW, 0.1);
  });
}

// The nearest turn to a matrix of nine numbers: its rows made upright to each other and 1 long.
function knotOrthonormal([a, b, c, d, e, f]) {
  const first = Math.hypot(a, b, c);
  [a, b, c] = [a / first, b / first, c / first];
  const along = a * d + b * e + c * f;
  [d, e, f] = [d - along * a, e - along * b, f - along * c];
  const second = Math.hypot(d, e, f);
  [d, e, f] = [d / second, e / second, f / second];
  return [a, b, c, d, e, f, b * f - c * e, c * d - a * f, a * e - b * d];
}
