// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Signals, as `descant/signals.py`: numbers of the learner's state, written as a sum of terms
// `[NUMBER *] NAME`, such as "loss" or "gradient[0] + 0.5 * distance[2]".
import { FAMILIES } from "./families.js";

const PLAIN_SIGNALS = {
  loss: (state) => state.loss,
  residual: (state) => state.residual,
  gradient_length: (state) => Math.sqrt(state.gradient.reduce((sum, g) => sum + g * g, 0)),
};
const INDEXED_SIGNALS = ["gradient", "distance"];
const SIGNAL_TERM = /^(?:([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\*\s*)?([a-z_]+)(?:\[(\d+)\])?$/;
const MOST_TERMS = 16;
const HIGHEST_INDEX = 999;

// The signals of a list with commas, each an array of terms {name, index, scale}; Error names the term
// that is none.
export function parseSignals(text) {
  return text.split(",").map((part) => {
    const terms = part.trim().split(/\s\+\s/);
    if (terms.length > MOST_TERMS) throw new Error(`a signal has at most ${MOST_TERMS} terms`);
    return terms.map((term) => parseTerm(term.trim(), text));
  });
}

function parseTerm(term, text) {
  const match = SIGNAL_TERM.exec(term);
  if (!match) throw new Error(`'${term}' in '${text}' is no signal: expected [NUMBER *] NAME`);
  const [, number, name, digits] = match;
  const scale = number === undefined ? 1 : Number(number);
  if (!Number.isFinite(scale)) throw new Error(`'${number}' in '${text}' is no finite number`);
  const index = digits === undefined ? null : Number(digits);
  const known = index === null ? Object.hasOwn(PLAIN_SIGNALS, name) : INDEXED_SIGNALS.includes(name);
  if (!known) throw new Error(`no signal '${term}' in '${text}'`);
  if (index > HIGHEST_INDEX) throw new Error(`index ${index} in '${text}' is above ${HIGHEST_INDEX}`);
  return { name, index, scale };
}

// The sum of the signal's terms in `state`, in their order.
export function signalValue(signal, state) {
  let sum = termValue(signal[0], state);
  for (const term of signal.slice(1)) sum += termValue(term, state);
  return sum;
}

function termValue({ name, index, scale }, state) {
  if (index === null) return scale * PLAIN_SIGNALS[name](state);
  if (index >= state.theta.length || index >= state.gradient.length) return 0;
  return scale * (name === "gradient" ? state.gradient[index] : signalDistance(state, index));
}

// theta_i - target_i; of an angle the nearer way round. The target ends with what theta is to become.
function signalDistance(state, index) {
  const place = state.target.length - state.theta.length + index;
  if (place < 0) return 0;
  const difference = state.theta[index] - state.target[place];
  const period = FAMILIES[state.family]?.periods[index];
  return period && Number.isFinite(difference) ? signalRemainder(difference, period) : difference;
}

// What is left of `x` after the nearest multiple of `period` > 0, the even one of two as near.
function signalRemainder(x, period) {
  const size = Math.abs(x);
  const above = size % period;
  const below = period - above;
  let left = above - 2 * ((0.5 * (size - above)) % period);
  if (above < below) left = above;
  else if (above > below) left = -below;
  return x < 0 || Object.is(x, -0) ? -left : left;
}
