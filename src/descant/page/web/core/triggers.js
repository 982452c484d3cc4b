// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Which keys start an episode and which make steps, as `descant/learner/triggers.py` decides it.

const TRIGGER_SECOND = 1e9; // ns
// A chord this far ahead of a note has the time of another clock: it does not delay a new one.
const ANOTHER_CLOCK_NS = 10e9;

// Keys that count as held, in the order they were struck; the sustain pedal may hold some alone.
class HeldKeys {
  constructor() {
    this._notes = new Map();
    this._byPedal = new Set();
    this._pedal = false;
  }

  get size() {
    return this._notes.size;
  }

  strike(note) {
    for (const id of [...this._byPedal]) {
      if (this._notes.get(id).key === note.key) this._drop(id);
    }
    this._notes.set(note.id, note);
  }

  release(note) {
    if (this._pedal && this._notes.has(note.id)) this._byPedal.add(note.id);
    else this._drop(note.id);
  }

  pedal(down) {
    this._pedal = down;
    if (!down) for (const id of [...this._byPedal]) this._drop(id);
  }

  ids() {
    return [...this._notes.keys()];
  }

  notes() {
    return [...this._notes.values()];
  }

  // The notes whose keys are down.
  down() {
    return this.notes().filter((note) => !this._byPedal.has(note.id));
  }

  _drop(id) {
    this._notes.delete(id);
    this._byPedal.delete(id);
  }
}

// A bass note starts an episode, an upper note makes a step.
class BassAndUpper {
  constructor() {
    this._upper = new HeldKeys();
  }

  // A key goes down; return whether it starts an episode. `running`: there is one.
  strike(note, settings, running) {
    if (this.steps(note, settings)) this._upper.strike(note);
    return note.key < settings.bass_below || (settings.first_note_starts && !running);
  }

  release(note) {
    this._upper.release(note);
  }

  // The sustain pedal goes down or up, where the parameter `sustain_holds` is on.
  pedal(down) {
    this._upper.pedal(down);
  }

  // Whether the key that just went down makes one step by itself.
  steps(note, settings) {
    return note.key >= settings.upper_from;
  }

  // Steps per second from now on; 0 for none.
  rate(settings) {
    return this._upper.size ? settings.held_rate : 0;
  }

  // Ids of the notes that a new episode detunes; empty for all that sound.
  openingNotes(note) {
    return [note.id];
  }

  // Ids of the notes that a step of `rate` detunes; empty for all that sound.
  stepNotes() {
    return this._upper.ids();
  }
}

// A left-hand chord starts an episode; steps are made while it is held.
class HeldChord {
  constructor() {
    this._held = new HeldKeys();
    this._claimedNs = -1; // keys struck up to this time belong to the latest chord
    this._startedNs = null;
    this._holding = false;
  }

  strike(note, settings) {
    this._held.strike(note);
    const completed = this._completes(note, settings);
    if (completed) this._startedNs = note.timeNs;
    this._hold(settings);
    return completed;
  }

  release(note) {
    this._held.release(note);
  }

  pedal(down) {
    this._held.pedal(down);
  }

  steps() {
    return false;
  }

  rate(settings) {
    this._hold(settings);
    return this._holding ? settings.held_rate : 0;
  }

  openingNotes(note, settings) {
    return this.stepNotes(settings);
  }

  stepNotes(settings) {
    return this._held.ids().slice(0, settings.tuned_notes);
  }

  _completes(note, settings) {
    if (note.key >= settings.chord_split) return false;
    const window = Math.trunc(settings.chord_window * TRIGGER_SECOND);
    if (this._claimedNs > note.timeNs + window + ANOTHER_CLOCK_NS) this._claimedNs = -1;
    if (this._startedNs !== null) {
      const since = note.timeNs - this._startedNs;
      if (-ANOTHER_CLOCK_NS < since && since < settings.chord_gap * TRIGGER_SECOND) return false;
    }
    const fresh = this._held
      .down()
      .filter((other) => other.key < settings.chord_split && other.timeNs > this._claimedNs)
      .map((other) => other.timeNs)
      .filter((timeNs) => Math.abs(note.timeNs - timeNs) <= window);
    if (fresh.length < settings.chord_keys) return false;
    this._claimedNs = Math.min(...fresh) + window;
    return true;
  }

  _hold(settings) {
    const left = this._held.notes().filter((note) => note.key < settings.chord_split);
    const enough = new Set(left.map((note) => note.key)).size >= settings.chord_keys;
    this._holding = this._startedNs !== null && (enough || settings.chord_always);
  }
}

const TRIGGERS = { bass_and_upper: BassAndUpper, held_chord: HeldChord };

// A fresh trigger: "bass_and_upper" or "held_chord".
export function makeTrigger(name) {
  if (!Object.hasOwn(TRIGGERS, name)) throw new Error(`no trigger '${name}'`);
  return new TRIGGERS[name]();
}
