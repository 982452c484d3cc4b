// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The old note-off of a key before its new note-on where both have one time, as in
// `descant/piano/same_tick.py`.
const ALL_OFF = [120, 123]; // controllers: all sound off, all notes off
const PREFIXES = [16, 88]; // controllers: low bits of the next velocity, which stay with their note

// The messages ({tick, data}, by tick) with the offs of notes from before a tick in front of its ons. A
// channel's key that is struck n times without an off has n notes to end.
export function oldOffsFirst(messages) {
  const sounding = new Array(16 * 128).fill(0); // of each channel and key
  const ordered = [];
  for (let first = 0, end = 1; first < messages.length; first = end) {
    end = first + 1;
    while (end < messages.length && messages[end].tick === messages[first].tick) end += 1;
    let together = messages.slice(first, end);
    if (isStruckAgain(together, sounding)) together = reordered(together, sounding);
    for (const message of together) {
      followNote(message.data, sounding);
      ordered.push(message);
    }
  }
  return ordered;
}

// {place, on} of a note; null for a controller.
function noteOf({ data: [status, key, velocity] }) {
  const kind = status & 0xf0;
  if (kind === 0xb0) return null;
  return { place: (status & 0x0f) * 128 + key, on: kind === 0x90 && velocity > 0 };
}

function followNote(data, sounding) {
  const note = noteOf({ data });
  const channel = data[0] & 0x0f;
  if (note) sounding[note.place] = Math.max(0, sounding[note.place] + (note.on ? 1 : -1));
  else if (ALL_OFF.includes(data[1])) sounding.fill(0, channel * 128, channel * 128 + 128);
}

// Whether a key that sounds already has an on and, behind it, an off.
function isStruckAgain(together, sounding) {
  if (together.length < 2) return false;
  const struck = new Set();
  for (const message of together) {
    const note = noteOf(message);
    if (note?.on && sounding[note.place] > 0) struck.add(note.place);
    else if (note && !note.on && struck.has(note.place)) return true;
  }
  return false;
}

function reordered(together, sounding) {
  const units = noteUnits(together);
  const notes = units.map((unit) => noteOf(unit.at(-1)));
  const offs = new Map(); // place -> {left: notes to end, queue: indices of its offs, done: how many of them}
  notes.forEach((note, index) => {
    if (!note || note.on) return;
    if (!offs.has(note.place)) offs.set(note.place, { left: sounding[note.place], queue: [], done: 0 });
    offs.get(note.place).queue.push(index);
  });
  const written = new Set();
  const ordered = [];
  units.forEach((unit, index) => {
    const off = notes[index] && offs.get(notes[index].place);
    while (off && notes[index].on && off.done < off.queue.length && off.left > 0) {
      off.left -= 1;
      const moved = off.queue[off.done++];
      written.add(moved);
      ordered.push(...units[moved]);
    }
    if (written.has(index)) return;
    if (off && !notes[index].on) {
      off.left -= 1;
      off.done += 1;
    }
    ordered.push(...unit);
  });
  return ordered;
}

// The messages one by one, but each note with the prefixes of its channel before it.
function noteUnits(together) {
  const units = [];
  const waiting = new Map(); // channel -> prefixes
  for (const message of together) {
    const channel = message.data[0] & 0x0f;
    if (noteOf(message)) {
      units.push([...(waiting.get(channel) ?? []), message]);
      waiting.delete(channel);
    } else if (PREFIXES.includes(message.data[1])) {
      if (!waiting.has(channel)) waiting.set(channel, []);
      waiting.get(channel).push(message);
    } else units.push([message]);
  }
  return [...units, ...waiting.values()];
}
