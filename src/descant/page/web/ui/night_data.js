// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// A night as arrays: a recording that descant/page/recording.py put into the page, or the bundled
// performance as night_perform.js computes it. Times are milliseconds from the first event.

// Every table of a night, and the types of its columns.
export const NIGHT_ARRAYS = {
  notes: {
    start: Uint32Array, length: Uint16Array, tail: Uint16Array,
    key: Uint8Array, velocity: Uint8Array, heat: Uint8Array,
  },
  pedals: { time: Uint32Array, pedal: Uint8Array, value: Uint8Array },
  attempts: {
    first: Uint32Array, number: Uint32Array, attempt: Uint32Array,
    seed: BigUint64Array, family: Uint8Array, loss: Float64Array,
  },
  states: {
    time: Uint32Array, step: Uint32Array, loss: Float32Array,
    status: Uint8Array, noteCount: Uint8Array, notes: Uint32Array,
  },
};
const NIGHT_STORED = ["target", "theta", "loss", "residual", "gradient"];
export const NIGHT_UNKNOWN = 255; // colour of a note that was played while nothing was learned

// The numbers of a base64 text.
function nightNumbers(text, type) {
  return new type(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

// The recording of the page with its arrays unpacked. `defaults`: of the learner's parameters.
export function unpackNight(recording, defaults) {
  const night = { ...recording, recorded: true };
  for (const [name, fields] of Object.entries(NIGHT_ARRAYS)) {
    const entries = Object.entries(fields);
    night[name] = Object.fromEntries(entries.map(([field, type]) => [field, nightNumbers(recording[name][field], type)]));
  }
  night.settings = recording.settings.map((differences) => ({ ...defaults, ...differences }));
  night.stored = {};
  for (const [attempt, fields] of Object.entries(recording.stored)) {
    const numbers = NIGHT_STORED.map((field) => [field, nightNumbers(fields[field], Float64Array)]);
    night.stored[attempt] = { ...fields, ...Object.fromEntries(numbers) };
  }
  const { highest, values } = recording.dissonance;
  const steps = Float32Array.from(nightNumbers(values, Uint16Array), (value) => (value * highest) / 65535);
  night.dissonance = { ...recording.dissonance, values: steps };
  return new Night(night);
}

// The index of the last of `times` (growing) that is not after `time`; -1 where there is none.
export function lastBefore(times, time) {
  let [low, high] = [-1, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

// What is asked of a night.
export class Night {
  constructor(arrays) {
    Object.assign(this, arrays);
    this.length = Math.max(1, Math.round(this.duration * 1000));
    this.count = this.attempts.first.length;
    this.starts = Array.from(this.attempts.first, (first) => this.states.time[first]);
    this._episodes();
    this._changes = new Map();
    for (const [attempt, step, settings] of this.changes) {
      if (!this._changes.has(attempt)) this._changes.set(attempt, []);
      this._changes.get(attempt).push([step, this.settings[settings]]);
    }
    this._noteFirst = new Uint32Array(this.states.noteCount.length);
    for (let i = 1; i < this._noteFirst.length; i++)
      this._noteFirst[i] = this._noteFirst[i - 1] + this.states.noteCount[i - 1];
  }

  // The states of an attempt: the first, and the one behind the last.
  range(attempt) {
    const { first } = this.attempts;
    return [first[attempt], attempt + 1 < this.count ? first[attempt + 1] : this.states.time.length];
  }

  // When an attempt begins, and when the next one does.
  span(attempt) {
    return [this.starts[attempt], this.starts[attempt + 1] ?? this.length];
  }

  // The attempt that a state is of.
  attemptOf(state) {
    return lastBefore(this.attempts.first, state);
  }

  // The last state up to a time, at least the first.
  stateAt(time) {
    return Math.max(0, lastBefore(this.states.time, time));
  }

  // [[from this step on, settings], ..] of an attempt; undefined where they are not known.
  changesOf(attempt) {
    return this._changes.get(attempt);
  }

  family(attempt) {
    return this.families[this.attempts.family[attempt]];
  }

  // Indices of the notes that a state detunes; none: all that sound.
  notesOf(state) {
    const first = this._noteFirst[state];
    return Array.from(this.states.notes.subarray(first, first + this.states.noteCount[state]));
  }

  // The part at a time, or null.
  partAt(time) {
    return this.parts[lastBefore(this.parts.map(({ start }) => start), time)] ?? null;
  }

  // Everything to be heard in order of time: { time, kind, index }, kind "off", "pedal", "on", "part"
  // or "state".
  timeline() {
    if (this._timeline) return this._timeline;
    const { notes, pedals, parts, states } = this;
    const order = ["part", "off", "pedal", "on", "state"];
    const found = [];
    const add = (kind, times) => Array.from(times, (time, index) => found.push({ time, kind, index }));
    add("part", parts.map(({ start }) => start));
    add("on", notes.start);
    add("off", Array.from(notes.start, (start, i) => start + notes.length[i]));
    add("pedal", pedals.time);
    add("state", states.time);
    const rank = ({ kind }) => order.indexOf(kind);
    this._timeline = found.sort((a, b) => a.time - b.time || rank(a) - rank(b));
    return this._timeline;
  }

  // Number the episodes, each of one attempt or more.
  _episodes() {
    const { number, seed } = this.attempts;
    this.episode = new Uint32Array(this.count);
    for (let a = 1; a < this.count; a++) {
      const same = number[a] === number[a - 1] && seed[a] === seed[a - 1];
      this.episode[a] = this.episode[a - 1] + (same ? 0 : 1);
    }
    this.episodes = this.count ? this.episode[this.count - 1] + 1 : 0;
  }
}
