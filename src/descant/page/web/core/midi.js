// MIDI: messages decoded as `descant/piano/decoder.py` does, and Standard MIDI Files read as
// `descant/piano/midifile.py` does, and written.

const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const CONTROL_CHANGE = 0xb0;
const VELOCITY_PREFIX = 88; // controller: the low 7 bits of the next velocity
const ALL_SOUND_OFF = 120;
const ALL_NOTES_OFF = 123;
const PEDALS = [64, 66, 67];
const ABSENT_RELEASE_VELOCITY = 64; // of a note-off without a velocity (MIDI 1.0)

// Decodes the messages of one piano; stores its held keys and pedals. A key struck again without a
// note-off is released first. Ids count from 1.
export class MidiDecoder {
  constructor() {
    this._nextId = 1;
    this._held = new Map(); // key -> [id of its note-on, channel]
    this._pedals = new Map(); // pedal -> its last value
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
    const down = [...this._pedals].filter(([, value]) => value > 0);
    this._pedals.clear();
    this._prefix.fill(0);
    return [...offs, ...down.map(([pedal]) => ({ kind: "pedal", timeNs, pedal, value: 0 }))];
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
    if (PEDALS.includes(controller)) {
      this._pedals.set(controller, value);
      return [{ kind: "pedal", timeNs, pedal: controller, value }];
    }
    if (controller === VELOCITY_PREFIX) this._prefix[channel] = value;
    if (controller !== ALL_SOUND_OFF && controller !== ALL_NOTES_OFF) return [];
    const held = [...this._held].filter(([, [, of]]) => of === channel);
    return held.map(([key]) => this._off(key, timeNs));
  }
}

const DEFAULT_TEMPO = 500_000; // microseconds per quarter note, if a file sets none
const MOST_TICKS = 0x0fffffff; // between two events: four bytes of seven bits
const DATA_BYTES = { 0x80: 2, 0x90: 2, 0xa0: 2, 0xb0: 2, 0xc0: 1, 0xd0: 1, 0xe0: 2 };
const SYSTEM_DATA_BYTES = { 0xf1: 1, 0xf2: 2, 0xf3: 1 };

// Written files: 9600 ticks a quarter note of 480 ms, so that a tick is 50 microseconds.
const WRITTEN_DIVISION = 9600;
const WRITTEN_TEMPO = 480_000;
const TICK_NS = 50_000;

// `timeNs` as a written file holds it: rounded to 50 microseconds. What is played should have its
// times rounded when it is played; then the file gives the very same states.
export function midiTime(timeNs) {
  return Math.round(timeNs / TICK_NS) * TICK_NS;
}

// All notes and pedal movements of a Standard MIDI File, with times from its start. Keys and pedals that
// are still down at its end are released there. Error says what is wrong with the bytes.
export function readMidi(bytes) {
  const reader = new MidiReader(bytes);
  if (reader.text(4) !== "MThd") throw new Error("not a MIDI file: no MThd header");
  const body = reader.position + 4 + reader.number(4);
  const format = reader.number(2);
  const tracks = reader.number(2);
  const division = (reader.number(2) << 16) >> 16;
  if (format === 2 && tracks > 1) throw new Error("a MIDI file of independent songs (format 2)");
  if (division === 0) throw new Error("a time division of 0 ticks");
  reader.position = body;
  const found = [];
  while (bytes.length - reader.position >= 8) readChunk(reader, found);
  return playMessages(timedMessages(found, division));
}

// The events of messages with times; a file without notes is refused.
function playMessages(messages) {
  if (!messages.some(({ data }) => (data[0] & 0xf0) === NOTE_ON && data[2] > 0)) {
    throw new Error("no notes in the MIDI file");
  }
  const durationNs = messages[messages.length - 1].timeNs;
  if (!Number.isSafeInteger(durationNs)) throw new Error("the MIDI file is too long");
  const decoder = new MidiDecoder();
  const events = messages.flatMap(({ data, timeNs }) => decoder.feed(data, timeNs));
  return { events: [...events, ...decoder.releaseAll(durationNs)], durationNs };
}

// Reads numbers from bytes.
class MidiReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 0;
  }

  byte() {
    if (this.position >= this.bytes.length) throw new Error("the MIDI file ends in the middle");
    return this.bytes[this.position++];
  }

  number(count) {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + this.byte();
    return value;
  }

  text(count) {
    return String.fromCharCode(...Array.from({ length: count }, () => this.byte()));
  }

  // A number of variable length, seven bits a byte.
  variable() {
    let value = 0;
    for (;;) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
      if (value > MOST_TICKS) throw new Error("a time or length of more than four bytes");
    }
  }
}

// Append a track's notes, controllers and changes of tempo to `found`; another chunk is skipped.
function readChunk(reader, found) {
  const name = reader.text(4);
  const end = reader.position + 4 + reader.number(4);
  let tick = 0;
  let running = 0;
  while (name === "MTrk" && reader.position < end) {
    tick += reader.variable();
    let status = reader.byte();
    if (status < 0x80) {
      reader.position -= 1;
      status = running;
    }
    if (status >= 0x80 && status < 0xf0) running = status;
    const message = readMessage(reader, status);
    if (message) found.push({ tick, ...message });
  }
  if (end > reader.bytes.length) throw new Error("the MIDI file ends in the middle");
  reader.position = end;
}

// {tempo} or {data} of one message after its status byte; null for other messages.
function readMessage(reader, status) {
  if (status >= 0xf0) return readSystemMessage(reader, status);
  const kind = status & 0xf0;
  if (!(kind in DATA_BYTES)) throw new Error(`byte ${reader.position}: no message begins here`);
  const data = [status];
  for (let i = 0; i < DATA_BYTES[kind]; i++) data.push(reader.byte());
  if (data.slice(1).some((byte) => byte > 127)) {
    throw new Error(`byte ${reader.position}: a data byte above 127`);
  }
  return [NOTE_OFF, NOTE_ON, CONTROL_CHANGE].includes(kind) ? { data } : null;
}

function readSystemMessage(reader, status) {
  if (status < 0xff && status !== 0xf0 && status !== 0xf7) {
    reader.position += SYSTEM_DATA_BYTES[status] ?? 0;
    return null;
  }
  const isTempo = status === 0xff && reader.byte() === 0x51;
  const length = reader.variable();
  const start = reader.position;
  const message = isTempo && length >= 3 ? { tempo: reader.number(3) } : null;
  reader.position = start + length;
  return message;
}

// Convert ticks to nanoseconds by the tempo map. At one tick a new tempo comes first; the others keep
// the order of tracks and within them.
function timedMessages(found, division) {
  const isTempo = (message) => message.tempo !== undefined;
  found.sort((a, b) => a.tick - b.tick || isTempo(b) - isTempo(a));
  let tempo = DEFAULT_TEMPO;
  let sinceTick = 0;
  let sinceNs = 0; // of the last change of tempo
  const messages = [];
  for (const message of found) {
    const timeNs = sinceNs + ticksToNanoseconds(message.tick - sinceTick, tempo, division);
    if (isTempo(message)) [tempo, sinceTick, sinceNs] = [message.tempo, message.tick, timeNs];
    else messages.push({ timeNs, data: message.data });
  }
  return messages;
}

// `tempo` is in microseconds per quarter note. A negative `division` is SMPTE: minus the frames per
// second and, in the lower byte, the ticks per frame.
function ticksToNanoseconds(ticks, tempo, division) {
  if (division > 0) return Number((BigInt(ticks) * BigInt(tempo) * 1000n) / BigInt(division));
  const frames = -(division >> 8);
  const rate = frames === 29 ? 30_000 / 1_001 : frames;
  return roundHalfToEven((ticks * 1e9) / (rate * Math.max(division & 0xff, 1)));
}

function roundHalfToEven(value) {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
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
