// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Compares the core with the golden vectors that tests/support/golden_vectors.py wrote.
import { cosSin, exp, power, total } from "/core/arithmetic.js";
import { Conductor } from "/core/conductor.js";
import { dissonance, pairDissonance } from "/core/dissonance.js";
import { FAMILIES } from "/core/families.js";
import { PartLayers } from "/core/layers.js";
import { Learner } from "/core/learner.js";
import { MidiDecoder } from "/core/midi.js";
import { makeOptimiser } from "/core/optimisers.js";
import { RandomStream, episodeSeed } from "/core/random.js";
import { parseSignals, signalValue } from "/core/signals.js";
import { makeTrigger } from "/core/triggers.js";
import { StateBytes, allBits, bits, numbers } from "./bits.js";

const CLOSE = 1e-12; // of a dissonance, relative

// Name of each vector that differs, with what was expected and what was found; empty where all agree.
export async function checkVectors(golden, defaults, programmes) {
  const differences = [];
  const same = (name, expected, found) => {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(found)];
    if (a !== b) differences.push(`${name}: expected ${a.slice(0, 300)}, found ${b.slice(0, 300)}`);
  };
  const { learner, conductor } = { learner: defaults("learner"), conductor: defaults("conductor") };
  const checked = {
    seeds: (v) => same("seed", v[2], String(episodeSeed(v[0], v[1]))),
    streams: (v) => checkStream(v, same),
    cos_sin: null,
    exp: null,
    power: (v) => same(`power ${v}`, v[2], bits(power(numbers(v[0])[0], v[1]))),
    total: ([count, sum]) => same(`total of ${count}`, sum, bits(total(streamNumbers(count)))),
    evaluations: (v) => checkEvaluation(v, learner, same),
    trajectories: (v) => checkTrajectory(v, learner, same),
    triggers: (v) => checkTrigger(v, learner, same),
    sessions: null,
    conductors: (v) => checkConductor(v, conductor, programmes.paper, same),
    layers: null,
    signals: null,
    no_signals: (v) => checkNoSignal(v, same),
    messages: (v) => checkMessages(v, same),
    dissonance: null,
  };
  same("names of the vectors", Object.keys(golden), Object.keys(checked));
  for (const [name, check] of Object.entries(checked)) if (check) golden[name].forEach(check);
  checkFunctions(golden, same);
  checkLayers(golden.layers, learner, programmes.paper, same);
  checkSignals(golden.signals, same);
  checkDissonance(golden.dissonance, same);
  for (const session of golden.sessions) await checkSession(session, learner, same);
  return differences;
}

function checkStream({ seed, draws }, same) {
  const random = new RandomStream(BigInt(seed));
  draws.forEach((draw, place) => {
    const [kind, first, second, expected] = draw;
    const name = `stream ${seed}, draw ${place} (${kind})`;
    if (kind === "random") same(name, first, bits(random.random()));
    else if (kind === "uniform") {
      same(name, expected, bits(random.uniform(numbers(first)[0], numbers(second)[0])));
    } else same(name, expected, expected.map(() => random.integers(first, second)));
  });
}

function streamNumbers(count) {
  return new RandomStream(BigInt(count)).uniforms(-1, 1, count);
}

function checkFunctions({ cos_sin: [angles, cosines, sines], exp: [exponents, powers] }, same) {
  const turned = numbers(angles).map((angle) => cosSin(angle));
  const each = (name, inputs, expected, found) =>
    numbers(inputs).forEach((x, i) => same(`${name} ${x}`, expected.split(" ")[i], bits(found[i])));
  each("cosine of", angles, cosines, turned.map(([cosine]) => cosine));
  each("sine of", angles, sines, turned.map(([, sine]) => sine));
  each("exp of", exponents, powers, numbers(exponents).map((x) => exp(x)));
}

function drawn({ settings, seed }, learner) {
  const all = { ...learner, ...settings };
  const random = new RandomStream(BigInt(seed));
  const family = FAMILIES[all.family];
  const problem = family.drawProblem(random, all);
  return { problem, start: family.drawStart(random, all), loss: all.loss };
}

function problemName({ settings: { family, loss, knot_batch: batch } }) {
  return `${family}, ${loss}, batch ${batch}`;
}

function checkEvaluation(vector, learner, same) {
  const { problem, start, loss } = drawn(vector, learner);
  const name = problemName(vector);
  same(`target of ${name}`, vector.target, allBits(problem.target));
  same(`points of ${name}`, vector.points, allBits([total(problem.x), total(problem.y)]));
  const goal = problem.target.slice(-start.length);
  const thetas = [start, goal, start.map((v) => -3 * v), [...start.slice(0, -1), 2e6]];
  thetas.forEach((theta, i) => {
    const found = problem.evaluate(theta, loss);
    const flat = allBits([...theta, found.loss, found.residual, ...found.gradient]);
    same(`evaluation ${i} of ${name}`, vector.found[i], flat);
  });
}

function checkTrajectory(vector, learner, same) {
  const { problem, start, loss } = drawn(vector, learner);
  const optimiser = makeOptimiser(vector.optimiser);
  const evaluate = (theta) => problem.evaluate(theta, loss);
  const thetas = [];
  let theta = start;
  for (let step = 0; step < 10; step++) {
    theta = optimiser.step(theta, evaluate(theta).gradient, 0.05, evaluate);
    if (step % 4 === 1) thetas.push(allBits(theta));
  }
  same(`${vector.optimiser} of ${problemName(vector)}`, vector.thetas, thetas);
}

// An event of the vectors: [time, id, on, key, velocity] of a note, [time, pedal, value] of a pedal.
function event(fields) {
  if (fields.length === 3) {
    const [timeNs, pedal, value] = fields;
    return { kind: "pedal", timeNs, pedal, value };
  }
  const [timeNs, id, on, key, velocity14bit] = fields;
  return { kind: "note", timeNs, id, on: on === 1, key, velocity: velocity14bit >> 7, velocity14bit };
}

function eventFields(found) {
  if (found.kind === "pedal") return [found.timeNs, found.pedal, found.value];
  return [found.timeNs, found.id, Number(found.on), found.key, found.velocity14bit];
}

function checkTrigger({ settings: changes, events, decisions }, learner, same) {
  const settings = { ...learner, ...changes };
  const trigger = makeTrigger(settings.trigger);
  let running = false;
  const found = [];
  for (const at of events.map(event)) {
    if (at.kind === "pedal") trigger.pedal(at.value >= 64);
    else if (at.on) {
      const starts = trigger.strike(at, settings, running);
      running ||= starts;
      const opening = trigger.openingNotes(at, settings);
      found.push([Number(starts), Number(trigger.steps(at, settings)), opening]);
    } else trigger.release(at);
    found.push([trigger.rate(settings), trigger.stepNotes(settings)]);
  }
  decisions.forEach((decision, i) => same(`${settings.trigger}, decision ${i}`, decision, found[i]));
}

async function checkSession({ seed, script, states, hash }, settings, same) {
  same(`states of session ${seed}`, [states, hash], await playSession({ ...settings, seed }, script));
}

// Number and hash of the states of a learner over a script of events and changes of its settings.
export async function playSession(settings, script) {
  const learner = new Learner(settings);
  const bytes = new StateBytes();
  for (const [kind, first, changes] of script) {
    let outputs;
    if (kind === "change") outputs = learner.change({ ...learner.settings, ...changes }, first);
    else {
      const at = event(first);
      outputs = at.kind === "note" ? learner.take(at) : learner.takePedal(at);
    }
    for (const output of outputs) if (output.kind === "state") bytes.add(output);
  }
  return [bytes.count, await bytes.hash()];
}

function checkConductor({ settings, events, parts }, defaults, programme, same) {
  const conductor = new Conductor({ ...defaults, ...settings }, programme, 0);
  const found = [];
  events.map(event).forEach((at, index) => {
    let part = conductor.take(at);
    if (!part && (index === 40 || index === 80)) part = conductor.begin(at.timeNs, 2, "cue");
    if (part) found.push([index, part.number, part.start, part.cause]);
  });
  same(`parts of a conductor with ${JSON.stringify(settings)}`, parts, found);
}

function checkLayers({ base, fixed, script, found }, learner, programme, same) {
  const layers = new PartLayers({ ...learner, ...base }, "learner", fixed);
  script.forEach(([action, first, second], i) => {
    if (action === "set") layers.set(first, second);
    else layers.begin({ number: first, start: second, description: programme.parts[first - 1] });
    const changed = Object.entries(layers.current).filter(([name, value]) => value !== learner[name]);
    same(`layers after ${action} ${first}`, found[i], Object.fromEntries(changed));
  });
}

function checkSignals({ states, texts, found }, same) {
  const values = states.map((state) => ({
    family: state.family,
    loss: numbers(state.loss)[0],
    residual: numbers(state.residual)[0],
    target: numbers(state.target),
    theta: numbers(state.theta),
    gradient: numbers(state.gradient),
  }));
  texts.forEach((text, i) => {
    const signals = parseSignals(text);
    same(text, found[i], values.map((state) => allBits(signals.map((s) => signalValue(s, state)))));
  });
}

function checkNoSignal(text, same) {
  let refused = false;
  try {
    parseSignals(text);
  } catch {
    refused = true;
  }
  same(`'${text}' is no signal`, true, refused);
}

function checkMessages({ messages, events }, same) {
  const decoder = new MidiDecoder();
  const found = messages.flatMap((data, at) => decoder.feed(data, at));
  found.push(...decoder.releaseAll(100));
  same("decoded messages", events, found.map(eventFields));
}

function checkDissonance(vector, same) {
  const close = (name, expected, found) =>
    same(name, true, Math.abs(found - expected) <= CLOSE * Math.abs(expected));
  vector.pairs.forEach(([f1, f2], i) => {
    close(`dissonance of ${f1} and ${f2} Hz`, vector.pair_found[i], pairDissonance(f1, f2));
  });
  vector.partials.forEach((partials, i) => {
    close("dissonance of a chord", vector.found[i], dissonance(partials, vector.amplitudes));
  });
}
