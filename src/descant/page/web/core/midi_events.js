// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Events of one track of a Standard MIDI File, as far as they can be right, as
// `descant/piano/smf_events.py` reads them: that file says why.
export const DEFAULT_TEMPO = 500_000; // microseconds per quarter note, if a file sets none
export const MOST_TICKS = 0x0fffffff; // between two events: four bytes of seven bits
const MOST_MESSAGES = 1_000_000;
const DRUMS = 9; // channel 10, counted from 0
const WANTED = [0x80, 0x90, 0xb0]; // note-off, note-on, control change
const ONE_DATA_BYTE = [0xc0, 0xd0];
const SYSTEM_DATA_BYTES = { 0xf1: 1, 0xf2: 2, 0xf3: 1 };
const MIDI_CUT = new Error("cut off");

// Reads the events of one track from `bytes`, which may go on behind it.
export class MidiTrack {
  constructor(bytes, found) {
    this.position = 0;
    this.tick = 0;
    this.ended = false;
    this.cut = false;
    this._bytes = bytes;
    this._found = found;
    this._running = 0;
  }

  // Read the track, which is `length` bytes long if its chunk is right. What follows `length` or an early
  // end of track is read where it is without fault up to an end of track or to `length`.
  read(length) {
    const size = this._bytes.length;
    this._section(length);
    while (!this.cut && this.position < size) {
      if (this.ended && !(this.position < length && length <= size)) break;
      if (!this._sectionBehind(length)) break;
    }
  }

  _section(stop) {
    try {
      while (this.position < this._bytes.length && !this.ended) {
        const tick = this.tick + this._variable();
        this._event(tick);
        this.tick = tick;
        if (this.position === stop) return;
      }
    } catch (error) {
      if (error !== MIDI_CUT) throw error;
      this.cut = true;
    }
  }

  // Read behind what may be the end; forget it where it is not without fault.
  _sectionBehind(length) {
    const found = this._found;
    const { messages, tempi, odd } = found;
    const early = this.ended;
    const before = { position: this.position, tick: this.tick, _running: this._running, ended: early, cut: false };
    const [messagesBefore, tempiBefore] = [messages.length, tempi.length];
    found.odd = { ...odd };
    this.ended = false;
    if (early) this._running = 0;
    this._section(length);
    const faults = found.odd.skipped - odd.skipped + found.odd.clipped - odd.clipped;
    const whole = early ? this.position <= length && !this.cut : this.ended;
    if (whole && !faults) {
      if (early) found.odd.behind += messages.length - messagesBefore;
      return true;
    }
    Object.assign(this, before);
    found.odd = odd;
    messages.length = messagesBefore;
    tempi.length = tempiBefore;
    return false;
  }

  _byte() {
    if (this.position >= this._bytes.length) throw MIDI_CUT;
    return this._bytes[this.position++];
  }

  // A number of variable length, seven bits a byte; more than four cannot be right.
  _variable() {
    let value = 0;
    let byte = 0x80;
    while (byte >= 0x80 && value <= MOST_TICKS) {
      byte = this._byte();
      value = value * 128 + (byte & 0x7f);
    }
    if (value > MOST_TICKS) throw MIDI_CUT;
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

// A number of `count` bytes, 0 for those behind the end.
export function midiNumber(bytes, position, count) {
  let value = 0;
  for (let i = position; i < position + count; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}
