// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// NumPy's random streams: SeedSequence (O'Neill 2015) and PCG64 (XSL-RR 128/64), bit for bit.

const MASK_32 = 0xffffffffn;
const PCG_MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL_WORDS = 4;

// The 32-bit words of each of `numbers` (BigInt or integer >= 0), the lowest word first.
function seedWords(numbers) {
  const words = [];
  for (const number of numbers) {
    let left = BigInt(number);
    do {
      words.push(Number(left & MASK_32));
      left >>= 32n;
    } while (left > 0n);
  }
  return words;
}

// The pool of a SeedSequence with these words of entropy.
function seedPool(words) {
  let constant = 0x43b0d7e5;
  const hashed = (value) => {
    value ^= constant;
    constant = Math.imul(constant, 0x931e8875);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
  const mixed = (x, y) => {
    const result = Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715);
    return result ^ (result >>> 16);
  };
  const pool = [];
  for (let i = 0; i < POOL_WORDS; i++) pool.push(hashed(words[i] ?? 0));
  for (let from = 0; from < POOL_WORDS; from++) {
    for (let to = 0; to < POOL_WORDS; to++) {
      if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
  }
  for (let from = POOL_WORDS; from < words.length; from++) {
    for (let to = 0; to < POOL_WORDS; to++) pool[to] = mixed(pool[to], hashed(words[from]));
  }
  return pool;
}

// What `SeedSequence(numbers).generate_state(count, uint64)` returns.
export function seedState(numbers, count) {
  const pool = seedPool(seedWords(numbers));
  let constant = 0x8b51f9dd;
  const words = [];
  for (let i = 0; i < 2 * count; i++) {
    let value = pool[i % POOL_WORDS] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    value = Math.imul(value, constant);
    words.push(BigInt((value ^ (value >>> 16)) >>> 0));
  }
  return Array.from({ length: count }, (_, i) => words[2 * i] | (words[2 * i + 1] << 32n));
}

// The seed of episode `number` of a performance seeded with `seed`, 0n .. 2n ** 64n - 1n.
export function episodeSeed(seed, number) {
  return seedState([seed, number], 1)[0];
}

// The numbers that `Generator(PCG64(seed))` draws.
export class RandomStream {
  constructor(seed) {
    const [s1, s0, i1, i0] = seedState([seed], 4);
    this._increment = BigInt.asUintN(128, (((i1 << 64n) | i0) << 1n) | 1n);
    this._state = 0n;
    this._advance();
    this._state = BigInt.asUintN(128, this._state + ((s1 << 64n) | s0));
    this._advance();
    this._half = -1; // the upper half of the last 64 bits of which `integers` used the lower
  }

  // Uniform in [0, 1), a multiple of 2^-53.
  random() {
    return Number(this._bits64() >> 11n) * 1.1102230246251565e-16;
  }

  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  // `count` numbers of `uniform`.
  uniforms(low, high, count) {
    return Array.from({ length: count }, () => this.uniform(low, high));
  }

  // An integer uniform in low .. high - 1, for fewer than 2^32 of them: Lemire's method.
  integers(low, high) {
    const range = high - low;
    if (range === 1) return low;
    if (range === 4294967296) return low + this._bits32();
    // The product's upper 32 bits are the result; the first few of its lower ones are refused.
    const refused = (4294967296 - range) % range;
    for (;;) {
      const bits = this._bits32();
      // bits * range, which can exceed 2^53, as upper and lower halves.
      const lower = Math.imul(bits, range) >>> 0;
      if (lower >= refused) return low + upperProduct(bits, range);
    }
  }

  _bits32() {
    if (this._half >= 0) {
      const half = this._half;
      this._half = -1;
      return half;
    }
    const bits = this._bits64();
    this._half = Number(bits >> 32n);
    return Number(bits & MASK_32);
  }

  _bits64() {
    this._advance();
    const upper = this._state >> 64n;
    const bits = upper ^ BigInt.asUintN(64, this._state);
    const turn = upper >> 58n;
    return BigInt.asUintN(64, (bits >> turn) | (bits << (64n - turn)));
  }

  _advance() {
    this._state = BigInt.asUintN(128, this._state * PCG_MULTIPLIER + this._increment);
  }
}

// The upper 32 bits of the product of two numbers of 32 bits.
function upperProduct(a, b) {
  const aHigh = Math.floor(a / 65536);
  const aLow = a % 65536;
  const low = aLow * b; // below 2^48
  return Math.floor((aHigh * b + Math.floor(low / 65536)) / 65536);
}
