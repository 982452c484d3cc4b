// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Which voice sounds which note, and what fingers and pedals hold: the rules of
// descant/synth/allocator.py. Pure: notes, pedals and states in, commands to the voices out:
//   {kind: "start", voice, key, gain, stretch, again}, {kind: "damp", voice, seconds},
//   {kind: "fade", voice}, {kind: "retune", voices, stretch}
import { parseSignals, signalValue } from "../core/signals.js";
import { boundedStretch, dampedTime, softPedalGain, velocityGain } from "./sound_levels.js";

const SUSTAIN = 64;
const SOSTENUTO = 66;
const SOFT = 67;
// The sostenuto pedal is a switch; two thresholds keep it from chattering.
const SOSTENUTO_DOWN = 64;
const SOSTENUTO_UP = 48;
// A state may arrive before its note: its stretch is kept for notes of about that time.
const PATIENCE_NS = 1e9;
const MOST_WAITING = 1024;
// Voices beyond `voices` that sound new notes while stolen ones fade.
const RESERVE_VOICES = 16;

export class VoiceAllocator {
  constructor(settings) {
    this.settings = settings;
    this.size = settings.voices + Math.min(settings.voices, RESERVE_VOICES);
    this.stolen = 0;
    this._free = Array.from({ length: this.size }, (_, i) => this.size - 1 - i);
    this._sounding = new Map(); // voice -> {note, key, order, keyDown, damping}
    this._voiceOfKey = new Map();
    this._voiceOfNote = new Map();
    this._down = new Map(); // key -> note
    this._sustained = new Set();
    this._pedals = { [SUSTAIN]: 0, [SOSTENUTO]: 0, [SOFT]: 0 };
    this._sostenuto = false;
    this._stretch = 0;
    this._waiting = new Map(); // note -> [timeNs, stretch]
    this._count = 0;
  }

  // A key goes down or up; `level(voice)` is a voice's present amplitude.
  note(note, level) {
    return note.on ? this._on(note, level) : this._off(note);
  }

  // A pedal moves.
  pedal({ pedal, value }) {
    if (!(pedal in this._pedals) || !this.settings.use_pedals) return [];
    this._pedals[pedal] = value;
    if (pedal === SOSTENUTO) this._turnSostenuto(value);
    return pedal === SOFT ? [] : this._dampers();
  }

  // Retune the notes that a state of the learner names, all if it names none; new notes get its
  // stretch too, and so do named notes that have not sounded yet.
  state(state) {
    const value = signalValue(this._signal(), state) * this.settings.detune_scale;
    const stretch = boundedStretch(value, this.settings);
    if (stretch === null) return [];
    this._stretch = stretch;
    const voices = state.notes.length ? [] : [...this._sounding.keys()];
    for (const note of state.notes) {
      const voice = this._voiceOfNote.get(note);
      if (voice === undefined) this._wait(note, state.timeNs, stretch);
      else voices.push(voice);
    }
    return voices.length ? [{ kind: "retune", voices, stretch }] : [];
  }

  // Free a voice that has fallen silent.
  ended(voice) {
    this._forget(voice);
    this._free.push(voice);
  }

  // Silence everything at once. The pedals stay where they are.
  panic() {
    const voices = [...this._sounding.keys()];
    for (const voice of voices) this._forget(voice);
    this._sustained.clear();
    return voices.map((voice) => ({ kind: "fade", voice }));
  }

  // New settings from now on; the number of voices is not among them.
  change(settings) {
    this.settings = settings;
    if (!settings.use_pedals) {
      this._pedals = { [SUSTAIN]: 0, [SOSTENUTO]: 0, [SOFT]: 0 };
      this._turnSostenuto(0);
    }
    return this._dampers();
  }

  _signal() {
    if (this._signalText !== this.settings.detune) {
      this._signalText = this.settings.detune;
      [this._parsedSignal] = parseSignals(this._signalText);
    }
    return this._parsedSignal;
  }

  _on(note, level) {
    const commands = [];
    this._down.set(note.key, note.id);
    let voice = this._voiceOfKey.get(note.key);
    const again = voice !== undefined;
    if (again) this._voiceOfNote.delete(this._sounding.get(voice).note);
    else voice = this._allocate(level, commands);
    if (voice === null) return commands;
    this._count += 1;
    const { id, key } = note;
    const order = this._count;
    this._sounding.set(voice, { note: id, key, order, keyDown: true, damping: Infinity });
    this._voiceOfKey.set(key, voice);
    this._voiceOfNote.set(id, voice);
    const softened = softPedalGain(this._pedals[SOFT], this.settings);
    const gain = velocityGain(note.velocity14bit, this.settings) * softened;
    commands.push({ kind: "start", voice, key, gain, stretch: this._firstStretch(note), again });
    return commands;
  }

  _off(note) {
    if (this._down.get(note.key) === note.id) this._down.delete(note.key);
    const voice = this._voiceOfNote.get(note.id);
    if (voice === undefined) return [];
    this._sounding.get(voice).keyDown = false;
    return this._damper(voice);
  }

  _dampers() {
    return [...this._sounding.keys()].flatMap((voice) => this._damper(voice));
  }

  _damper(voice) {
    const sounding = this._sounding.get(voice);
    const lifted = sounding.keyDown || this._sustained.has(sounding.key);
    const seconds = lifted
      ? Infinity
      : dampedTime(sounding.key, this._pedals[SUSTAIN], this.settings);
    if (seconds === sounding.damping) return [];
    sounding.damping = seconds;
    return [{ kind: "damp", voice, seconds }];
  }

  _turnSostenuto(value) {
    if (!this._sostenuto && value >= SOSTENUTO_DOWN) {
      this._sostenuto = true;
      this._sustained = new Set(this._down.keys());
    } else if (this._sostenuto && value < SOSTENUTO_UP) {
      this._sostenuto = false;
      this._sustained = new Set();
    }
  }

  // A free voice, or a stolen one when as many sound as may; null while all of the reserve fades.
  _allocate(level, commands) {
    if (this._sounding.size < this.settings.voices && this._free.length) return this._free.pop();
    this.stolen += 1;
    const victim = this._victim(level);
    if (victim === null || (level(victim) > 0 && !this._free.length)) return null;
    this._forget(victim);
    if (level(victim) <= 0) return victim;
    commands.push({ kind: "fade", voice: victim });
    return this._free.pop();
  }

  // Damped notes are stolen first, then pedalled, then held ones; the quietest, then the oldest.
  _victim(level) {
    let victim = null;
    let least = null;
    for (const [voice, { keyDown, damping, order }] of this._sounding) {
      const held = keyDown ? 2 : damping === Infinity ? 1 : 0;
      const priority = [held, level(voice), order];
      if (least === null || isBefore(priority, least)) [victim, least] = [voice, priority];
    }
    return victim;
  }

  _forget(voice) {
    const sounding = this._sounding.get(voice);
    if (!sounding) return;
    this._sounding.delete(voice);
    this._voiceOfKey.delete(sounding.key);
    this._voiceOfNote.delete(sounding.note);
  }

  _firstStretch(note) {
    const waiting = this._waiting.get(note.id);
    this._waiting.delete(note.id);
    const soon = waiting && Math.abs(note.timeNs - waiting[0]) <= PATIENCE_NS;
    return soon ? waiting[1] : this._stretch;
  }

  _wait(note, timeNs, stretch) {
    this._waiting.delete(note);
    this._waiting.set(note, [timeNs, stretch]);
    if (this._waiting.size > MOST_WAITING) {
      this._waiting.delete(this._waiting.keys().next().value);
    }
  }
}

function isBefore(one, other) {
  const i = one.findIndex((value, place) => value !== other[place]);
  return i >= 0 && one[i] < other[i];
}
