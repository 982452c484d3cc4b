// Standard MIDI Files as messages with times, as `descant/piano/midifile.py` reads them. A chunk of an
// unknown kind is skipped.

const DEFAULT_TEMPO = 500_000; // microseconds per quarter note, if a file sets none
export const MOST_TICKS = 0x0fffffff; // between two events: four bytes of seven bits
const DATA_BYTES = { 0x80: 2, 0x90: 2, 0xa0: 2, 0xb0: 2, 0xc0: 1, 0xd0: 1, 0xe0: 2 };
const SYSTEM_DATA_BYTES = { 0xf1: 1, 0xf2: 2, 0xf3: 1 };
const CHANNEL_KINDS = [0x80, 0x90, 0xb0]; // note-off, note-on, control change

// The note and controller messages of a file, all tracks merged: [{timeNs, data: [status, ..]}, ..].
export function readMidiMessages(bytes) {
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
  return timedMessages(found, division);
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
  return CHANNEL_KINDS.includes(kind) ? { data } : null;
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
