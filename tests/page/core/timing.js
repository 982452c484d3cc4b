// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// How long the core's steps and episodes take, in microseconds.
import { FAMILIES } from "/core/families.js";
import { makeOptimiser } from "/core/optimisers.js";
import { RandomStream, episodeSeed } from "/core/random.js";

const STEPS = 40_000;
const EPISODES = 200;
const BATCHES = 25;

// Of the fastest of many batches: other programs on the machine slow down the rest.
function microseconds(count, act) {
  const size = Math.ceil(count / BATCHES);
  let best = Infinity;
  for (let batch = 0; batch < BATCHES; batch++) {
    const begun = performance.now();
    for (let i = 0; i < size; i++) act(batch * size + i);
    best = Math.min(best, performance.now() - begun);
  }
  return (1000 * best) / size;
}

// "FAMILY LOSS step" and "FAMILY episode" -> microseconds.
export function measure(defaults) {
  const found = {};
  for (const name of Object.keys(FAMILIES)) {
    for (const [loss, batch] of [["mse", 0], ["mae", 0], ["mse", 100]]) {
      if (batch && name === "cubic") continue;
      found[`${name} ${loss}${batch ? ` batch ${batch}` : ""} step`] = stepTime(defaults, name, loss, batch);
    }
    // Every episode with frequencies of its own, whose tables are not there yet.
    found[`${name} episode`] = microseconds(EPISODES, (i) => {
      const settings = { ...defaults, knot_span: defaults.knot_span + i / 10_000 };
      const random = new RandomStream(episodeSeed(1, i));
      FAMILIES[name].drawProblem(random, settings);
      FAMILIES[name].drawStart(random, settings);
    });
  }
  return found;
}

function stepTime(defaults, name, loss, batch) {
  const settings = { ...defaults, knot_batch: batch };
  const random = new RandomStream(1n);
  const problem = FAMILIES[name].drawProblem(random, settings);
  const optimiser = makeOptimiser("descent");
  const evaluate = (theta) => problem.evaluate(theta, loss);
  let theta = FAMILIES[name].drawStart(random, settings);
  let { gradient } = evaluate(theta);
  return microseconds(STEPS / (name === "cubic" || (loss === "mse" && !batch) ? 1 : 20), () => {
    theta = optimiser.step(theta, gradient, 1e-5, evaluate);
    ({ gradient } = evaluate(theta));
  });
}
