// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The steps of a night's attempts, computed from seed and settings as the learner computed them.
import { FAMILIES } from "../core/families.js";
import { makeOptimiser } from "../core/optimisers.js";
import { RandomStream } from "../core/random.js";

const NIGHT_KEPT = 400; // attempts whose steps are kept

export class NightSteps {
  constructor(night) {
    this._night = night;
    this._kept = new Map(); // attempt -> { names, target, problem, steps }
  }

  // An attempt: { names, periods, target, problem, steps: [{ theta, loss, residual, gradient }, ..] };
  // of one that was recorded with all its numbers the problem is null and `steps` has its states.
  of(attempt) {
    if (!this._kept.has(attempt)) {
      if (this._kept.size > NIGHT_KEPT) this._kept.clear();
      if (this._night.stored[attempt]) this._kept.set(attempt, this._stored(attempt));
      else this._compute(attempt);
    }
    return this._kept.get(attempt);
  }

  // A state with all its numbers, as core/learner.js gives it; notes are numbered from 1.
  state(index) {
    const night = this._night;
    const attempt = night.attemptOf(index);
    const { target, problem, steps } = this.of(attempt);
    const step = night.states.step[index];
    return {
      kind: "state",
      timeNs: night.states.time[index] * 1e6,
      episode: night.attempts.number[attempt],
      attempt: night.attempts.attempt[attempt],
      step,
      status: night.states.status[index],
      family: night.family(attempt),
      target,
      ...steps[problem ? step : index - night.attempts.first[attempt]],
      notes: night.notesOf(index).map((note) => note + 1),
    };
  }

  // All attempts of the episode of `attempt`: each draws its start from the same stream.
  _compute(attempt) {
    const night = this._night;
    const group = [];
    for (let a = night.episode.indexOf(night.episode[attempt]); night.episode[a] === night.episode[attempt]; a++)
      group.push(a);
    const byNumber = new Map(group.map((a) => [night.attempts.attempt[a], a]));
    const family = FAMILIES[night.family(attempt)];
    const random = new RandomStream(night.attempts.seed[attempt]);
    let changes = night.changesOf(group[0]);
    const problem = family.drawProblem(random, changes[0][1]);
    const { parameterNames: names, periods } = family;
    for (let number = 0; number <= Math.max(...byNumber.keys()); number++) {
      const a = byNumber.get(number);
      changes = (a === undefined ? null : night.changesOf(a)) ?? changes;
      const steps = nightAttempt(problem, family.drawStart(random, changes[0][1]), changes, this._last(a));
      if (a !== undefined && !night.stored[a]) this._kept.set(a, { names, periods, target: problem.target, problem, steps });
    }
  }

  // The last step of an attempt.
  _last(attempt) {
    if (attempt === undefined) return 0;
    const [first, end] = this._night.range(attempt);
    return this._night.states.step.subarray(first, end).reduce((most, step) => Math.max(most, step), 0);
  }

  _stored(attempt) {
    const { names, target, theta, loss, residual, gradient } = this._night.stored[attempt];
    const count = theta.length / loss.length;
    const row = (numbers, i) => Array.from(numbers.subarray(i * count, (i + 1) * count));
    const steps = Array.from(loss, (value, i) => ({
      theta: row(theta, i), loss: value, residual: residual[i], gradient: row(gradient, i),
    }));
    const shown = Array.from({ length: count }, (_, i) => names[i] ?? `θ${i + 1}`);
    return { names: shown, periods: [], target: Array.from(target), problem: null, steps };
  }
}

// `last` steps of one attempt from `start` on.
function nightAttempt(problem, start, changes, last) {
  let settings = changes[0][1];
  let optimiser = makeOptimiser(settings.optimiser);
  let theta = start;
  let now = problem.evaluate(theta, settings.loss);
  const steps = [{ theta, ...now }];
  while (steps.length <= last) {
    const before = settings;
    for (const [since, changed] of changes) if (since <= steps.length) settings = changed;
    if (settings.optimiser !== before.optimiser) optimiser = makeOptimiser(settings.optimiser);
    const { loss, learning_rate: rate } = settings;
    const evaluate = (at) => problem.evaluate(at, loss);
    theta = optimiser.step(theta, now.gradient, rate, evaluate);
    now = evaluate(theta);
    steps.push({ theta, ...now });
  }
  return steps;
}
