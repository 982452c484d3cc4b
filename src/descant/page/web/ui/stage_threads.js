// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Threads in space (knots) on the screen: turning slowly, in perspective, nearer parts thicker; as
// stage/threads.py.
import { stageClamp, stageUnits } from "./stage_easing.js";
import { mixedColour, newStroke } from "./stage_graphs.js";
import { pastStrength } from "./stage_episodes.js";

const THREAD_SIZE = 0.6; // on the screen, of something 1 long in the middle
const THREAD_DEEP = 1.6; // largest distance of a point from the middle, about
const THREAD_DIMMEST = 0.3; // brightness of the deepest point
const THREAD_NEAREST = 0.7; // largest z, of the distance to the eye
const THREAD_WARM = [0.72, 0.6, 0.45]; // of its colour, what the thinnest point loses
const THREAD_COOL = [0.02, 0.07, 0.3]; // what it gains
const THREAD_RAISED = 1.1; // the inlay is so many half widths of the target nearer
const THREAD_FULL_WIDTH_LENGTH = 38; // of the longest thread with its full width
const THREAD_PAST_SCALE = 0.55;
const THREAD_PAST_DEPTH = 4;

// The nine numbers that turn by angles[0] about x, then angles[1] about y, then angles[2] about z.
export function threadRotation(angles) {
  const [cx, cy, cz] = angles.map(Math.cos);
  const [sx, sy, sz] = angles.map(Math.sin);
  return [
    cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx,
    sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx,
    -sy, cy * sx, cy * cx,
  ];
}

// Factor of the width: less than 1 for a thread so long that it would fill the picture.
function threadSlimness({ at, columns, count }, settings) {
  let length = 0;
  for (let i = 4; i < count; i += 4) {
    const [here, before] = [columns * i, columns * (i - 4)];
    length += Math.hypot(at[here] - at[before], at[here + 1] - at[before + 1], at[here + 2] - at[before + 2]);
  }
  const factor = (THREAD_FULL_WIDTH_LENGTH / Math.max(length, 1e-9)) ** 0.7;
  return stageClamp(factor, settings.knot_slimmest, 1);
}

// A thread as a tube, seen from `distance`; `nearer` (screen units) brings it forward.
function threadTube(line, turn, colour, alpha, width, { distance, nearer = 0, scale = 1 }) {
  const { at, columns, count } = line;
  const stroke = newStroke(count, true, 0);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = turn;
  const thick = (stageUnits(width) / 2) * scale;
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [at[columns * i], at[columns * i + 1], at[columns * i + 2]];
    // While theta diverges, points stay before the eye.
    const near = Math.min((zx * x + zy * y + zz * z) * scale, THREAD_NEAREST * distance);
    const nearness = distance / (distance - near);
    stroke.x[i] = THREAD_SIZE * nearness * (xx * x + xy * y + xz * z) * scale;
    stroke.y[i] = THREAD_SIZE * nearness * (yx * x + yy * y + yz * z) * scale;
    stroke.depth[i] = -THREAD_SIZE * near - nearer;
    const light = stageClamp((near + THREAD_DEEP) / (2 * THREAD_DEEP), 0, 1);
    const shade = THREAD_DIMMEST + (1 - THREAD_DIMMEST) * light;
    const thickness = columns > 3 ? stageClamp(at[columns * i + 3], 0, 1) : 1;
    stroke.half[i] = thick * nearness * thickness;
    for (let c = 0; c < 3; c++) {
      const thin = 1 - thickness;
      stroke.colour[4 * i + c] = (colour[c] * (1 - thin * THREAD_WARM[c]) + THREAD_COOL[c] * thin) * shade;
    }
    stroke.colour[4 * i + 3] = alpha;
  }
  return stroke;
}

// Target and learned thread, the latter like an inlay where they have become one.
export function threadsOfEpisode(curve, s, turn) {
  const target = curve.targetPoints();
  const width = s.knot_width * threadSlimness(target, s);
  const inlay = { distance: s.knot_distance, nearer: (THREAD_RAISED * stageUnits(width)) / 2 };
  return [
    threadTube(target, turn, s.target_colour, curve.shown, width, { distance: s.knot_distance }),
    threadTube(curve.learnedPoints(), turn, s.learned_colour, curve.shown, width * s.knot_inlay, inlay),
  ];
}

// An episode that is over: it shrinks into the distance behind the current one, and fades.
export function threadsOfPast(past, s, turn) {
  const gone = Math.sqrt(past.gone);
  const early = Math.max(0, 1 - 4 * gone); // it leaves the front at once, then lingers
  const grey = s.past_colour.map((value) => value * 0.5);
  const alpha = pastStrength(past) * (0.2 + 0.8 * early);
  const strokes = [];
  for (const [line, colour, size, raised] of [
    [past.target, s.target_colour, 1, 0],
    [past.learned, s.learned_colour, s.knot_inlay, THREAD_RAISED],
  ]) {
    if (!line) continue;
    const whole = s.knot_width * threadSlimness(line, s);
    const width = whole * size * (0.3 + 0.7 * early);
    const nearer = (raised * stageUnits(whole)) / 2 - THREAD_PAST_DEPTH * gone;
    const scale = 1 + (THREAD_PAST_SCALE - 1) * gone;
    const place = { distance: s.knot_distance, nearer, scale };
    strokes.push(threadTube(line, turn, mixedColour(grey, colour, early), alpha, width, place));
  }
  return strokes;
}
