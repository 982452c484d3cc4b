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

// The events of a MIDI file: [time, id, on, key, velocity, 14-bit velocity] or [time, pedal, value].
export async function describeMidi(address) {
  const { events, durationNs } = readMidi(await fetchBytes(address));
  const fields = events.map((e) =>
    e.kind === "pedal"
      ? [e.timeNs, e.pedal, e.value]
      : [e.timeNs, e.id, Number(e.on), e.key, e.velocity, e.velocity14bit],
  );
  return { fields, durationNs };
}

// Write a file's events as a new file; return its bytes and the hash of the states that it gives.
export async function saveAndLoad(address, defaults, programmes) {
  const bytes = writeMidi(readMidi(await fetchBytes(address)).events);
  const states = await hashOf(playEvents(readMidi(bytes).events, 1, defaults, programmes));
  return { bytes: Array.from(bytes), states };
}
