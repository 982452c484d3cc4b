// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The controls of section "knot".
import { FAMILIES } from "../core/families.js";
import { button, choice, holdButton, panel, row, slider, toggle } from "./controls.js";
import { lossChoice, optimiserChoice, rateSlider, seedField } from "./learning_layout.js";
import { angleWords } from "./learning_words.js";

// Rows of buttons. `actions`: what they do.
export function knotButtons(seed, actions) {
  const first = row(
    holdButton({ label: "Hold to learn", key: " ", onPress: actions.press, onRelease: actions.release }),
    button({ label: "Step", key: "s", onClick: actions.step }),
    button({ label: "Rewind", key: "r", hint: "Back to the same start", onClick: actions.rewind }),
    button({ label: "Draw a new target", key: "n", hint: "And a new start", onClick: actions.draw }),
  );
  const heard = toggle({ label: "Sound", value: true, onChange: actions.hear });
  return [first, row(seedField({ value: seed, onChange: actions.reseed }), heard)];
}

// Rows of sliders and choices, and the sliders of the target: { rows, frequencies, phases }.
export function knotSliders(settings, presets, { retarget, choosePreset, change }) {
  const { learning_rate: rate, loss, optimiser, knot_lowest: low, knot_highest: high } = settings;
  const frequencies = ["x", "y", "z"].map((axis, i) =>
    slider({
      label: `Swings along ${axis}`, min: low, max: high, step: 1, value: low,
      onInput: (value) => retarget(i, value),
    }),
  );
  const phases = FAMILIES.knot.parameterNames.map((name, i) =>
    slider({
      label: `Phase ${name}`, min: 0, max: 2 * Math.PI, step: Math.PI / 180, value: 0, describe: angleWords,
      onInput: (value) => retarget(3 + i, value),
    }),
  );
  const options = [[0, "any"], ...presets.map((preset, i) => [i + 1, preset.slice(0, 3).join(", ")])];
  const preset = choice({ label: "Swings along x, y, z", options, value: 0, onChange: choosePreset });
  const sliders = panel(...frequencies, ...phases);
  sliders.classList.add("thirds");
  const choices = row(
    rateSlider({ low: 0.001, high: 1, value: rate, onInput: (value) => change({ learning_rate: value }) }),
    lossChoice({ value: loss, onChange: (value) => change({ loss: value }) }),
    optimiserChoice({ value: optimiser, onChange: (value) => change({ optimiser: value }) }),
  );
  choices.classList.add("choices");
  return { rows: [preset.element, sliders, choices], frequencies, phases };
}
