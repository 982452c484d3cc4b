// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Partials of notes whose overtones are stretched: frequencies, roughness, beats, and words for them.
import { dissonance } from "../core/dissonance.js";

const NOTE_NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
// Partials this near in tune, as a ratio, can be chosen to be heard beating.
const NOTE_NEAR = 1.1;
const NOTE_PAIRS = 5;

export const NOTE_HIGHEST = 0.5;

// What can be struck: [keys, name]. Low notes are doubled above, as pianists do, so partials meet.
export const NOTE_SINGLE = [[69], "one note"];
export const NOTE_CHORDS = [
  [[60, 72], "octave"],
  [[48, 60, 67], "fifth"],
  [[48, 60, 64, 67], "C major"],
  [[48, 60, 63, 67], "C minor"],
  [[48, 60, 64, 67, 70], "C7"],
  [[60, 61, 62, 63], "cluster"],
  NOTE_SINGLE,
];

export function noteName(key) {
  return `${NOTE_NAMES[key % 12]}${Math.floor(key / 12) - 1}`;
}

export function noteFrequency(key, a4) {
  return a4 * 2 ** ((key - 69) / 12);
}

// Every partial of these keys: {key, k, base, frequency, amplitude}, base in tune, frequency at `stretch`.
export function notePartials(keys, stretch, { a4, partials, partial_balance: balance }) {
  return keys.flatMap((key) =>
    Array.from({ length: partials }, (_, index) => {
      const k = index + 1;
      const base = k * noteFrequency(key, a4);
      const amplitude = balance[index] ?? 1 / (k * k);
      return { key, k, base, frequency: k === 1 ? base : base * (1 + stretch), amplitude };
    }),
  );
}

export function noteRoughness(keys, stretch, settings) {
  const partials = notePartials(keys, stretch, settings);
  const loudness = Math.sqrt(keys.length); // a chord is not louder than a note
  return dissonance(partials.map((p) => p.frequency), partials.map((p) => p.amplitude / loudness));
}

// Pairs of partials that stand close in tune, as indices; a fundamental with an overtone first,
// since only their distance changes with the stretch.
export function noteNearPairs(partials) {
  const found = [];
  partials.forEach((one, i) =>
    partials.forEach((other, j) => {
      if (i >= j || one.key === other.key) return;
      const ratio = Math.max(one.base, other.base) / Math.min(one.base, other.base);
      if (ratio > NOTE_NEAR) return;
      const moving = (one.k === 1) !== (other.k === 1);
      found.push({ pair: [i, j], weight: one.amplitude * other.amplitude + (moving ? 1 : 0) - ratio * 0.1 });
    }),
  );
  return found.sort((a, b) => b.weight - a.weight).slice(0, NOTE_PAIRS).map(({ pair }) => pair);
}

export function notePartialName({ key, k }) {
  return k === 1 ? noteName(key) : `${k} × ${noteName(key)}`;
}

export function noteStretchWords(stretch) {
  if (stretch === 0) return "0: in tune";
  const cents = 1200 * Math.log2(1 + stretch);
  const far = cents < 100 ? `${cents < 9.95 ? cents.toFixed(1) : Math.round(cents)} cents` : `${(cents / 100).toFixed(1)} semitones`;
  return `${stretch.toPrecision(2)}: ${far} too high`;
}

export function noteBeatWords([one, other]) {
  const beats = Math.abs(one.frequency - other.frequency);
  const pair = `${notePartialName(one)} and ${notePartialName(other)}`;
  if (beats < 0.05) return `no beats: ${pair} agree`;
  if (beats < 0.95) return `one beat in ${(1 / beats).toFixed(1)} seconds between ${pair}`;
  const count = beats < 9.95 ? Number(beats.toFixed(1)) : Math.round(beats);
  const beating = `${count} ${count === 1 ? "beat" : "beats"} a second between ${pair}`;
  if (beats < 12) return beating;
  if (beats < 60) return `${beating}: too fast to count, a rasp`;
  return `${beating}: heard as two tones`;
}

// Roughness in words, against that of the same keys in tune and against their `highest`.
export function noteRoughnessWords(value, inTune, highest) {
  const index = [0.12, 0.35, 0.65, 0.97].filter((limit) => value - inTune > limit * (highest - inTune)).length;
  const own = inTune > 0.1 * highest; // the keys are rough by themselves
  const words = own
    ? ["as rough as in tune", "a little rougher than in tune", "rougher than in tune", "much rougher than in tune"]
    : ["smooth", "a little rough", "rough", "very rough"];
  let found = words[index] ?? "as rough as it gets";
  if (own && value < 0.9 * inTune) found = "smoother than in tune";
  if (highest < 1.1 * inTune && value > 0.9 * inTune) found = "very rough, in tune or not";
  return `${found} (${value.toFixed(3)})`;
}
