// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The link to a performance: programme, part, seed and settings after the # of the page's address.

// What a link may set besides programme and part, and the words for it. `log`: its slider runs by
// equal factors. `at`: the seed holds from the next start on, the others at once.
export const PIECE_SETTINGS = {
  "learner.seed": { words: "seed", whole: true, at: "start" },
  "learner.learning_rate": { words: "learning rate", log: true },
  "learner.loss": { words: "loss" },
  "learner.optimiser": { words: "optimiser" },
  "synth.detune_scale": { words: "detuning" },
};
const SHOWN_PROBLEMS = 3;
const PIECE_SHORT = { seed: "learner.seed" };

// Parse the text after the #. Return {wanted: {programme, part, settings}, problems: [words]}; null
// where it is no link to a performance. Everything that is not used is a problem.
export function parsePieceLink(hash, data) {
  const text = hash.replace(/^#/, "");
  if (!text.includes("=")) return null;
  const wanted = { programme: Object.keys(data.programmes)[0], part: 1, settings: {} };
  const problems = [];
  const given = new Map();
  for (const entry of text.split("&")) {
    const [name, value] = pieceLinkEntry(entry);
    if (value === null) problems.push(`'${name}' cannot be read`);
    else if (given.has(name)) problems.push(`'${name}' is given twice`);
    else given.set(name, value);
  }
  for (const [name, value] of [...given].sort(([a], [b]) => (b === "programme") - (a === "programme"))) {
    const problem = pieceLinkUse(wanted, name, value, data);
    if (problem) problems.push(problem);
  }
  return { wanted, problems };
}

// What of a link was not used, in words; the first few problems stand for many.
export function pieceLinkProblems(problems) {
  if (!problems.length) return "";
  const more = problems.length - SHOWN_PROBLEMS;
  const shown = problems.slice(0, SHOWN_PROBLEMS).join("; ");
  const rest = more > 0 ? `; and ${more} more` : "";
  return `Not used of the link: ${shown}${rest}.`;
}

// The text of a link, from # on.
export function formatPieceLink({ programme, part, settings }) {
  const short = Object.fromEntries(Object.entries(PIECE_SHORT).map(([name, full]) => [full, name]));
  const entries = [["programme", programme], ["part", part], ...Object.entries(settings)];
  const pairs = entries.map(([name, value]) => `${short[name] ?? name}=${encodeURIComponent(value)}`);
  return `#${pairs.join("&")}`;
}

// The values that a parameter may have: {default, low, high, choices}.
export function pieceParameter(name, data) {
  const [node, parameter] = name.split(".");
  return data.parameters[node][parameter];
}

function pieceLinkEntry(entry) {
  const at = entry.indexOf("=");
  if (at < 1) return [entry.slice(0, 40), null];
  try {
    return [entry.slice(0, at), decodeURIComponent(entry.slice(at + 1))];
  } catch {
    return [entry.slice(0, at), null];
  }
}

// Put one value into `wanted`; return what is wrong with it, or nothing.
function pieceLinkUse(wanted, name, value, data) {
  if (name === "programme") {
    if (!Object.hasOwn(data.programmes, value)) return `there is no programme '${pieceShort(value)}'`;
    wanted.programme = value;
  } else if (name === "part") {
    const count = data.programmes[wanted.programme].parts.length;
    const part = pieceNumber(value, true);
    if (!(part >= 1 && part <= count)) return `part must be 1 to ${count}, not '${pieceShort(value)}'`;
    wanted.part = part;
  } else {
    const full = Object.hasOwn(PIECE_SHORT, name) ? PIECE_SHORT[name] : name;
    if (!Object.hasOwn(PIECE_SETTINGS, full)) return `there is no setting '${pieceShort(name)}'`;
    if (full in wanted.settings) return `'${name}' is given twice`;
    const checked = pieceValue(full, value, data);
    if (checked === null) return `${name} must be ${pieceRange(full, data)}, not '${pieceShort(value)}'`;
    wanted.settings[full] = checked;
  }
  return "";
}

// The value that `text` gives to a setting, or null.
export function pieceValue(name, text, data) {
  const { low, high, choices } = pieceParameter(name, data);
  if (choices.length) return choices.includes(text) ? text : null;
  const number = pieceNumber(text, PIECE_SETTINGS[name].whole);
  return number >= low && number <= high ? number : null;
}

// The values that a setting may have, in words.
export function pieceRange(name, data) {
  const { low, high, choices } = pieceParameter(name, data);
  return choices.length ? choices.join(" or ") : `${PIECE_SETTINGS[name].whole ? "a whole number from " : ""}${low} to ${high}`;
}

function pieceNumber(text, whole) {
  const form = whole ? /^\d{1,16}$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i;
  if (!form.test(text)) return NaN;
  const number = Number(text);
  return whole && BigInt(number) !== BigInt(text) ? NaN : number; // not one that a float cannot hold
}

function pieceShort(text) {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
