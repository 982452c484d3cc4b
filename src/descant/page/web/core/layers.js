// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The settings of one node from part to part, as `descant/programme/layers.py`.

const PLACE = ["part", "start"]; // parameters of the learner that say where the performance is
// Of the learner, each first one is at most the second (`x_low` is below `x_high`).
const ORDERED = [
  ["x_low", "x_high"],
  ["knot_lowest", "knot_highest"],
  ["damping_low", "damping_high"],
  ["bass_below", "upper_from"],
];

// Whether these settings of a node can hold together.
export function settingsFit(settings) {
  const inOrder = ORDERED.every(([low, high]) => !(settings[low] > settings[high]));
  return inOrder && !(settings.x_low === settings.x_high && "x_low" in settings);
}

// `base` with the part's overrides on top of it, and `fixed` on top of both. A parameter set by hand
// holds until the performance ends; one that the part overrides, until the part ends. `section` is
// "learner", "synth" or "stage".
export class PartLayers {
  constructor(base, section, fixed = {}) {
    this._start = base;
    this._base = base;
    this._section = section;
    this._fixed = fixed;
    this._overrides = { ...fixed };
    this.current = { ...base, ...fixed };
  }

  // The settings of `part` from its beginning on. Where a value set by hand does not fit them, what was
  // set by hand is given up.
  begin(part) {
    this._overrides = { ...part.description[this._section], ...this._fixed };
    for (const name of PLACE) {
      if (name in this._start) this._overrides[name] = part[name === "part" ? "number" : "start"];
    }
    let current = { ...this._base, ...this._overrides };
    if (!settingsFit(current)) {
      this._base = this._start;
      current = { ...this._start, ...this._overrides };
    }
    this.current = current;
    return current;
  }

  // A parameter was set by hand; return the settings that hold now.
  set(name, value) {
    if (value === this.current[name]) return this.current;
    this.current = { ...this.current, [name]: value };
    const base = { ...this._base, [name]: value };
    if (!(name in this._overrides) && settingsFit(base)) this._base = base;
    return this.current;
  }
}
