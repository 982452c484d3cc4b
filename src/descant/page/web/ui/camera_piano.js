// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture that stands in for a camera: a piano under a lamp whose keys go down as they are
// played. While nobody plays it plays by itself, slowly.
import {
  SCENERY_KEYS, SCENERY_SIZE, drawKey, drawScenery, isBlackDrawn, keyMiddle, keyOutline, sceneryPoint,
} from "./camera_scenery.js";

const PIANO_PERIOD_S = 1 / 30; // from one picture to the next
const PIANO_ALONE_S = 5; // without a note, before it plays by itself
const PIANO_BEAT_S = 0.62;
const PIANO_PRESS_S = 0.07;
const PIANO_LIFT_S = 0.3;
const PIANO_MIRROR = 9.5; // where a key's light is seen in the fallboard
const PIANO_REACH = 80; // pixels around a key that its light reaches
const PIANO_CHORDS = [
  [45, 52, 57, 60, 64, 69], [41, 53, 57, 60, 65, 69], [48, 55, 60, 64, 67, 72], [43, 50, 55, 59, 62, 67],
  [38, 50, 57, 60, 65, 69], [40, 52, 56, 59, 64, 71], [45, 52, 57, 60, 64, 72], [36, 48, 55, 64, 67, 76],
];
const PIANO_FIGURE = [0, 2, 3, 5, 4, 3, 2, 3];

function piece(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return [canvas, canvas.getContext("2d", { willReadFrequently: true })];
}

// A soft round light.
function glowPicture(colour, size) {
  const [canvas, context] = piece(size, size);
  const light = context.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  [[0, 1], [0.25, 0.55], [0.6, 0.14], [1, 0]].forEach(([at, opacity]) => light.addColorStop(at, `rgba(${colour},${opacity})`));
  context.fillStyle = light;
  context.fillRect(0, 0, size, size);
  return canvas;
}

// The lamp's light and the dark around it, to multiply the picture by.
function lampPicture() {
  const [canvas, context] = piece(...SCENERY_SIZE);
  const light = context.createRadialGradient(450, 290, 40, 470, 300, 620);
  [[0, "#fff1d8"], [0.3, "#edc596"], [0.62, "#8f6547"], [1, "#2a2122"]].forEach((stop) => light.addColorStop(...stop));
  context.fillStyle = light;
  context.fillRect(0, 0, ...SCENERY_SIZE);
  return canvas;
}

export class DrawnPiano {
  // `plays`: whether it plays by itself.
  constructor({ plays = true } = {}) {
    this._plays = plays;
    [this.source, this._context] = piece(...SCENERY_SIZE);
    this.number = 0; // of the picture
    this._still = null; // what does not move, drawn when it is needed first
    this._levels = new Map(); // key -> { pressed, target }
    this._own = []; // [time, key, on] that it plays by itself
    this._heard = -Infinity;
    this._beat = 0;
    this._next = 0;
    this._drawn = -Infinity;
  }

  // Take a note; other events change nothing.
  take(event, now) {
    if (event.kind !== "note") return;
    if (event.on && now - this._heard > PIANO_ALONE_S) for (const level of this._levels.values()) level.target = 0;
    this._heard = now;
    this._press(event.key, event.on);
  }

  // Draw the picture of `now`, seconds, if it is time for one.
  draw(now) {
    if (now - this._drawn < PIANO_PERIOD_S * 0.9) return;
    const dt = Math.min(Math.max(now - this._drawn, 0), 0.1);
    this._drawn = now;
    this._still ??= this._drawStill();
    if (this._plays && now - this._heard > PIANO_ALONE_S) this._playAlone(now);
    if (this.number && !this._levels.size) return;
    this._move(dt);
    this._paint();
    this.number += 1;
  }

  _drawStill() {
    const [canvas, context] = piece(...SCENERY_SIZE);
    drawScenery(context);
    this._lamp = lampPicture();
    context.globalCompositeOperation = "multiply";
    context.drawImage(this._lamp, 0, 0);
    this._glow = glowPicture("255,176,88", 128);
    return canvas;
  }

  _press(key, on) {
    if (key < SCENERY_KEYS[0] || key > SCENERY_KEYS[1]) return;
    const level = this._levels.get(key) ?? { pressed: 0, target: 0 };
    level.target = Number(on);
    this._levels.set(key, level);
  }

  // A slow broken chord after the other.
  _playAlone(now) {
    if (this._next < now - 1) this._next = now;
    while (this._own.length && this._own[0][0] <= now) this._press(this._own.shift()[1], false);
    if (now < this._next) return;
    const chord = PIANO_CHORDS[Math.floor(this._beat / 8) % PIANO_CHORDS.length];
    const key = chord[PIANO_FIGURE[this._beat % 8]] + (Math.floor(this._beat / 64) % 2 && this._beat % 8 > 2 ? 12 : 0);
    this._press(key, true);
    this._own.push([now + PIANO_BEAT_S * 1.6, key]);
    this._beat += 1;
    this._next += PIANO_BEAT_S * (this._beat % 8 ? 1 : 1.5);
  }

  _move(dt) {
    for (const [key, level] of this._levels) {
      const time = level.target ? PIANO_PRESS_S : PIANO_LIFT_S;
      level.pressed += (level.target - level.pressed) * (1 - Math.exp(-dt / time));
      if (!level.target && level.pressed < 0.004) this._levels.delete(key);
    }
  }

  _paint() {
    const context = this._context;
    context.globalAlpha = 1;
    this._restore(context);
    const keys = [...this._levels].sort(([a], [b]) => isBlackDrawn(a) - isBlackDrawn(b));
    for (const [key] of keys) this._paintKey(context, key);
    context.globalCompositeOperation = "lighter";
    for (const [key, { pressed }] of keys) this._paintGlow(context, key, pressed);
    context.globalCompositeOperation = "source-over";
  }

  // Undo what was painted last, and remember what will be.
  _restore(context) {
    if (!this._touched) context.drawImage(this._still, 0, 0);
    const before = this._touched ?? [];
    this._touched = [...this._levels.keys()].map(keyMiddle);
    const places = [...before, ...this._touched].flatMap((x) => [sceneryPoint([x, 0, 0]), sceneryPoint([x, PIANO_MIRROR, 0])]);
    if (!places.length) return;
    const [across, down] = [places.map(([x]) => x), places.map(([, y]) => y)];
    const inside = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    const left = inside(Math.min(...across) - PIANO_REACH, SCENERY_SIZE[0]);
    const top = inside(Math.min(...down) - PIANO_REACH, SCENERY_SIZE[1]);
    const width = inside(Math.max(...across) + PIANO_REACH, SCENERY_SIZE[0]) - left;
    const height = inside(Math.max(...down) + PIANO_REACH, SCENERY_SIZE[1]) - top;
    if (width && height) context.drawImage(this._still, left, top, width, height, left, top, width, height);
  }

  // A pressed key and the black ones beside it, which it would cover, in the lamp's light.
  _paintKey(context, key) {
    const outline = keyOutline(key).map(sceneryPoint);
    context.save();
    context.beginPath();
    for (const point of outline) context.lineTo(...point);
    context.clip();
    for (const each of isBlackDrawn(key) ? [key] : [key, key - 1, key + 1]) {
      if (each === key || isBlackDrawn(each)) drawKey(context, each, this._levels.get(each)?.pressed ?? 0);
    }
    context.globalCompositeOperation = "multiply";
    const [across, down] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
    const [left, top] = [Math.floor(Math.min(...across)), Math.floor(Math.min(...down))];
    const part = [left, top, Math.ceil(Math.max(...across)) - left, Math.ceil(Math.max(...down)) - top];
    context.drawImage(this._lamp, ...part, ...part);
    context.restore();
  }

  // A warm light on a pressed key, and its reflection in the fallboard.
  _paintGlow(context, key, pressed) {
    const x = keyMiddle(key);
    for (const [y, size, opacity] of [[isBlackDrawn(key) ? 4 : 2, 150, 0.42], [PIANO_MIRROR, 110, 0.2]]) {
      const [across, down] = sceneryPoint([x, y, 0]);
      context.globalAlpha = opacity * pressed;
      context.drawImage(this._glow, across - size / 2, down - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }
}
