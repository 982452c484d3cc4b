// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Chunks and events of Standard MIDI Files, damaged ones as far as they go, as `descant/piano/smf.py`
// reads them: that file says why.
import { MidiTrack, midiNumber } from "./midi_events.js";
import { noOddities } from "./midi_oddities.js";

const MOST_CHUNKS = 64; // unknown ones in a row
const MOST_HEADERS = 64; // that are compared

// {division, tracks, endTick, messages: [{tick, data}], tempi: [{tick, tempo}], odd: see `midi_oddities.js`}.
// Error says why nothing can be read.
export function readMidiTracks(bytes) {
  const start = findHeader(bytes);
  if (start < 0) throw new Error("not a MIDI file: no MThd header");
  if (bytes.length < start + 14) throw new Error("the MIDI file ends in its header");
  const [format, named] = [midiNumber(bytes, start + 8, 2), midiNumber(bytes, start + 10, 2)];
  const division = (midiNumber(bytes, start + 12, 2) << 16) >> 16;
  if (division === 0) throw new Error("a time division of 0 ticks");
  const odd = noOddities();
  const found = { division, tracks: 0, endTick: 0, messages: [], tempi: [], odd };
  const wrapped = startsWithText(bytes, "RIFF", 0);
  odd.before = wrapped ? 0 : start;
  readMidiChunks(wrapped ? bytes.subarray(0, riffEnd(bytes, start)) : bytes, start, found);
  if (format === 2 && found.tracks > 1) found.odd.songs = found.tracks;
  if (found.tracks !== named) found.odd.tracks = [found.tracks, named];
  return found;
}

// Where the header is, -1 where there is none: of several, chunks follow the right one.
function findHeader(bytes) {
  let best = -1;
  let most = -1;
  let place = findText(bytes, "MThd", 0);
  for (let i = 0; i < MOST_HEADERS && place >= 0; i++) {
    const size = midiNumber(bytes, place + 4, 4);
    const body = place + 8 + Math.max(size, 6);
    const likely = 2 * (body < bytes.length && countChunks(bytes, body) >= 0) + (size === 6);
    if (likely > most) [best, most] = [place, likely];
    place = findText(bytes, "MThd", place + 4);
  }
  return best;
}

// Where the `data` chunk ends that holds the header at `start`, if its length can be right.
function riffEnd(bytes, start) {
  const size = midiNumber([...bytes.subarray(start - 4, start)].reverse(), 0, 4);
  const end = start + size;
  if (!startsWithText(bytes, "data", start - 8) || size < 22) return bytes.length;
  const followers = [end, end + (size % 2)].map((first) => bytes.subarray(first, first + 4));
  return followers.some((name) => name.length === 0 || isChunkName(name)) ? end : bytes.length;
}

// Read every chunk behind the header at `start`.
function readMidiChunks(bytes, start, found) {
  let position = start + 8 + Math.max(midiNumber(bytes, start + 4, 4), 6);
  if (position > bytes.length) position = start + 14;
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
  found.odd.skipped += bytes.length - position;
}

// The number of whole unknown chunks up to a track or the end; -1 where something else is there.
function countChunks(bytes, position) {
  for (let chunks = 0; chunks < MOST_CHUNKS; chunks++) {
    if (position === bytes.length || startsWithText(bytes, "MTrk", position)) return chunks;
    if (!isChunkName(bytes.subarray(position, position + 4))) return -1;
    position = chunkEnd(bytes, position);
  }
  return -1;
}

function isChunkName(name) {
  return name.length === 4 && name.every((letter) => letter >= 0x20 && letter < 0x7f);
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
  track.read(end - body);
  found.endTick = Math.max(found.endTick, track.tick);
  const stop = body + track.position;
  if (!track.ended && (track.cut || stop !== end)) {
    found.odd.cut += 1;
    return limit;
  }
  found.odd.lengths += stop !== end;
  if (!believed || startsWithText(bytes, "MTrk", stop)) return stop;
  found.odd.skipped += end - stop;
  return end;
}

function chunkEnd(bytes, position) {
  return position + 8 + midiNumber(bytes, position + 4, 4);
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
