// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The bundled performance as a night, computed in the page: what is shown where there is no recording.
import { Conductor } from "../core/conductor.js";
import { PartLayers } from "../core/layers.js";
import { readMidi } from "../core/midi.js";
import { perform } from "../core/perform.js";
import { NIGHT_ARRAYS, NIGHT_UNKNOWN, Night } from "./night_data.js";
import { pieceBase } from "./piece_performance.js";

const NIGHT_MS = 1e6; // ns
const LONGEST_TAIL_MS = 6000;
const OUT_OF_TUNE = 2; // loss from which a note has the last colour, as in picture/palette.py
const NIGHT_SLICE = 400; // events from one pause to the next
const NIGHT_PEDAL_DOWN = 64;

// Give way to the page now and then; return the Night, as yet without its dissonance.
export function* performNight(page) {
  const programme = page.data.programmes.paper;
  const base = pieceBase(page, programme);
  const bytes = Uint8Array.from(atob(page.data.performance), (letter) => letter.charCodeAt(0));
  const { events } = readMidi(bytes);
  const taken = new NightTaken(base.learner, events[0].timeNs);
  let count = 0;
  for (const event of perform(events, base.learner, new Conductor(base.conductor, programme, 0))) {
    taken.take(event);
    count += 1;
    if (count % NIGHT_SLICE === 0) yield;
  }
  return taken.night(programme.title, base.learner.threshold);
}

// Collects what a performance gives, in the arrays of a Night.
class NightTaken {
  constructor(learner, startNs) {
    this._startNs = startNs;
    this._layers = new PartLayers(learner, "learner");
    this._notes = []; // { start, end, key, velocity, loss }
    this._index = new Map();
    this._pedals = [];
    this._parts = [];
    this._settings = [];
    this._attempts = [];
    this._changes = [];
    this._states = [];
    this._families = [];
  }

  take(event) {
    const time = Math.max(0, Math.round((event.timeNs - this._startNs) / NIGHT_MS));
    this._end = time;
    this[`_${event.kind}`](event, time);
  }

  night(title, threshold) {
    const last = this._end;
    for (const note of this._notes) note.end ??= last;
    this._finishNotes(threshold, last);
    const rows = { notes: this._notes, pedals: this._pedals, attempts: this._attempts, states: this._states };
    const tables = Object.entries(rows).map(([name, each]) => [name, nightColumns(each, NIGHT_ARRAYS[name])]);
    const night = {
      title, date: null, duration: last / 1000, remarks: [], stride: 1, threshold, recorded: false,
      ...Object.fromEntries(tables),
      parts: this._parts, dissonance: null, settings: this._settings, families: this._families,
      changes: this._changes, stored: {},
    };
    night.states.notes = Uint32Array.from(this._states.flatMap(({ named }) => named));
    return new Night(night);
  }

  _note({ on, id, key, velocity }, time) {
    if (!on) {
      this._notes[this._index.get(id)].end = time;
      return;
    }
    this._index.set(id, this._notes.length);
    this._notes.push({ start: time, key, velocity });
  }

  _pedal({ pedal, value }, time) {
    this._pedals.push({ time, pedal, value });
  }

  _part(part, time) {
    this._settings.push(this._layers.begin(part));
    const { title, synth } = part.description;
    this._parts.push({ start: time, number: part.number, title, synth });
  }

  _episode({ number, attempt, seed, family }) {
    if (!this._families.includes(family)) this._families.push(family);
    this._changes.push([this._attempts.length, 0, this._settings.length - 1]);
    const first = this._states.length;
    this._attempts.push({ first, number, attempt, seed, family: this._families.indexOf(family) });
  }

  _state({ step, loss, status, notes }, time) {
    const attempt = this._attempts[this._attempts.length - 1];
    attempt.loss ??= loss;
    const named = notes.map((id) => this._index.get(id));
    for (const note of named) this._notes[note].loss ??= loss;
    this._states.push({ time, step, loss, status, named, noteCount: named.length });
  }

  // With the time for which the pedal lets each note sound on, and the loss that detuned it.
  _finishNotes(threshold, last) {
    const lifts = this._lifts(last);
    const next = new Map();
    for (let i = this._notes.length - 1; i >= 0; i--) {
      const note = this._notes[i];
      const damped = lifts.find(([down, up]) => down <= note.end && note.end < up)?.[1] ?? note.end;
      const limit = Math.min(damped, next.get(note.key) ?? last, note.end + LONGEST_TAIL_MS);
      note.tail = Math.max(0, limit - note.end);
      next.set(note.key, note.start);
    }
    let state = 0;
    for (const note of this._notes) {
      while (state < this._states.length && this._states[state].time <= note.start) state += 1;
      note.heat = nightHeat(note.loss ?? this._states[state - 1]?.loss, threshold);
      note.length = Math.min(note.end - note.start, 65535);
    }
  }

  // [down, up] of the sustain pedal.
  _lifts(last) {
    const lifts = [];
    let down = null;
    for (const { time, pedal, value } of this._pedals) {
      if (pedal !== 64) continue;
      if (value >= NIGHT_PEDAL_DOWN) down ??= time;
      else if (down !== null) {
        lifts.push([down, time]);
        down = null;
      }
    }
    return down === null ? lifts : [...lifts, [down, last]];
  }
}

// The columns of rows as typed arrays; those that the rows do not have are left out.
function nightColumns(rows, types) {
  const entries = Object.entries(types).filter(([name]) => !rows.length || name in rows[0]);
  return Object.fromEntries(entries.map(([name, type]) => [name, type.from(rows, (row) => row[name])]));
}

// How far out of tune a loss is, 0 .. 254, on a logarithmic scale; as picture/palette.py.
function nightHeat(loss, threshold) {
  if (loss === undefined) return NIGHT_UNKNOWN;
  if (!(loss <= OUT_OF_TUNE)) return NIGHT_UNKNOWN - 1;
  const low = Math.log(Math.max(threshold, 1e-6));
  const heat = (Math.log(Math.max(loss, 1e-12)) - low) / (Math.log(OUT_OF_TUNE) - low);
  return Math.round(Math.min(Math.max(heat, 0), 1) * (NIGHT_UNKNOWN - 1));
}
