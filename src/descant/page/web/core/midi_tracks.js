// Chunks and events of Standard MIDI Files, damaged ones as far as they go, as `descant/piano/smf.py`
// reads them: that file says why.
export const DEFAULT_TEMPO = 500_000; // microseconds per quarter note, if a file sets none
export const MOST_TICKS = 0x0fffffff; // between two events: four bytes of seven bits
const MOST_MESSAGES = 1_000_000;
const MOST_CHUNKS = 64; // unknown ones in a row
const DRUMS = 9; // channel 10, counted from 0
const WANTED = [0x80, 0x90, 0xb0]; // note-off, note-on, control change
const ONE_DATA_BYTE = [0xc0, 0xd0];
const SYSTEM_DATA_BYTES = { 0xf1: 1, 0xf2: 2, 0xf3: 1 };
const MIDI_CUT = new Error("cut off");

// {division, tracks, endTick, messages: [{tick, data}], tempi: [{tick, tempo}], odd: see `midi_oddities.js`}.
// Error says why nothing can be read.
export function readMidiTracks(bytes) {
  const start = findText(bytes, "MThd", 0);
  if (start < 0) throw new Error("not a MIDI file: no MThd header");
  if (bytes.length < start + 14) throw new Error("the MIDI file ends in its header");
  const size = midiNumber(bytes, start + 4, 4);
  const division = (midiNumber(bytes, start + 12, 2) << 16) >> 16;
  if (division === 0) throw new Error("a time division of 0 ticks");
  const odd = { before: 0, tracks: null, lengths: 0, cut: 0, chunks: 0, skipped: 0, clipped: 0, tempi: 0, drums: 0 };
  const found = { division, tracks: 0, endTick: 0, messages: [], tempi: [], odd };
  const wrapped = startsWithText(bytes, "RIFF", 0);
  odd.before = wrapped ? 0 : start;
  const body = start + 8 + Math.max(size, 6);
  const left = readMidiChunks(bytes, body > bytes.length ? start + 14 : body, found);
  odd.skipped += wrapped ? 0 : left;
  if (midiNumber(bytes, start + 8, 2) === 2 && found.tracks > 1) {
    throw new Error("a MIDI file of independent songs (format 2)");
  }
  const named = midiNumber(bytes, start + 10, 2);
  if (found.tracks !== named) odd.tracks = [found.tracks, named];
  return found;
}

// Read every chunk from `position` on; return how many bytes are left behind the last.
function readMidiChunks(bytes, position, found) {
  while (position + 8 <= bytes.length && !startsWithText(bytes, "MThd", position)) {
    if (startsWithText(bytes, "MTrk", position)) {
      position = readMidiTrack(bytes, position, found);
      continue;
    }
    const chunks = countChunks(bytes, position);
    if (chunks >= 0) {
      found.odd.chunks += chunks;
      for (let i = 0; i < chunks; i++) position = chunkEnd(bytes, position);
      continue;
    }
    const following = findText(bytes, "MTrk", position);
    if (following < 0) break;
    found.odd.skipped += following - position;
    position = following;
  }
  return bytes.length - position;
}

// The number of whole unknown chunks up to a track or the end; -1 where something else is there.
function countChunks(bytes, position) {
  for (let chunks = 0; chunks < MOST_CHUNKS; chunks++) {
    if (position === bytes.length || startsWithText(bytes, "MTrk", position)) return chunks;
    const name = bytes.subarray(position, position + 4);
    if (name.length < 4 || !name.every((letter) => letter >= 0x20 && letter < 0x7f)) return -1;
    position = chunkEnd(bytes, position);
  }
  return -1;
}

// Read a track; return where the next chunk begins. A length is believed where chunks follow it.
function readMidiTrack(bytes, position, found) {
  const body = position + 8;
  const end = chunkEnd(bytes, position);
  const believed = countChunks(bytes, end) >= 0;
  const following = believed ? end : findText(bytes, "MTrk", body);
  const limit = following < 0 ? bytes.length : following;
  found.tracks += 1;
  const track = new MidiTrack(bytes.subarray(body, limit), found);
  track.read();
  found.endTick = Math.max(found.endTick, track.tick);
  const stop = body + track.position;
  if (!track.ended) {
    found.odd.cut += track.cut || !believed;
    return limit;
  }
  found.odd.lengths += stop !== end;
  if (!believed || startsWithText(bytes, "MTrk", stop)) return stop;
  found.odd.skipped += end - stop;
  return end;
}

// Reads the events of one track.
class MidiTrack {
  constructor(bytes, found) {
    this.position = 0;
    this.tick = 0;
    this.ended = false;
    this.cut = false;
    this._bytes = bytes;
    this._found = found;
    this._running = 0;
  }

  read() {
    try {
      while (this.position < this._bytes.length && !this.ended) {
        const tick = this.tick + this._variable();
        if (tick - this.tick > MOST_TICKS) throw new Error("a time of more than four bytes");
        this._event(tick);
        this.tick = tick;
      }
    } catch (error) {
      if (error !== MIDI_CUT) throw error;
      this.cut = true;
    }
  }

  _byte() {
    if (this.position >= this._bytes.length) throw MIDI_CUT;
    return this._bytes[this.position++];
  }

  // A number of variable length, seven bits a byte; more than MOST_TICKS is too long.
  _variable() {
    let value = 0;
    let byte = 0x80;
    while (byte >= 0x80 && value <= MOST_TICKS) {
      byte = this._byte();
      value = value * 128 + (byte & 0x7f);
    }
    return value;
  }

  _event(tick) {
    let status = this._byte();
    if (status < 0x80 && this._running) {
      this.position -= 1;
      status = this._running;
    }
    for (; status < 0x80; status = this._byte()) this._found.odd.skipped += 1;
    if (status < 0xf0) {
      this._running = status;
      this._channelMessage(tick, status);
    } else if (status === 0xf0 || status === 0xf7) {
      this._skip(this._variable());
    } else if (status === 0xff) {
      this._meta(tick);
    } else {
      this._skip(SYSTEM_DATA_BYTES[status] ?? 0);
    }
  }

  _channelMessage(tick, status) {
    const { odd, messages } = this._found;
    const kind = status & 0xf0;
    const first = this._dataByte();
    if (ONE_DATA_BYTE.includes(kind)) return;
    const second = this._dataByte();
    if (!WANTED.includes(kind)) return;
    if ((status & 0x0f) === DRUMS) {
      odd.drums += kind === 0x90 && second > 0;
      return;
    }
    messages.push({ tick, data: [status, first, second] });
    if (messages.length > MOST_MESSAGES) throw new Error("too long: more than a million messages");
  }

  _dataByte() {
    const byte = this._byte();
    this._found.odd.clipped += byte > 127;
    return Math.min(byte, 127);
  }

  _meta(tick) {
    const kind = this._byte();
    const size = this._variable();
    const first = this.position;
    this._skip(size);
    this.ended = kind === 0x2f;
    if (kind !== 0x51) return;
    const tempo = size >= 3 ? midiNumber(this._bytes, first, 3) : 0;
    this._found.odd.tempi += tempo === 0;
    this._found.tempi.push({ tick, tempo: tempo || DEFAULT_TEMPO });
  }

  _skip(count) {
    this.position += count;
    if (this.position <= this._bytes.length) return;
    this.position = this._bytes.length;
    throw MIDI_CUT;
  }
}

function chunkEnd(bytes, position) {
  return position + 8 + midiNumber(bytes, position + 4, 4);
}

// A number of `count` bytes, 0 for those behind the end.
function midiNumber(bytes, position, count) {
  let value = 0;
  for (let i = position; i < position + count; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function startsWithText(bytes, text, position) {
  for (let i = 0; i < text.length; i++) if (bytes[position + i] !== text.charCodeAt(i)) return false;
  return true;
}

// Where `text` is from `position` on; -1 where it is not.
function findText(bytes, text, position) {
  for (let i = position; i + text.length <= bytes.length; i++) if (startsWithText(bytes, text, i)) return i;
  return -1;
}
