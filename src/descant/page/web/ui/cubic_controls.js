// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The controls of section "cubic".
import { FAMILIES } from "../core/families.js";
import { button, make, panel, row, slider, toggle } from "./controls.js";
import { lossChoice, optimiserChoice, rateSlider, seedField } from "./learning_layout.js";
import { learningNumber } from "./learning_words.js";

// Rows of buttons, and those of them that change: { rows, run, back, tempo }. `actions`: what they do.
export function cubicButtons(seed, actions) {
  const run = button({ label: "Run", key: " ", primary: true, onClick: actions.run });
  const back = button({ label: "Put the points back", onClick: actions.putBack });
  const tempo = make("span", { className: "tempo quiet" });
  tempo.setAttribute("role", "status");
  const slower = button({ label: "Slower", key: "-", onClick: () => actions.changeSpeed(-1) });
  const faster = button({ label: "Faster", key: "+", onClick: () => actions.changeSpeed(1) });
  const first = row(
    run,
    button({ label: "Step", key: "s", onClick: actions.step }),
    button({ label: "Rewind", key: "r", hint: "Back to the same start", onClick: actions.rewind }),
    button({ label: "Draw a new target", key: "n", hint: "And a new start", onClick: actions.draw }),
  );
  const second = row(
    make("div", { className: "tempos" }, slower.element, tempo, faster.element),
    back,
    seedField({ value: seed, onChange: actions.reseed }),
    toggle({ label: "Sound", value: true, onChange: actions.hear }),
  );
  return { rows: [first, second], run, back, tempo };
}

// Rows of sliders and choices, and the sliders of the target: { rows, targets }.
export function cubicSliders({ learning_rate: rate, points, loss, optimiser }, { retarget, resample, change }) {
  const targets = FAMILIES.cubic.parameterNames.map((name, i) =>
    slider({
      label: `Target ${name}`, min: -2, max: 2, step: 0.01, value: 0,
      describe: (value) => learningNumber(value, 2),
      onInput: (value) => retarget(i, value),
    }),
  );
  const choices = row(
    rateSlider({ low: 0.01, high: 3, value: rate, onInput: (value) => change({ learning_rate: value }) }),
    slider({ label: "Points", min: 4, max: 200, step: 1, value: points, onInput: resample }),
    lossChoice({ value: loss, onChange: (value) => change({ loss: value }) }),
    optimiserChoice({ value: optimiser, onChange: (value) => change({ optimiser: value }) }),
  );
  choices.classList.add("choices");
  return { rows: [panel(...targets), choices], targets };
}
