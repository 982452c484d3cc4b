// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Sensory dissonance of sines (Sethares 1993), as `descant/dissonance/sethares.py`. Math.exp is used
// here: no state depends on it, and it differs from Python's by less than 10^-12 of the result.

const SLOW = 3.5;
const FAST = 5.75;
const CRITICAL_MAXIMUM = 0.24; // critical bands
const CRITICAL_SLOPE = 0.021;
const CRITICAL_WIDTH = 19; // Hz

// Of two sines of amplitude 1 at `f1` and `f2` Hz.
export function pairDissonance(f1, f2) {
  const scale = CRITICAL_MAXIMUM / (CRITICAL_SLOPE * Math.min(f1, f2) + CRITICAL_WIDTH);
  const apart = -scale * Math.abs(f2 - f1);
  return Math.exp(SLOW * apart) - Math.exp(FAST * apart);
}

// Of a sound of partials: frequencies in Hz, linear amplitudes; over all pairs, each once.
export function dissonance(frequencies, amplitudes) {
  let result = 0;
  for (let i = 0; i < frequencies.length; i++) {
    for (let j = i + 1; j < frequencies.length; j++) {
      result += pairDissonance(frequencies[i], frequencies[j]) * amplitudes[i] * amplitudes[j];
    }
  }
  return result;
}
