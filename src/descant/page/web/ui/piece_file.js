// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// A MIDI file that plays into a performance: what is due of it, what it holds, through which parts
// it goes.
import { Conductor } from "../core/conductor.js";

const FILE_CHANNEL = 12;

export class PieceFile {
  // `read`: as of `readMidi`. `first`: the part in which it begins.
  constructor(name, { events, durationNs }, first) {
    Object.assign(this, { name, events, durationNs, first, parts: [] });
    this.rewind();
  }

  rewind() {
    this._next = 0;
    this._keys = new Set(); // keys that it holds
    this._pedals = new Map(); // pedal -> value
  }

  get begun() {
    return this._next > 0;
  }

  get ended() {
    return this._next >= this.events.length;
  }

  // The time of its next event.
  get nextNs() {
    return this.ended ? Infinity : this.events[this._next].timeNs;
  }

  // Play its next event into `performance` at `timeNs`.
  play(performance, timeNs) {
    const event = this.events[this._next++];
    if (event.kind === "pedal") {
      this._pedals.set(event.pedal, event.value);
      return filePlays(performance, [0xb0, event.pedal, event.value], timeNs);
    }
    this._keys[event.on ? "add" : "delete"](event.key);
    const low = event.velocity14bit & 127;
    if (low) filePlays(performance, [0xb0, 88, low], timeNs);
    filePlays(performance, [event.on ? 0x90 : 0x80, event.key, event.velocity], timeNs);
  }

  // Release what it holds, as it pauses.
  release(performance, timeNs) {
    for (const key of this._keys) filePlays(performance, [0x80, key, 64], timeNs);
    this._keys.clear();
    for (const [pedal, value] of this._pedals) if (value) filePlays(performance, [0xb0, pedal, 0], timeNs);
  }

  // Press its pedals again, as it plays on.
  press(performance, timeNs) {
    for (const [pedal, value] of this._pedals) if (value) filePlays(performance, [0xb0, pedal, value], timeNs);
  }

  // Find the parts of `programme` through which it goes, and when: [{number, timeNs}].
  findParts(programme, settings) {
    const conductor = new Conductor(settings, programme, 0);
    if (this.first > 1) conductor.begin(0, Math.min(this.first, programme.parts.length), "first");
    this.parts = [{ number: conductor.part.number, timeNs: 0 }];
    for (const event of this.events) {
      const part = conductor.take(event);
      if (part) this.parts.push({ number: part.number, timeNs: event.timeNs });
    }
  }
}

function filePlays(performance, [status, ...data], timeNs) {
  performance.play([status + FILE_CHANNEL, ...data], timeNs);
}
