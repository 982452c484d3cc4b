// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Play a night through the page's sound, from any moment of it.
import { nightNote, nightPedal } from "./night_dissonance.js";

const PLAYER_TICK_MS = 12;
const LONGEST_GAP_MS = 400; // the page was asleep: go on from where it was

export class NightPlayer {
  // `base`: the synthesiser's settings without those of a part. `onEnd`: it has stopped by itself, or
  // another section plays.
  constructor(page, night, steps, base, onEnd) {
    Object.assign(this, { _page: page, _night: night, _steps: steps, _base: base, _onEnd: onEnd });
    this._settings = new Map(); // part -> settings
    this._events = null;
    this._timer = 0;
    this.time = 0;
    this._claimed = () => this._end();
  }

  get playing() {
    return this._timer !== 0;
  }

  play() {
    this._events ??= this._night.timeline();
    if (this.time >= this._night.length) this.time = 0;
    this._page.claim(this._claimed);
    this._page.sound.resume();
    this._start();
    this._timer = setInterval(() => this._tick(), PLAYER_TICK_MS);
  }

  pause() {
    clearInterval(this._timer);
    this._timer = 0;
    const { sound } = this._page;
    for (const pedal of [64, 66, 67]) sound.take({ kind: "pedal", timeNs: this.time * 1e6, pedal, value: 0 });
    sound.panic();
    sound.change(this._page.defaults("synth"));
  }

  // Go to a time, playing or not.
  seek(time) {
    this.time = time;
    if (this.playing) this._start();
  }

  _end() {
    if (!this.playing) return;
    this.pause();
    this._onEnd();
  }

  // Everything silent, then as it was at this time: part, pedals, tuning.
  _start() {
    const { sound } = this._page;
    sound.panic();
    let next = 0;
    const last = {};
    for (; next < this._events.length && this._events[next].time < this.time; next++) {
      const { kind, index } = this._events[next];
      if (kind === "pedal") last[`pedal ${this._night.pedals.pedal[index]}`] = next;
      else last[kind] = next;
    }
    this._next = next;
    for (const place of Object.values(last).sort((a, b) => a - b)) {
      const { kind } = this._events[place];
      if (kind !== "on" && kind !== "off") this._happen(this._events[place]);
    }
    this._before = performance.now();
  }

  _tick() {
    const now = performance.now();
    const gap = now - this._before;
    this._before = now;
    this.time += gap > LONGEST_GAP_MS ? 0 : gap;
    for (; this._next < this._events.length && this._events[this._next].time <= this.time; this._next++)
      this._happen(this._events[this._next]);
    if (this.time < this._night.length) return;
    this.time = this._night.length;
    this._end();
  }

  _happen({ kind, index }) {
    const { sound } = this._page;
    if (kind === "part") sound.change(this._settingsOf(this._night.parts[index]));
    else if (kind === "state") sound.state(this._steps.state(index));
    else if (kind === "pedal") sound.take(nightPedal(this._night, index));
    else sound.take(nightNote(this._night, index, kind === "on"));
  }

  _settingsOf(part) {
    if (!this._settings.has(part)) this._settings.set(part, { ...this._base, ...part.synth });
    return this._settings.get(part);
  }
}
