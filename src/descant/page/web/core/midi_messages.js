// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Standard MIDI Files as messages with times, as `descant/piano/midifile.py` has them.
import { DEFAULT_TEMPO } from "./midi_events.js";
import { midiRemark } from "./midi_oddities.js";
import { oldOffsFirst } from "./midi_same_tick.js";
import { readMidiTracks } from "./midi_tracks.js";

const MIDI_LONGEST_NS = 100 * 86_400 * 1e9; // what is later is left out

// The note and controller messages of a file, all tracks merged: {messages: [{timeNs, data: [status, ..]},
// ..], durationNs: its last end of a track, remark: what was odd, or ""}.
export function readMidiMessages(bytes) {
  const found = readMidiTracks(bytes);
  const timed = timedMessages(found);
  const messages = timed.filter(({ timeNs }) => timeNs <= MIDI_LONGEST_NS);
  found.odd.late = timed.length - messages.length;
  const durationNs = messages.at(-1)?.timeNs ?? 0;
  if (!found.odd.late) messages.pop(); // the end
  return { messages, durationNs, remark: midiRemark(found.odd) };
}

// Convert ticks to nanoseconds by the tempo map; the last message is the end. At one tick a new tempo
// comes first, and old notes end before new ones; all else keeps the order of tracks and within them.
function timedMessages({ division, endTick, messages, tempi }) {
  const byTick = (a, b) => a.tick - b.tick;
  tempi.sort(byTick);
  let next = 0;
  let tempo = DEFAULT_TEMPO;
  let sinceTick = 0;
  let sinceNs = 0; // of the last change of tempo
  return [...oldOffsFirst(messages.sort(byTick)), { tick: endTick, data: [] }].map(({ tick, data }) => {
    for (; tempi[next]?.tick <= tick; next++) {
      sinceNs += ticksToNanoseconds(tempi[next].tick - sinceTick, tempo, division);
      ({ tick: sinceTick, tempo } = tempi[next]);
    }
    return { timeNs: sinceNs + ticksToNanoseconds(tick - sinceTick, tempo, division), data };
  });
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
