// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Levels, times, tuning and pan positions of a note: the same formulas as in descant/synth.
// Pure functions of the synthesiser's settings.

export const LOWEST_PIANO_KEY = 21;
export const HIGHEST_PIANO_KEY = 108;
// Velocity 127 as 14 bits, where no finer value is sent.
export const FULL_VELOCITY = 127 * 128;
export const PAN_POSITIONS = 8;
// The highest absolute sample, -0.14 dBFS; what is louder than the knee is rounded off below it.
export const SOUND_CEILING = 0.984375;
export const SOUND_KNEE = 0.8;

const MIDDLE_KEY = 64.5;
const HALF_KEYBOARD = 43.5;
const LOWEST_STRETCH = -0.9;
// Partials stay below this part of the sample rate.
const HIGHEST_PART = 0.45;

const clamped = (value, low, high) => Math.min(Math.max(value, low), high);

// Decibels as an amplitude ratio.
export function gainOfDb(decibels) {
  return 10 ** (decibels / 20);
}

// Amplitude, 0..1, of a velocity of 0..16383: -floor (1 - v^exponent) dB, v = 0..1.
export function velocityGain(velocity14bit, settings) {
  if (!settings.use_velocity) return 1;
  const velocity = clamped(velocity14bit / FULL_VELOCITY, 0, 1);
  return gainOfDb(-settings.velocity_floor * (1 - velocity ** settings.velocity_exponent));
}

// Amplitude ratio of a note struck with the soft pedal at `value`, 0..127.
export function softPedalGain(value, settings) {
  return gainOfDb((-settings.soft_pedal * clamped(value, 0, 127)) / 127);
}

// Seconds in which an undamped note falls by `decay_depth` dB.
export function decayTime(key, settings) {
  return timeOfKey(key, settings.decay_bass, settings.decay_treble, settings.decay_split);
}

// Seconds in which a fully damped note falls by `decay_depth` dB.
export function releaseTime(key, settings) {
  return timeOfKey(key, settings.release_bass, settings.release_treble, settings.decay_split);
}

// Seconds in which a released note falls by `decay_depth` dB with the sustain pedal at `pedal`;
// Infinity where the dampers are off the strings.
export function dampedTime(key, pedal, settings) {
  const { half_pedal_low: low, half_pedal_high: high } = settings;
  if (pedal >= Math.max(high, low + 1)) return Infinity;
  const shortest = releaseTime(key, settings);
  const lifted = Math.max(0, (pedal - low) / Math.max(high - low, 1));
  const longest = Math.max(decayTime(key, settings), shortest);
  return shortest * (longest / shortest) ** lifted;
}

function timeOfKey(key, bass, treble, split) {
  if (split) return key < split ? bass : treble;
  const height = (key - LOWEST_PIANO_KEY) / (HIGHEST_PIANO_KEY - LOWEST_PIANO_KEY);
  return bass * (treble / bass) ** clamped(height, 0, 1);
}

// Frequency in Hz of a MIDI key, with `a4` Hz at key 69.
export function keyFrequency(key, a4) {
  return a4 * 2 ** ((key - 69) / 12);
}

// A stretch within the bounds of the settings; null where it is not a finite number.
export function boundedStretch(stretch, settings) {
  const bound = settings.max_detune;
  return Number.isFinite(stretch) ? clamped(stretch, Math.max(-bound, LOWEST_STRETCH), bound) : null;
}

// Amplitudes of all partials relative to the fundamental's 1.
export function partialAmplitudes(settings) {
  const given = settings.partial_balance.length ? settings.partial_balance : [1];
  const first = given[0] || 1;
  const last = given.length;
  const amplitude = (k) => (k <= last ? given[k - 1] : given[last - 1] * (last / k) ** 2);
  return Array.from({ length: settings.partials }, (_, i) => amplitude(i + 1) / first);
}

// How many of the partials of a note stay low enough at the widest stretch, the first always.
export function partialCount(frequency, settings, sampleRate) {
  const highest = (HIGHEST_PART * sampleRate) / (1 + settings.max_detune);
  let count = 1;
  while (count < settings.partials && (count + 1) * frequency < highest) count += 1;
  return count;
}

// The pan position of a key: 0 for the lowest keys .. PAN_POSITIONS - 1 for the highest.
export function panPosition(key) {
  const place = clamped((key - MIDDLE_KEY) / HALF_KEYBOARD, -1, 1);
  return Math.round(((place + 1) / 2) * (PAN_POSITIONS - 1));
}

// Gains of a pan position to the left and right; their squares add up to 1.
export function panGains(position, spread) {
  const place = ((2 * position) / (PAN_POSITIONS - 1) - 1) * spread;
  const angle = ((place + 1) * Math.PI) / 4;
  return [Math.cos(angle), Math.sin(angle)];
}

// `value` itself below the knee; what is louder rounded off to stay below the ceiling.
export function ceilingCurve(value) {
  const size = Math.abs(value);
  if (size <= SOUND_KNEE) return value;
  const room = SOUND_CEILING - SOUND_KNEE;
  return Math.sign(value) * (SOUND_KNEE + room * Math.tanh((size - SOUND_KNEE) / room));
}
