// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// MIDI: messages decoded as `descant/piano/decoder.py` does, and Standard MIDI Files read and written.
import { readMidiMessages } from "./midi_messages.js";
import { MOST_TICKS } from "./midi_events.js";

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const CONTROL_CHANGE = 0xb0;
const VELOCITY_PREFIX = 88; // controller: the low 7 bits of the next velocity
const ALL_SOUND_OFF = 120;
const RESET_ALL_CONTROLLERS = 121;
const ALL_NOTES_OFF = 123;
const PEDALS = [64, 66, 67];
const ABSENT_RELEASE_VELOCITY = 64; // of a note-off without a velocity (MIDI 1.0)

// Decodes the messages of one piano; stores its held keys and pedals. A key struck again without a
// note-off is released first. A pedal is as far down as the channel says that holds it furthest. Ids
// count from 1.
export class MidiDecoder {
  constructor() {
    this._nextId = 1;
    this._held = new Map(); // key -> [id of its note-on, channel]
    this._pedals = new Map(); // pedal -> its last value on each channel
    this._prefix = new Array(16).fill(0); // of each channel, low 7 bits of the next velocity
  }

  // The number of keys that are down.
  get held() {
    return this._held.size;
  }

  // Return the events of one MIDI message (its bytes) that arrived at `timeNs`. Messages of other kinds,
  // and bytes that are not MIDI, give none.
  feed(bytes, timeNs) {
    const [status = 0, first, second] = bytes;
    const kind = status & 0xf0;
    const channel = status & 0x0f;
    if (![NOTE_OFF, NOTE_ON, CONTROL_CHANGE].includes(kind)) return [];
    if (bytes.length !== 3 || !(first < 128 && second < 128)) return [];
    if (kind === CONTROL_CHANGE) return this._control(channel, first, second, timeNs);
    const lowBits = this._prefix[channel];
    this._prefix[channel] = 0;
    if (kind === NOTE_ON && second > 0) return this._press(channel, first, second, lowBits, timeNs);
    if (kind === NOTE_ON) return this._release(channel, first, ABSENT_RELEASE_VELOCITY, 0, timeNs);
    return this._release(channel, first, second, lowBits, timeNs);
  }

  // Release everything, as when the piano is lost: held keys in their order, then pedals.
  releaseAll(timeNs) {
    const offs = [...this._held.keys()].map((key) => this._off(key, timeNs));
    const down = [...this._pedals.keys()].filter((pedal) => this._depth(pedal) > 0);
    this._pedals.clear();
    this._prefix.fill(0);
    return [...offs, ...down.map((pedal) => ({ kind: "pedal", timeNs, pedal, value: 0 }))];
  }

  _press(channel, key, velocity, lowBits, timeNs) {
    const events = this._held.has(key) ? [this._off(key, timeNs)] : [];
    const id = this._nextId++;
    this._held.set(key, [id, channel]);
    const velocity14bit = (velocity << 7) | lowBits;
    return [...events, { kind: "note", timeNs, id, on: true, key, velocity, velocity14bit }];
  }

  _release(channel, key, velocity, lowBits, timeNs) {
    // The note-off of another channel belongs to a note that was replaced by this one.
    if (this._held.get(key)?.[1] !== channel) return [];
    return [this._off(key, timeNs, velocity, lowBits)];
  }

  _off(key, timeNs, velocity = ABSENT_RELEASE_VELOCITY, lowBits = 0) {
    const [id] = this._held.get(key);
    this._held.delete(key);
    const velocity14bit = (velocity << 7) | lowBits;
    return { kind: "note", timeNs, id, on: false, key, velocity, velocity14bit };
  }

  _control(channel, controller, value, timeNs) {
    if (PEDALS.includes(controller)) return this._movePedal(channel, controller, value, timeNs);
    if (controller === VELOCITY_PREFIX) this._prefix[channel] = value;
    if (controller === RESET_ALL_CONTROLLERS) {
      const pedals = [...this._pedals].filter(([, values]) => values[channel]);
      return pedals.flatMap(([pedal]) => this._movePedal(channel, pedal, 0, timeNs));
    }
    if (controller !== ALL_SOUND_OFF && controller !== ALL_NOTES_OFF) return [];
    const held = [...this._held].filter(([, [, of]]) => of === channel);
    return held.map(([key]) => this._off(key, timeNs));
  }

  _movePedal(channel, pedal, value, timeNs) {
    const before = this._depth(pedal);
    if (!this._pedals.has(pedal)) this._pedals.set(pedal, new Array(16).fill(0));
    this._pedals.get(pedal)[channel] = value;
    const depth = this._depth(pedal);
    return value === depth || depth !== before ? [{ kind: "pedal", timeNs, pedal, value: depth }] : [];
  }

  // How far down a pedal is, on whatever channel.
  _depth(pedal) {
    return Math.max(0, ...(this._pedals.get(pedal) ?? []));
  }
}

// Written files: 9600 ticks a quarter note of 480 ms, so that a tick is 50 microseconds.
const WRITTEN_DIVISION = 9600;
const WRITTEN_TEMPO = 480_000;
const TICK_NS = 50_000;

// `timeNs` as a written file holds it: rounded to 50 microseconds. What is played should have its
// times rounded when it is played; then the file gives the very same states.
export function midiTime(timeNs) {
  return Math.round(timeNs / TICK_NS) * TICK_NS;
}

// All notes and pedal movements of a Standard MIDI File, with times from its start: {events, durationNs,
// remark}. Keys and pedals that are still down at its end are released there. Error says what is wrong.
export function readMidi(bytes) {
  const { messages, durationNs, remark } = readMidiMessages(bytes);
  if (!messages.some(({ data }) => (data[0] & 0xf0) === NOTE_ON && data[2] > 0)) {
    throw new Error("no notes in the MIDI file" + (remark && `: ${remark}`));
  }
  const decoder = new MidiDecoder();
  const events = messages.flatMap(({ data, timeNs }) => decoder.feed(data, timeNs));
  return { events: [...events, ...decoder.releaseAll(durationNs)], durationNs, remark };
}

// A Standard MIDI File of `events` (by time), whose times are rounded as by `midiTime`.
export function writeMidi(events) {
  const track = [0, 0xff, 0x51, 3, ...bigEndian(WRITTEN_TEMPO, 3)];
  let written = 0;
  for (const event of events) {
    const tick = Math.max(written, Math.round(event.timeNs / TICK_NS));
    writeGap(track, tick - written);
    written = tick;
    writeEvent(track, event);
  }
  track.push(0, 0xff, 0x2f, 0);
  const header = [0, 0, 0, 1, ...bigEndian(WRITTEN_DIVISION, 2)];
  return Uint8Array.from([...midiChunk("MThd", header), ...midiChunk("MTrk", track)]);
}

// Append the time since the last message; empty texts fill what is too long for one number.
function writeGap(track, ticks) {
  for (; ticks > MOST_TICKS; ticks -= MOST_TICKS) {
    track.push(...variableLength(MOST_TICKS), 0xff, 0x01, 0);
  }
  track.push(...variableLength(ticks));
}

// Append a note, the low bits of its velocity before it, or a pedal.
function writeEvent(track, event) {
  if (event.kind === "pedal") {
    track.push(CONTROL_CHANGE, event.pedal, event.value);
    return;
  }
  const lowBits = event.velocity14bit & 0x7f;
  if (lowBits) track.push(CONTROL_CHANGE, VELOCITY_PREFIX, lowBits, 0);
  track.push(event.on ? NOTE_ON : NOTE_OFF, event.key, event.velocity);
}

function midiChunk(name, content) {
  return [...name].map((letter) => letter.charCodeAt(0)).concat(bigEndian(content.length, 4), content);
}

function bigEndian(value, count) {
  return Array.from({ length: count }, (_, i) => (value >>> (8 * (count - 1 - i))) & 0xff);
}

function variableLength(value) {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}
