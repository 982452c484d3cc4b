// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Motion that does not depend on the frame rate, and never jumps; as stage/easing.py.

// `x`, but at least `low` and at most `high`.
export function stageClamp(x, low, high) {
  return x < low ? low : x > high ? high : x;
}

// Fraction of the way to its goal that a value moves in `dt` seconds: 63 % in `time` seconds.
export function stageShare(dt, time) {
  return time > 0 ? 1 - Math.exp(-dt / time) : 1;
}

// `values` after `dt` seconds on their way to `goals`; exactly there once within `rest`.
export function stageApproach(values, goals, dt, time, rest) {
  const share = stageShare(dt, time);
  return values.map((value, i) => {
    const moved = value + (goals[i] - value) * share;
    return Math.abs(goals[i] - moved) <= rest ? goals[i] : moved;
  });
}

// `value` after `dt` seconds towards `goal`, at a speed of one in `time` seconds.
export function stageRamp(value, goal, dt, time) {
  const step = time > 0 ? dt / time : Infinity;
  return goal > value ? Math.min(goal, value + step) : Math.max(goal, value - step);
}

// 0 .. 1 as 0 .. 1 with no speed at both ends.
export function stageSmooth(x) {
  const inside = stageClamp(x, 0, 1);
  return inside * inside * (3 - 2 * inside);
}

// 0 .. 1, smoothly, over the first `time` seconds of `age`; at once where `time` is 0.
export function stageEased(age, time) {
  return time > 0 ? stageSmooth(age / time) : Number(age >= 0);
}

// Pixels of a picture with 1080 lines as screen units: the picture's height is 2.
export function stageUnits(pixels) {
  return (2 * pixels) / 1080;
}

// The non-negative remainder of x / y.
export function stageModulo(x, y) {
  return ((x % y) + y) % y;
}
