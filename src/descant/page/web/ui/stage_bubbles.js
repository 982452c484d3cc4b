// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The bubbles of distortion 2: one for each note or pedal press, easing in and out; as
// stage/bubbles.py.
import { RandomStream } from "../core/random.js";
import { stageEased, stageModulo, stageUnits } from "./stage_easing.js";

const BUBBLE_GOLDEN = (Math.sqrt(5) - 1) / 2;
const BUBBLE_MIDDLE_KEY = 63; // between the hands
const BUBBLE_SPREAD_KEYS = 22; // the middle of the keyboard gets most of the picture
const BUBBLE_EDGE = 0.92;
const BUBBLE_HEIGHT = 0.62;
const BUBBLE_RECENT = 4096; // ids are counted modulo this
const PEDAL_DOWN = 64;
const PEDAL_UP = 48; // a pedal that went down is up again below this value
const PEDAL_PLACES = { 67: -0.6, 66: 0, 64: 0.6 }; // from left to right, as at the piano
const PEDAL_SPREAD = 0.2;

// A random number, 0 <= x < 1: always the same for one seed, thing and its numbers.
export function stageRandom(seed, what, ...numbers) {
  const words = [seed, crc32(what), ...numbers];
  let [entropy, shift] = [0n, 0n];
  for (const word of words) {
    const value = BigInt(Math.round(word));
    entropy |= value << shift;
    shift += value >> 32n ? 64n : 32n;
  }
  return new RandomStream(entropy).random();
}

function crc32(text) {
  let sum = ~0;
  for (const character of text) {
    sum ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

// The fraction of `turns`, as -1 .. 1.
function spreadTurns(turns) {
  return 2 * stageModulo(turns, 1) - 1;
}

// Low keys at the left; at a height that the golden ratio spreads evenly over the notes.
function placeByKey(note) {
  const across = BUBBLE_EDGE * Math.tanh((note.key - BUBBLE_MIDDLE_KEY) / BUBBLE_SPREAD_KEYS);
  return [across, BUBBLE_HEIGHT * spreadTurns((note.id % BUBBLE_RECENT) * BUBBLE_GOLDEN)];
}

function placeByPedal(pedal, number) {
  const across = (PEDAL_PLACES[pedal] ?? 0) + PEDAL_SPREAD * spreadTurns(number * Math.SQRT2);
  return [across, BUBBLE_HEIGHT * spreadTurns(number * BUBBLE_GOLDEN)];
}

function placeAtRandom(settings, what, ...numbers) {
  return [0, 1].map((axis) => 2 * stageRandom(settings.seed, what, ...numbers, axis) - 1);
}

// The bubbles in sight. Times are seconds, `aspect` is width over height.
export class StageBubbles {
  constructor() {
    this._all = []; // { x, y, radius, born, ends }
    this._down = new Set(); // pedals
    this._presses = 0;
  }

  addNote(note, now, s, aspect) {
    const place = s.bubble_place === "random" ? placeAtRandom(s, "bubble", note.id) : placeByKey(note);
    this.add([place[0] * aspect, place[1]], note.velocity, now, s);
  }

  // Whether the pedal goes down with this event; expects every pedal event.
  isPress({ pedal, value }) {
    const pressed = value >= PEDAL_DOWN && !this._down.has(pedal);
    if (pressed) {
      this._down.add(pedal);
      this._presses += 1;
    } else if (value < PEDAL_UP) this._down.delete(pedal);
    return pressed;
  }

  addPedal({ pedal, value }, now, s, aspect) {
    const random = s.bubble_place === "random";
    const place = random ? placeAtRandom(s, "pedal", this._presses, pedal) : placeByPedal(pedal, this._presses);
    this.add([place[0] * aspect, place[1]], value, now, s);
  }

  // Add a bubble at a place in screen units; remove the oldest where they are too many.
  add([x, y], velocity, now, s) {
    const living = this._all.filter((bubble) => bubble.ends > now + s.bubble_leave);
    endBubbles(living.slice(0, Math.max(0, living.length + 1 - s.bubbles)), now + s.bubble_leave);
    const loudness = s.bubble_softest + ((1 - s.bubble_softest) * velocity) / 127;
    const radius = stageUnits(s.bubble_radius) * loudness;
    this._all.push({ x, y, radius, born: now, ends: now + s.bubble_time });
  }

  clear(now, s) {
    endBubbles(this._all, now + s.bubble_leave);
  }

  // [x, y, radius, strength] of each, screen units and 0 .. 1; oldest first.
  at(now, s) {
    this._all = this._all.filter((bubble) => bubble.ends > now);
    return this._all.map((bubble) => {
      const age = now - bubble.born;
      const lived = Math.min(1, age / s.bubble_time);
      const swell = stageEased(age, s.bubble_swell);
      const leave = stageEased(bubble.ends - now, s.bubble_leave);
      const size = (1 - s.bubble_shrink * lived) * (0.5 + 0.5 * swell) * (0.7 + 0.3 * leave);
      const strength = s.bubble_opacity * (1 - s.bubble_fade * lived) * swell * leave;
      return [bubble.x, bubble.y, bubble.radius * size, strength];
    });
  }
}

function endBubbles(bubbles, at) {
  for (const bubble of bubbles) bubble.ends = Math.min(bubble.ends, at);
}
