// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Conductor and learner over a list of events, as `descant/performance/perform.py`.
import { PartLayers } from "./layers.js";
import { LONGEST_HOLD_NS, Learner } from "./learner.js";

// Everything that happens as `events` (by time) are played: the events, and the parts, episodes and
// states that they cause. `conductor` may be null: `learnerSettings` then hold throughout. Steps of keys
// that are still held at the end continue for `tailNs`.
export function* perform(events, learnerSettings, conductor = null, { fixed = {}, tailNs = 0 } = {}) {
  const layers = new PartLayers(learnerSettings, "learner", fixed);
  if (conductor) {
    layers.begin(conductor.part);
    yield conductor.part;
  }
  const learner = new Learner(layers.current);
  let lastNs = 0;
  for (const event of events) {
    lastNs = event.timeNs;
    yield* advanceTo(learner, lastNs);
    yield event;
    yield* event.kind === "note" ? learner.take(event) : learner.takePedal(event);
    const part = conductor ? conductor.take(event) : null;
    if (part) {
      yield* learner.change(layers.begin(part), lastNs);
      yield part;
    }
  }
  yield* advanceTo(learner, lastNs + tailNs);
}

// The steps up to `timeNs`, in stages: at a jump of more than an hour a learner makes no step.
export function* advanceTo(learner, timeNs) {
  const stage = LONGEST_HOLD_NS / 2;
  while (learner.reachedNs > 0 && learner.reachedNs < timeNs - stage) {
    yield* learner.advance(learner.reachedNs + stage);
  }
  yield* learner.advance(timeNs);
}
