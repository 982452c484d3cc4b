// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The time axis of a night: which stretch of it is in sight, and what moves it.
import { reducedMotion } from "./shared.js";
import { stageShare } from "./stage_easing.js";

const SHORTEST_SIGHT = 400; // ms
const AXIS_EASE_S = 0.09;
const AXIS_ZOOM = 1.6;
const CLICK_PIXELS = 5;
const NIGHT_CLICK_MS = 500;

export class NightAxis {
  constructor(length) {
    this.length = length;
    this.from = this._goalFrom = 0;
    this.to = this._goalTo = length;
  }

  get whole() {
    return this._goalTo - this._goalFrom >= this.length;
  }

  // Show [from, to]; at once, or gliding there.
  show(from, to, atOnce = false) {
    const least = Math.min(SHORTEST_SIGHT, this.length);
    const size = Math.min(Math.max(to - from, least), this.length);
    const start = Math.min(Math.max((from + to - size) / 2, 0), this.length - size);
    [this._goalFrom, this._goalTo] = [start, start + size];
    if (atOnce || reducedMotion.matches) [this.from, this.to] = [start, start + size];
  }

  // Zoom by a factor (below 1: nearer) around a time that keeps its place.
  zoom(factor, around, atOnce = false) {
    const [from, to] = atOnce ? [this.from, this.to] : [this._goalFrom, this._goalTo];
    const size = Math.min(Math.max((to - from) * factor, Math.min(SHORTEST_SIGHT, this.length)), this.length);
    const share = Math.min(Math.max((around - from) / (to - from), 0), 1);
    this.show(around - share * size, around + (1 - share) * size, atOnce);
  }

  // Move by so many of the lengths in sight.
  pan(share, atOnce = false) {
    const way = share * (this._goalTo - this._goalFrom);
    this.show(this._goalFrom + way, this._goalTo + way, atOnce);
  }

  all() {
    this.show(0, this.length);
  }

  // Keep a time in sight: turn the page before it leaves, or let it stay in the middle.
  follow(time, centred = false) {
    const size = this._goalTo - this._goalFrom;
    if (this.whole) return;
    if (centred) this.show(time - size / 2, time + size / 2);
    else if (time < this._goalFrom || time > this._goalFrom + 0.92 * size) this.show(time - 0.12 * size, time + 0.88 * size);
  }

  // `dt` seconds pass; return whether it has moved.
  advance(dt) {
    const size = this._goalTo - this._goalFrom;
    const far = Math.max(Math.abs(this._goalFrom - this.from), Math.abs(this._goalTo - this.to));
    if (far === 0) return false;
    const share = far < size / 4000 ? 1 : stageShare(dt, AXIS_EASE_S);
    this.from += (this._goalFrom - this.from) * share;
    this.to += (this._goalTo - this.to) * share;
    if (share === 1) [this.from, this.to] = [this._goalFrom, this._goalTo];
    return true;
  }
}

// Let pointer and wheel on `canvas` move `axis`. `plot()`: [left, width] of the axis in pixels.
// `onChoose(time)`: a click or tap.
export function moveAxisOn(canvas, axis, { plot, onChoose, onOverview }) {
  const pointers = new Map();
  let moved = 0;
  let since = 0;
  const timeAt = (x) => axis.from + ((x - plot()[0]) / plot()[1]) * (axis.to - axis.from);
  const place = (event) => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) [moved, since] = [0, event.timeStamp];
    else moved = Infinity;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = [...pointers.values()];
    const x = place(event);
    const way = x - pointers.get(event.pointerId);
    moved += Math.abs(way);
    if (pointers.size === 1 && moved <= CLICK_PIXELS) return;
    pointers.set(event.pointerId, x);
    if (pointers.size === 1) axis.pan(-way / plot()[1], true);
    if (pointers.size === 2) pinch(before, [...pointers.values()]);
  });
  const pinch = ([a, b], [c, d]) => {
    const middle = timeAt((c + d) / 2);
    axis.pan(((a + b) / 2 - (c + d) / 2) / plot()[1], true);
    axis.zoom(Math.max(Math.abs(a - b), 10) / Math.max(Math.abs(c - d), 10), middle, true);
  };
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, (event) => {
      const x = pointers.get(event.pointerId);
      if (!pointers.delete(event.pointerId) || name === "pointercancel" || pointers.size) return;
      if (moved > CLICK_PIXELS || event.timeStamp - since > 2 * NIGHT_CLICK_MS) return;
      const [left, width] = plot();
      if (onOverview(event.offsetY)) axis.show(...axisAround(axis, ((x - left) / width) * axis.length));
      else onChoose(Math.min(Math.max(timeAt(x), 0), axis.length));
    });
  canvas.addEventListener("wheel", (event) => moveByWheel(event, axis, timeAt(place(event)), plot()[1]), { passive: false });
}

// Ctrl and wheel (or two fingers on a touch pad) zoom; a wheel sideways, or with shift, pans.
function moveByWheel(event, axis, time, width) {
  const unit = event.deltaMode ? 30 : 1;
  const sideways = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
  if (event.ctrlKey || event.metaKey) axis.zoom(Math.exp(event.deltaY * unit * 0.004), time, true);
  else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) axis.pan((sideways * unit) / width, true);
  else return;
  event.preventDefault();
}

function axisAround(axis, time) {
  const half = (axis.to - axis.from) / 2;
  return [time - half, time + half];
}

// Zoom by buttons and keys, around the playhead where it is in sight.
export function zoomAround(axis, time, nearer) {
  const inSight = time >= axis.from && time <= axis.to;
  axis.zoom(nearer ? 1 / AXIS_ZOOM : AXIS_ZOOM, inSight ? time : (axis.from + axis.to) / 2);
}
