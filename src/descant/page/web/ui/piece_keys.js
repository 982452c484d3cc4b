// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The computer's keys as two rows of a piano, by their place: so they are right on every layout.
const LEFT_KEYS = "KeyZ KeyS KeyX KeyD KeyC KeyV KeyG KeyB KeyH KeyN KeyJ KeyM Comma KeyL Period Semicolon Slash";
const RIGHT_KEYS = "KeyQ Digit2 KeyW Digit3 KeyE KeyR Digit5 KeyT Digit6 KeyY Digit7 KeyU KeyI Digit9 KeyO Digit0 KeyP BracketLeft Equal BracketRight";
const COMPUTER_HANDS = [LEFT_KEYS.split(" "), RIGHT_KEYS.split(" ")];
const US_SIGNS = { Comma: ",", Period: ".", Semicolon: ";", Slash: "/", BracketLeft: "[", BracketRight: "]", Equal: "=" };
const COMPUTER_VELOCITY = 84;

export class ComputerKeys {
  // `press(key, velocity)`, `release(key)` and `pedal(down)` are called; `changed()` when keys have
  // moved by an octave or have other signs. `active()`: whether the keys play now.
  constructor({ press, release, pedal, changed, active }) {
    Object.assign(this, { _press: press, _release: release, _pedal: pedal, _changed: changed, _active: active });
    this.lowest = [36, 60]; // keys of Z and of Q
    this._held = new Map(); // code -> piano key
    this._signs = new Map(); // code -> what stands on the key
    document.addEventListener("keydown", (event) => this._down(event));
    document.addEventListener("keyup", (event) => this._up(event));
    navigator.keyboard?.getLayoutMap?.().then(
      (layout) => this._learnSigns(layout),
      () => {},
    );
  }

  // Move a hand (0 left, 1 right) by octaves.
  shift(hand, octaves) {
    const moved = this.lowest[hand] + 12 * octaves;
    if (moved < 24 || moved + COMPUTER_HANDS[hand].length > 109) return;
    this.lowest[hand] = moved;
    this._changed();
  }

  // Piano key -> sign of the computer's key that plays it. The right hand wins where both do.
  signs() {
    const found = new Map();
    COMPUTER_HANDS.forEach((codes, hand) => codes.forEach((code, index) => found.set(this.lowest[hand] + index, this._sign(code))));
    return found;
  }

  releaseAll() {
    if (this._held.delete("Space")) this._pedal(false);
    for (const key of new Set(this._held.values())) this._release(key);
    this._held.clear();
  }

  _down(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this._active()) return;
    const target = event.target;
    if (target.closest?.("input:not([type=range]):not([type=radio]), select, textarea")) return;
    const arrow = { ArrowLeft: -1, ArrowRight: 1 }[event.code];
    if (arrow && !target.closest?.("input")) {
      event.preventDefault();
      this.shift(Number(event.shiftKey), arrow);
    } else if (event.code === "Space" && !target.closest?.("button, a, summary")) {
      event.preventDefault();
      if (!event.repeat) this._hold("Space", null);
    } else this._strike(event);
  }

  _strike(event) {
    const hand = COMPUTER_HANDS.findIndex((codes) => codes.includes(event.code));
    if (hand < 0 || event.shiftKey) return;
    event.preventDefault(); // "/" and "'" open a search in some browsers
    if (event.repeat) return;
    if (event.key.length === 1 && this._sign(event.code) !== event.key.toUpperCase()) {
      this._signs.set(event.code, event.key.toUpperCase());
      this._changed();
    }
    this._hold(event.code, this.lowest[hand] + COMPUTER_HANDS[hand].indexOf(event.code));
  }

  _hold(code, key) {
    if (this._held.has(code)) return;
    this._held.set(code, key);
    if (key === null) this._pedal(true);
    else this._press(key, COMPUTER_VELOCITY);
  }

  _up(event) {
    if (!this._held.has(event.code)) return;
    const key = this._held.get(event.code);
    this._held.delete(event.code);
    if (key === null) this._pedal(false);
    else if (![...this._held.values()].includes(key)) this._release(key);
  }

  _sign(code) {
    return this._signs.get(code) ?? US_SIGNS[code] ?? code.replace(/Key|Digit/, "");
  }

  _learnSigns(layout) {
    for (const codes of COMPUTER_HANDS)
      for (const code of codes) if (layout.has(code)) this._signs.set(code, layout.get(code).toUpperCase());
    this._changed();
  }
}
