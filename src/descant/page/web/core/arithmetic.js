// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Functions whose results have the same bits on every machine, as `descant/learner/arithmetic.py`
// computes them: from + - * / and comparisons alone, in a stated order. Math.cos, Math.sin, Math.exp
// and ** differ from browser to browser, so nothing on the way to a state may call them.

// Adding and subtracting it leaves the nearest integer: 2^52 + 2^51.
const NEAREST = 6755399441055744;
const QUARTERS_PER_RADIAN = 0.6366197723675814; // 2 / pi
// pi / 2 in three parts of 33 bits and the rest: 0x1.921fb544p+0, 0x1.0b4611a6p-34,
// 0x1.3198a2ep-69, 0x1.b839a252049c1p-104.
const QUARTER_1 = 1.5707963267341256;
const QUARTER_2 = 6.077100506303966e-11;
const QUARTER_3 = 2.0222662487111665e-21;
const QUARTER_4 = 8.4784276603689e-32;
const OCTAVES_PER_UNIT = 1.4426950408889634; // 1 / ln 2
// ln 2 in two parts: 0x1.62e42feep-1 and 0x1.a39ef35793c76p-33.
const OCTAVE_1 = 0.6931471803691238;
const OCTAVE_2 = 1.9082149292705877e-10;

const doubleBits = new DataView(new ArrayBuffer(8));
let sumBuffer = new Float64Array(1024);

// Cosine and sine of `x` (rad), each within 1 ulp up to 10^6: Cody and Waite's reduction to a quarter
// turn, then fdlibm's polynomials.
export function cosSin(x) {
  const quarters = x * QUARTERS_PER_RADIAN + NEAREST - NEAREST;
  // What is left of x, as r + low. Each difference keeps what its rounding left out.
  const a = x - quarters * QUARTER_1;
  const b = quarters * QUARTER_2;
  const high = a - b;
  const highB = high - a;
  const highRest = a - (high - highB) - (b + highB);
  const c = quarters * QUARTER_3;
  const higher = high - c;
  const higherC = higher - high;
  const higherRest = high - (higher - higherC) - (c + higherC);
  const rest = highRest + higherRest - quarters * QUARTER_4;
  const r = higher + rest;
  const low = higher - r + rest;

  const z = r * r;
  const v = z * r;
  const p =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  const sine = r - (z * (0.5 * low - v * p) - low - v * -1.66666666666666324348e-1);
  const q =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  const cosine = w + (1 - w - half + (z * q - r * low));

  // Cosine and sine of so many quarters, -2 .. 2: each 0, 1 or -1, so the products are exact.
  const turned = quarters - 4 * (quarters * 0.25 + NEAREST - NEAREST);
  const cosTurned = 1 - Math.abs(turned);
  const sinTurned = turned * (2 - Math.abs(turned));
  return [cosTurned * cosine - sinTurned * sine, cosTurned * sine + sinTurned * cosine];
}

// e to the power of `x`, within 1 ulp up to 700, plus or minus.
export function exp(x) {
  const octaves = x * OCTAVES_PER_UNIT + NEAREST - NEAREST;
  const high = x - octaves * OCTAVE_1;
  const low = octaves * OCTAVE_2;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return y * powerOfTwo(octaves);
}

// 2^k for an integer k of -1022 .. 1023: its exponent's bits. NaN for NaN.
function powerOfTwo(k) {
  if (!(k >= -1022 && k <= 1023)) return k > 0 ? Infinity : k < 0 ? 0 : NaN;
  doubleBits.setUint32(0, (k + 1023) << 20);
  return doubleBits.getFloat64(0);
}

// `base` to the power of an integer n >= 0, by squaring.
export function power(base, n) {
  let result = 1;
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= base;
    base *= base;
  }
  return result;
}

// The sum of an array, by halves: the second half is added to the first, element by element, until
// one element remains; where the count is odd, the element in the middle waits for the next round.
export function total(array) {
  const count = array.length;
  if (sumBuffer.length < count) sumBuffer = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) sumBuffer[i] = array[i];
  return totalInPlace(sumBuffer, count);
}

// The same sum of the first `count` elements, which are overwritten.
export function totalInPlace(array, count) {
  while (count > 1) {
    const half = (count + 1) >> 1;
    for (let i = 0, j = half; j < count; i++, j++) array[i] += array[j];
    count = half;
  }
  return array[0];
}

// The products of `a` and `b`, added from the first to the last.
export function dot(a, b) {
  let result = 0;
  for (let i = 0; i < a.length; i++) result += a[i] * b[i];
  return result;
}
