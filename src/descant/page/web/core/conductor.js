// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The conductor, as `descant/conductor/`: events and cues in, the part out. It reads no clock.

const CONDUCTOR_SECOND = 1e9; // ns
const SOFT_PEDAL = 67;
const STARTS = 0x100000000; // starts are counted in 32 bits, and begin again at 0

// Counts full presses of the soft pedal. The gesture is complete when the last of `presses` presses
// ends, if all of them began within `window`.
class SoftPedalGesture {
  constructor() {
    this._down = false;
    this._began = [];
  }

  // Take one pedal movement; return whether it completes the gesture.
  take({ pedal, value, timeNs }, settings) {
    if (pedal !== SOFT_PEDAL || settings.presses === 0) return false;
    if (!this._down && value >= settings.pressed) {
      this._down = true;
      this._began.push(timeNs);
    } else if (this._down && value <= settings.released) {
      this._down = false;
      return this._complete(settings);
    }
    return false;
  }

  _complete({ presses, window }) {
    this._began = this._began.slice(-presses);
    if (this._began.length < presses) return false;
    if (Math.max(...this._began) - Math.min(...this._began) > window * CONDUCTOR_SECOND) return false;
    this._began = [];
    return true;
  }
}

// The current part of `programme` ({title, parts, ..}, of page.data), and what changes it.
export class Conductor {
  constructor(settings, programme, timeNs) {
    this.settings = settings;
    this.programme = programme;
    this._gesture = new SoftPedalGesture();
    this.part = this._part(timeNs, settings.part, 0, "launch");
  }

  // One note or pedal movement; return the new part where it changes it, else null.
  take(event) {
    if (event.kind === "pedal") {
      return this._gesture.take(event, this.settings) ? this.next(event.timeNs, "soft pedal") : null;
    }
    const begins = event.on && event.key === this.settings.key;
    return begins ? this.next(event.timeNs, `key ${event.key}`) : null;
  }

  // Begin the next part; null after the last, unless part 1 follows it (`round`).
  next(timeNs, cause) {
    const number = this.part.number + 1;
    if (number <= this.programme.parts.length) return this.begin(timeNs, number, cause);
    return this.settings.round ? this.begin(timeNs, 1, cause) : null;
  }

  // Begin part `number`; the current part again is a fresh start of it.
  begin(timeNs, number, cause) {
    this.part = this._part(timeNs, number, (this.part.start + 1) % STARTS, cause);
    return this.part;
  }

  _part(timeNs, number, start, cause) {
    const description = this.programme.parts[number - 1];
    if (!description) throw new Error(`no part ${number}: there are ${this.programme.parts.length}`);
    return { kind: "part", timeNs, number, start, cause, description };
  }
}
