// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Whole performances by the core, as hashes that Python's must have too.
import { Conductor } from "/core/conductor.js";
import { readMidi, writeMidi } from "/core/midi.js";
import { perform } from "/core/perform.js";
import { StateBytes } from "./bits.js";

// Name -> [number of states, hash] of the short performances of tests/performance/golden_states.json.
export async function hashStates({ events, performances, tailNs }, defaults) {
  const found = {};
  for (const [name, { settings }] of Object.entries(performances)) {
    const learner = { ...defaults, ...settings };
    found[name] = await hashOf(perform(events, learner, null, { tailNs }));
  }
  return found;
}

async function hashOf(outputs) {
  const bytes = new StateBytes();
  for (const output of outputs) if (output.kind === "state") bytes.add(output);
  return [bytes.count, await bytes.hash()];
}

async function fetchBytes(address) {
  return new Uint8Array(await (await fetch(address)).arrayBuffer());
}

function playEvents(events, part, defaults, programmes) {
  const conductor = new Conductor({ ...defaults("conductor"), part }, programmes.paper, 0);
  return perform(events, defaults("learner"), conductor);
}

// Play a MIDI file from part `part` of the paper's programme on.
export async function playFile(address, part, defaults, programmes) {
  const file = await fetchBytes(address);
  const begun = performance.now();
  const { events } = readMidi(file);
  const read = performance.now();
  let count = 0;
  for (const output of playEvents(events, part, defaults, programmes)) count += output.kind === "state";
  const played = performance.now();
  const [states, hash] = await hashOf(playEvents(events, part, defaults, programmes));
  return { states, hash, count, readMs: read - begun, playMs: played - read };
}

// The events of each MIDI file: [time, id, on, key, velocity, 14-bit velocity] or [time, pedal, value];
// or {refused}: why it is not read. `files` are addresses, or bytes.
export async function describeMidi(files) {
  const found = [];
  for (const file of files) {
    const bytes = typeof file === "string" ? await fetchBytes(file) : Uint8Array.from(file);
    found.push(describeBytes(bytes));
  }
  return found;
}

function describeBytes(bytes) {
  try {
    const { events, durationNs, remark } = readMidi(bytes);
    return { fields: events.map(eventFields), durationNs, remark };
  } catch (error) {
    return { refused: error.message };
  }
}

function eventFields(e) {
  if (e.kind === "pedal") return [e.timeNs, e.pedal, e.value];
  return [e.timeNs, e.id, Number(e.on), e.key, e.velocity, e.velocity14bit];
}

// Write events, [time, id, on, key, velocity, 14-bit velocity] or [time, pedal, value]; return the bytes.
export async function writeEvents(fields) {
  const events = fields.map(([timeNs, ...rest]) => {
    if (rest.length === 2) return { kind: "pedal", timeNs, pedal: rest[0], value: rest[1] };
    const [id, on, key, velocity, velocity14bit] = rest;
    return { kind: "note", timeNs, id, on: on === 1, key, velocity, velocity14bit };
  });
  return Array.from(writeMidi(events));
}

// Write a file's events as a new file; return its bytes and the hash of the states that it gives.
export async function saveAndLoad(address, defaults, programmes) {
  const bytes = writeMidi(readMidi(await fetchBytes(address)).events);
  const states = await hashOf(playEvents(readMidi(bytes).events, 1, defaults, programmes));
  return { bytes: Array.from(bytes), states };
}
