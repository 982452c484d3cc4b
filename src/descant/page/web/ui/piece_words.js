// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The piece in words: what the keys do, what is learned, what is heard.
import { parseSignals, signalValue } from "../core/signals.js";
import { keyName } from "./piece_keyboard.js";
import { boundedStretch } from "./sound_levels.js";

const PIECE_FAMILY = { cubic: "cubic", knot: "knot", harmonograph: "harmonograph" };
const PIECE_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const IN_TUNE_CENTS = 2;
const NEAR_CENTS = 10; // of what was found: it is heard as in tune

// What the keys do under the learner's settings, as one sentence.
export function keysInWords(s) {
  const target = `a new ${PIECE_FAMILY[s.family] ?? "target"}`;
  const rate = `${s.held_rate} gradient steps a second`;
  if (s.trigger === "bass_and_upper") {
    const held = s.held_rate ? `, and ${s.held_rate} more a second while it is held` : "";
    return `A key below ${keyPlace(s.bass_below)} draws ${target} to learn. Each key from ${keyPlace(s.upper_from)} up makes one gradient step${held}.`;
  }
  const chord = s.chord_keys === 1 ? "A key" : `A chord of ${PIECE_NUMBERS[s.chord_keys]} keys`;
  const held = s.chord_always ? "from then on" : "while it is held";
  return `${chord} below ${keyPlace(s.chord_split)} draws ${target}, and makes ${rate} ${held}.`;
}

// What to do first under the learner's settings.
export function keysToBegin(s) {
  if (s.trigger === "bass_and_upper") return `Press a key below ${keyPlace(s.bass_below)} to begin`;
  const keys = s.chord_keys === 1 ? "a key" : `${PIECE_NUMBERS[s.chord_keys]} keys together`;
  return `${s.chord_always ? "Press" : "Hold"} ${keys} below ${keyPlace(s.chord_split)} to begin`;
}

// Where keys of each kind lie on the keyboard: [{from, to, kind, words}].
export function keyZones(s) {
  if (s.trigger !== "bass_and_upper") return [{ from: 0, to: s.chord_split, kind: "target", words: s.chord_keys === 1 ? "new target, learning" : `hold a chord of ${PIECE_NUMBERS[s.chord_keys]}: learning` }];
  return [
    { from: 0, to: s.bass_below, kind: "target", words: "new target" },
    { from: s.upper_from, to: 128, kind: "learned", words: "one step each" },
  ];
}

// How far the overtones of `state` are from being in tune, in cents; NaN where there is no state.
export function detuningCents(state, synth) {
  if (!state) return NaN;
  const stretch = boundedStretch(signalValue(parseSignals(synth.detune)[0], state) * synth.detune_scale, synth);
  return stretch === null ? NaN : 1200 * Math.log2(1 + stretch);
}

// Episode, step, loss and tuning of the learner's state.
export function stateInWords(state, synth, diverged) {
  if (!state) return "Nothing is learned yet.";
  const times = diverged === 1 ? "once" : `${diverged} times`;
  const again = diverged ? ` The steps grew too large and diverged (${times}): it began again.` : "";
  const loss = state.loss >= 0.001 ? Number(state.loss.toPrecision(2)) : "below 0.001";
  return `Episode ${state.episode}, step ${state.step}: loss ${loss}, ${tuningInWords(state, synth)}.${again}`;
}

function tuningInWords(state, synth) {
  const cents = Math.round(detuningCents(state, synth));
  const found = state.status === 1;
  if (!Number.isFinite(cents)) return "far out of tune";
  if (found && Math.abs(cents) < NEAR_CENTS) return `found: the overtones are in tune, to within ${Math.max(1, Math.abs(cents))} cents`;
  if (Math.abs(cents) < IN_TUNE_CENTS) return "the overtones are in tune";
  return `${found ? "found, and " : ""}the overtones are ${Math.abs(cents)} cents too ${cents > 0 ? "high" : "low"}`;
}

// A time in minutes and seconds.
export function clockTime(nanoseconds) {
  const seconds = Math.floor(nanoseconds / 1e9);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function keyPlace(key) {
  return key === 60 ? "middle C" : keyName(key);
}
