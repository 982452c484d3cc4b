// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The settings of the piece that the visitor may change while it plays.
import { button, choice, make, panel, slider } from "./controls.js";
import { PIECE_SETTINGS, pieceParameter, pieceRange, pieceValue } from "./piece_link.js";

// The useful part of a range that is wider than any ear or eye follows.
const PIECE_USEFUL = { "learner.learning_rate": [0.001, 10], "synth.detune_scale": [-2, 4] };
const PIECE_CHOICES = { mse: "squares", half_mse: "half the squares", mae: "distances", adam: "Adam", lbfgs: "L-BFGS" };
const NEW_SEEDS = 1e6;

export class PieceSettings {
  // `set(name, value)` is called with a name as `learner.loss`; `unset()` gives all but the seed up.
  constructor(data, { set, unset }) {
    Object.assign(this, { _data: data, _set: set });
    this._controls = {};
    for (const name of Object.keys(PIECE_SETTINGS)) this._controls[name] = this._control(name);
    const draw = button({ label: "Another seed", onClick: () => this._newSeed() });
    const back = button({ label: "Reset to the programme", onClick: unset });
    const note = make("p", { className: "hint" });
    note.textContent =
      "What is set here holds in all parts. A seed decides every target and start; another one begins when the performance begins again.";
    const rest = Object.values(this._controls).map((control) => control.element);
    this.element = make("div", { className: "settings" }, panel(...rest), make("div", { className: "row" }, draw.element, back.element), note);
  }

  // Show the values that hold: `settings` of each node, and the seed that is set.
  show(settings, seed) {
    for (const [name, control] of Object.entries(this._controls)) {
      const [node, parameter] = name.split(".");
      const value = name === "learner.seed" ? seed : settings[node][parameter];
      if (control.value !== value) control.value = value;
    }
  }

  _control(name) {
    const { choices, what } = pieceParameter(name, this._data);
    const { words } = PIECE_SETTINGS[name];
    const label = words[0].toUpperCase() + words.slice(1);
    const onInput = (value) => this._set(name, value);
    if (name === "learner.seed") return this._seedField(label);
    if (choices.length) {
      const options = choices.map((value) => [value, PIECE_CHOICES[value] ?? value]);
      return choice({ label, options, value: choices[0], onChange: onInput, hint: what });
    }
    return this._slider(name, label, what, onInput);
  }

  _slider(name, label, hint, onInput) {
    const { low, high, default: value } = pieceParameter(name, this._data);
    const [from, to] = PIECE_USEFUL[name];
    const { log } = PIECE_SETTINGS[name];
    const describe = (v) => String(Number(v.toPrecision(3)));
    return slider({ label, min: Math.max(low, from), max: Math.min(high, to), step: 0.05, value, log, describe, onInput, hint });
  }

  _seedField(label) {
    const id = "piece-seed";
    const input = make("input", { id, type: "text", inputMode: "numeric", autocomplete: "off", size: 10 });
    const wrong = make("span", { className: "bad" });
    wrong.setAttribute("role", "status");
    let current = null;
    const read = () => {
      const value = pieceValue("learner.seed", input.value.trim(), this._data);
      wrong.textContent = value === null ? ` ${pieceRange("learner.seed", this._data)}` : "";
      input.setAttribute("aria-invalid", value === null);
      if (value !== null && value !== current) this._set("learner.seed", (current = value));
    };
    input.addEventListener("change", read);
    const words = make("label", { htmlFor: id, className: "label" }, label);
    const element = make("div", { className: "control seed" }, words, wrong, input);
    const set = (value) => {
      [current, input.value, wrong.textContent] = [value, value, ""];
      input.removeAttribute("aria-invalid");
    };
    return Object.defineProperty({ element }, "value", { get: () => current, set });
  }

  _newSeed() {
    const seed = 1 + Math.floor(Math.random() * NEW_SEEDS);
    this._controls["learner.seed"].value = seed;
    this._set("learner.seed", seed);
  }
}
