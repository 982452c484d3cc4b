// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Target, learned value and gradient of each parameter, the gradient as a signed bar too.
import { make } from "./controls.js";
import { learningNumber } from "./learning_words.js";

const BAR_FINEST = 0.01; // gradients far below it show as next to nothing ..
const BAR_MOST = 10; // .. and this one as a full bar; in between by their logarithm

export class ParameterTable {
  // `names`: of the parameters. `words(value)`: a parameter in words.
  constructor(names, words = learningNumber) {
    this._words = words;
    this._rows = names.map((name) => tableRow(name));
    const head = ["", "target", "learned", "gradient"].map((text) =>
      make("th", { scope: "col", className: text, colSpan: text === "gradient" ? 2 : 1 }, text),
    );
    this.element = make(
      "table",
      { className: "parameters" },
      make("thead", {}, make("tr", {}, ...head)),
      make("tbody", {}, ...this._rows.map(({ element }) => element)),
    );
  }

  // Show these three arrays. The exact numbers stand in the cells' `data-value`.
  show(target, theta, gradient) {
    this._rows.forEach((row, i) => {
      tableCell(row.target, target[i], this._words);
      tableCell(row.learned, theta[i], this._words);
      tableCell(row.gradient, gradient[i], learningNumber);
      const length = barLength(gradient[i]);
      row.bar.style.transform = `scaleX(${length.toFixed(4)})`;
    });
  }
}

// -1 .. 1: the length of a gradient's bar.
function barLength(gradient) {
  if (!Number.isFinite(gradient)) return 1;
  const size = Math.log10(1 + Math.abs(gradient) / BAR_FINEST) / Math.log10(1 + BAR_MOST / BAR_FINEST);
  return Math.sign(gradient) * Math.min(size, 1);
}

function tableRow(name) {
  const [target, learned, gradient] = ["target", "learned", "gradient"].map((className) => make("td", { className }));
  const bar = make("i");
  const bars = make("td", { className: "bars", ariaHidden: "true" }, make("div", {}, bar));
  const head = make("th", { scope: "row" }, make("var", {}, name));
  return { element: make("tr", {}, head, target, learned, gradient, bars), target, learned, gradient, bar };
}

function tableCell(cell, value, words) {
  if (cell.dataset.value === String(value)) return;
  cell.dataset.value = value;
  cell.textContent = words(value);
}
