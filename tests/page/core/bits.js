// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Bits of numbers, and bytes of states, as the tests in Python write them.

const NAN_BITS = 0x7ff8000000000000n; // of Python's math.nan; engines may write others
const view = new DataView(new ArrayBuffer(8));

// The 16 hexadecimal digits of a number's bits; every NaN is "nan".
export function bits(value) {
  if (Number.isNaN(value)) return "nan";
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

export function allBits(values) {
  return Array.from(values, bits).join(" ");
}

// The numbers of bits with spaces between them.
export function numbers(text) {
  return text.split(" ").map((digits) => {
    if (digits === "nan") return NaN;
    view.setBigUint64(0, BigInt(`0x${digits}`));
    return view.getFloat64(0);
  });
}

// Collects states as bytes: `packed` of tests/support/state_hash.py.
export class StateBytes {
  constructor() {
    this.count = 0;
    this._bytes = new Uint8Array(1 << 20);
    this._length = 0;
  }

  add(state) {
    this.count += 1;
    this._text("(");
    const { timeNs, events, cause, episode, attempt, step, status, seed } = state;
    for (const value of [timeNs, events, cause, episode, attempt, step, status, seed]) this._text(`i${value};`);
    this._text(`s'${state.family}';`);
    this._floats(state.target);
    this._floats(state.theta);
    this._float(state.loss);
    this._float(state.residual);
    this._floats(state.gradient);
    this._text(`(${state.notes.map((id) => `i${id};`).join("")}))`);
  }

  // The SHA-256 of all states so far, in hexadecimal digits.
  async hash() {
    const digest = await crypto.subtle.digest("SHA-256", this._bytes.subarray(0, this._length));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  _floats(values) {
    this._text("(");
    for (const value of values) this._float(value);
    this._text(")");
  }

  _float(value) {
    this._text("d");
    this._reserve(8);
    if (Number.isNaN(value)) view.setBigUint64(0, NAN_BITS, true);
    else view.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this._bytes[this._length++] = view.getUint8(i);
  }

  _text(text) {
    this._reserve(text.length);
    for (let i = 0; i < text.length; i++) this._bytes[this._length++] = text.charCodeAt(i);
  }

  _reserve(count) {
    if (this._length + count <= this._bytes.length) return;
    const larger = new Uint8Array(2 * this._bytes.length + count);
    larger.set(this._bytes);
    this._bytes = larger;
  }
}
