// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What all sections share: the data from the package, the sound, and who is playing.
import { useKnotPresets } from "../core/knot.js";
import { Sound } from "./sound.js";

export class Page {
  // `data`: what descant/page/data.py made. `recording`: what descant/page/recording.py made of a
  // night, or null.
  constructor(data, recording) {
    this.data = data;
    for (const parameters of Object.values(data.parameters))
      for (const [name, given] of Object.entries(parameters))
        parameters[name] = { low: null, high: null, choices: [], ...given };
    this.recording = recording;
    useKnotPresets(data.presets);
    this.sound = new Sound(this.defaults("synth"));
    this._stop = null;
  }

  // Parameter -> default value of "learner", "synth", "stage" or "conductor".
  defaults(node) {
    const entries = Object.entries(this.data.parameters[node]);
    return Object.fromEntries(entries.map(([name, { default: value }]) => [name, value]));
  }

  // Call when a section begins to play: whatever played before is stopped. `stop` is called, once,
  // when another section begins.
  claim(stop) {
    const before = this._stop;
    this._stop = stop;
    if (before && before !== stop) before();
  }

  // Call `draw(seconds)` before every frame while `element` is in sight. Return a function that ends
  // it. `seconds` only grows.
  animate(element, draw) {
    let request = 0;
    const frame = (milliseconds) => {
      request = requestAnimationFrame(frame);
      draw(milliseconds / 1000);
    };
    const observer = new IntersectionObserver((entries) => {
      const visible = entries[entries.length - 1].isIntersecting;
      if (visible && !request) request = requestAnimationFrame(frame);
      if (!visible && request) {
        cancelAnimationFrame(request);
        request = 0;
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(request);
    };
  }
}

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
