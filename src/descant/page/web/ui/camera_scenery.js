// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// A grand piano's keyboard under a lamp, seen over the player's shoulder: what does not move in it.
// Lengths are widths of a white key; x to the right, y away from the player, z up.

export const SCENERY_SIZE = [960, 540];
const SCENERY_EYE = [18, -25, 24];
const SCENERY_SIGHT = [25.5, 5.6, 1];
const SCENERY_LENS = 660;
const SCENERY_ROLL = -0.07;
const SCENERY_WHITE = 6.4;
const SCENERY_BLACK = 4.1;
const SCENERY_BLACK_HALF = 0.29;
const SCENERY_BLACK_RISE = 0.55;
const SCENERY_DIP = 0.42;
const SCENERY_FALLBOARD = [6.7, 4.4]; // how far away, how high
export const SCENERY_KEYS = [21, 108];
const SCENERY_OFFSETS = { 1: -0.1, 3: 0.1, 6: -0.12, 8: 0, 10: 0.12 }; // of an octave, off the gap of two whites
const SCENERY_BULBS = [
  // x, y of the picture, radius, colour, opacity
  [64, 44, 26, "255,190,120", 0.2], [206, 22, 15, "255,170,100", 0.16], [318, 66, 32, "255,205,150", 0.1],
  [470, 26, 20, "255,180,110", 0.13], [640, 58, 28, "150,170,255", 0.11], [742, 18, 16, "140,160,255", 0.15],
  [842, 76, 34, "255,190,130", 0.1], [918, 34, 20, "150,170,255", 0.16], [560, 96, 12, "255,200,150", 0.1],
];

const sceneryAxes = (() => {
  const minus = (a, b) => a.map((value, i) => value - b[i]);
  const unit = (a) => a.map((value) => value / Math.hypot(...a));
  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const ahead = unit(minus(SCENERY_SIGHT, SCENERY_EYE));
  const right = unit(cross(ahead, [0, 0, 1]));
  return { ahead, right, up: cross(right, ahead) };
})();

// Where a point in space is in the picture.
export function sceneryPoint([x, y, z]) {
  const from = [x - SCENERY_EYE[0], y - SCENERY_EYE[1], z - SCENERY_EYE[2]];
  const along = (axis) => from[0] * axis[0] + from[1] * axis[1] + from[2] * axis[2];
  const size = SCENERY_LENS / Math.max(along(sceneryAxes.ahead), 0.1);
  const [across, up] = [along(sceneryAxes.right) * size, along(sceneryAxes.up) * size];
  const [cos, sin] = [Math.cos(SCENERY_ROLL), Math.sin(SCENERY_ROLL)];
  return [SCENERY_SIZE[0] / 2 + across * cos + up * sin, SCENERY_SIZE[1] / 2 + across * sin - up * cos];
}

// Fill a polygon of points in space.
function sceneryFace(context, points, fill) {
  context.beginPath();
  for (const point of points) context.lineTo(...sceneryPoint(point));
  context.closePath();
  context.fillStyle = fill;
  context.fill();
}

export function isBlackDrawn(key) {
  return key % 12 in SCENERY_OFFSETS;
}

// The middle of a key, across.
export function keyMiddle(key) {
  const within = key % 12;
  const whites = Math.floor(key / 12) * 7 + [0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6][within] - 12;
  return isBlackDrawn(key) ? whites + SCENERY_OFFSETS[within] : whites + 0.5;
}

// Draw one key, pressed by 0 .. 1. `mirror`: its reflection in the fallboard.
export function drawKey(context, key, pressed, mirror = false) {
  const away = mirror ? (y) => 2 * SCENERY_FALLBOARD[0] - y : (y) => y;
  const box = (x0, x1, y0, y1, z) => [[x0, away(y0), z], [x1, away(y0), z], [x1, away(y1), z], [x0, away(y1), z]];
  const x = keyMiddle(key);
  if (isBlackDrawn(key)) return drawBlackKey(context, x, box, pressed * SCENERY_DIP);
  const low = -pressed * SCENERY_DIP;
  const [left, right] = [x - 0.485, x + 0.485];
  sceneryFace(context, [[left, away(0), low], [right, away(0), low], [right, away(0), -0.9], [left, away(0), -0.9]], "#a89a86");
  // Where it goes down it shows the sides of its neighbours.
  sceneryFace(context, box(x - 0.5, x + 0.5, 0, SCENERY_WHITE, 0), "#14100d");
  const top = box(left, right, 0, SCENERY_WHITE, low);
  top[3][2] = top[2][2] = 0;
  sceneryFace(context, top, pressed > 0.02 ? "#f7e8d0" : "#efe5d5");
}

function drawBlackKey(context, x, box, dip) {
  const [near, far] = [SCENERY_WHITE - SCENERY_BLACK, SCENERY_WHITE];
  const [left, right, rise] = [x - SCENERY_BLACK_HALF, x + SCENERY_BLACK_HALF, SCENERY_BLACK_RISE - dip];
  const foot = box(left - 0.05, right + 0.05, near, far, 0);
  const top = box(left, right, near + 0.35, far, rise);
  sceneryFace(context, box(left + 0.1, right + 0.55, near - 0.1, far, 0.01), "rgba(20,10,0,0.28)");
  sceneryFace(context, [foot[0], foot[1], foot[2], foot[3]], "#060505");
  sceneryFace(context, [foot[0], foot[1], top[1], top[0]], "#2c2724");
  sceneryFace(context, [foot[0], top[0], top[3], foot[3]], "#1b1816");
  sceneryFace(context, top, "#0c0b0b");
  const shine = box(left + 0.08, left + 0.18, near + 0.5, far - 0.1, rise);
  sceneryFace(context, shine, "rgba(255,235,210,0.16)");
}

// The keys, far ones first; a black key lies over the whites beside it.
export function sceneryKeys() {
  const all = Array.from({ length: SCENERY_KEYS[1] - SCENERY_KEYS[0] + 1 }, (_, i) => SCENERY_KEYS[0] + i);
  return [...all.filter((key) => !isBlackDrawn(key)), ...all.filter(isBlackDrawn)];
}

// The room, the piano's body and all keys at rest.
export function drawScenery(context) {
  drawRoom(context);
  drawBody(context);
  for (const key of sceneryKeys()) drawKey(context, key, 0);
}

function drawRoom(context) {
  const [width, height] = SCENERY_SIZE;
  const room = context.createLinearGradient(0, 0, width, height * 0.6);
  [[0, "#2a1d14"], [0.4, "#1a1210"], [1, "#0d0f18"]].forEach((stop) => room.addColorStop(...stop));
  context.fillStyle = room;
  context.fillRect(0, 0, width, height);
  for (const [x, y, radius, colour, opacity] of SCENERY_BULBS) {
    const bulb = context.createRadialGradient(x, y, 0, x, y, radius);
    bulb.addColorStop(0, `rgba(${colour},${opacity})`);
    bulb.addColorStop(0.82, `rgba(${colour},${opacity * 0.9})`);
    bulb.addColorStop(0.92, `rgba(${colour},${opacity * 1.3})`);
    bulb.addColorStop(1, `rgba(${colour},0)`);
    context.fillStyle = bulb;
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }
}

// Fallboard with the keys' reflection, music desk, cheeks and key slip.
function drawBody(context) {
  const [away, high] = SCENERY_FALLBOARD;
  const board = [[-1.6, away, -0.2], [53.6, away, -0.2], [53.6, away, high], [-1.6, away, high]];
  sceneryFace(context, [[-9, away + 4, high - 0.4], [62, away + 4, high - 0.4], [62, away + 9, high + 6], [-9, away + 9, high + 6]], "#0b0807");
  drawSheets(context, away, high);
  context.save();
  sceneryFace(context, board, "#090706");
  context.clip();
  for (const key of sceneryKeys()) drawKey(context, key, 0, true);
  sceneryFace(context, board, "rgba(10,6,4,0.72)");
  context.restore();
  sceneryFace(context, [[-1.6, away, high], [53.6, away, high], [53.6, away + 0.5, high], [-1.6, away + 0.5, high]], "#4a3524");
  sceneryFace(context, [[0, away - 0.25, 0.05], [52, away - 0.25, 0.05], [52, away, 0.05], [0, away, 0.05]], "#5e1414");
  for (const [left, right] of [[-3.4, 0], [52, 55.4]]) {
    sceneryFace(context, [[left, -1.4, 0.6], [right, -1.4, 0.6], [right, away, 0.6], [left, away, 0.6]], "#120d0a");
    sceneryFace(context, [[left, -1.4, 0.6], [right, -1.4, 0.6], [right, -1.4, -2.6], [left, -1.4, -2.6]], "#1c1410");
  }
  sceneryFace(context, [[-3.4, -1.4, -0.7], [55.4, -1.4, -0.7], [55.4, 0, -0.7], [-3.4, 0, -0.7]], "#1d140f");
  sceneryFace(context, [[-3.4, -1.4, -0.7], [55.4, -1.4, -0.7], [55.4, -1.4, -3.2], [-3.4, -1.4, -3.2]], "#0c0807");
}

// Two sheets of music on the desk.
function drawSheets(context, away, high) {
  const at = (x, up) => [x, away + 4.4 + up * 0.45, high - 0.2 + up];
  for (const [left, right, tint] of [[19, 26.6, "#b5a588"], [26.9, 34.5, "#a8987c"]]) {
    sceneryFace(context, [at(left, 0), at(right, 0), at(right, 9), at(left, 9)], tint);
    for (let staff = 0; staff < 6; staff++) {
      const low = 0.8 + staff * 1.35;
      for (let line = 0; line < 5; line++) {
        const up = low + line * 0.16;
        sceneryFace(context, [at(left + 0.6, up), at(right - 0.6, up), at(right - 0.6, up + 0.03), at(left + 0.6, up + 0.03)], "#6b5a48");
      }
      for (let note = 0; note < 13; note++) {
        const x = left + 0.9 + note * 0.48;
        const up = low + 0.32 + 0.34 * Math.sin(note * 1.7 + staff * 2.3 + left);
        sceneryFace(context, [at(x, up), at(x + 0.2, up + 0.04), at(x + 0.2, up + 0.17), at(x, up + 0.13)], "#3a2c22");
        sceneryFace(context, [at(x + 0.17, up), at(x + 0.2, up), at(x + 0.2, up + 0.6), at(x + 0.17, up + 0.6)], "#3a2c22");
      }
    }
  }
}

// The outline of a key and of all that it uncovers when it goes down.
export function keyOutline(key) {
  const x = keyMiddle(key);
  if (isBlackDrawn(key)) {
    const near = SCENERY_WHITE - SCENERY_BLACK - 0.2;
    return [[x - 0.4, near, 0], [x + 0.9, near, 0], [x + 0.6, SCENERY_WHITE, SCENERY_BLACK_RISE], [x - 0.4, SCENERY_WHITE, SCENERY_BLACK_RISE]];
  }
  return [[x - 0.5, 0, -0.9], [x + 0.5, 0, -0.9], [x + 0.5, SCENERY_WHITE, 0], [x - 0.5, SCENERY_WHITE, 0]];
}
