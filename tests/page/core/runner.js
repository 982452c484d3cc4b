// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Offers the checks to the test in Python, which serves this folder and calls them by `window.core`.
import { useKnotPresets } from "/core/knot.js";
import { checkVectors, playSession } from "./checks.js";
import { describeMidi, hashStates, playFile, saveAndLoad, writeEvents } from "./performances.js";
import { measure } from "./timing.js";

async function json(address) {
  return (await fetch(address)).json();
}

const data = await json("/data.json");
useKnotPresets(data.presets);

const defaults = (node) =>
  Object.fromEntries(Object.entries(data.parameters[node]).map(([name, { default: value }]) => [name, value]));

window.core = {
  vectors: async () => checkVectors(await json("/golden_vectors.json"), defaults, data.programmes),
  states: async () => hashStates(await json("/golden_states.json"), defaults("learner")),
  session: playSession,
  play: (address, part) => playFile(address, part, defaults, data.programmes),
  midi: describeMidi,
  write: writeEvents,
  save: (address) => saveAndLoad(address, defaults, data.programmes),
  measure: async () => measure(defaults("learner")),
};
