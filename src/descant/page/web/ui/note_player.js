// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Strike the notes of section "note": held, again and again, or as in learning.
import { button, holdButton, toggle } from "./controls.js";

const NOTE_AGAIN = 2600; // ms from one strike to the next
const NOTE_STEP = 260; // ms from one step of learning to the next
const NOTE_STEPS = 26;
const NOTE_START = 0.4; // stretch at which learning begins
const NOTE_FADE = 1.4; // s in which the picture's glow fades

export class NotePlayer {
  // `onStretch(stretch)` is called when the stretch is moved by learning.
  constructor(page, onStretch) {
    this.page = page;
    this.onStretch = onStretch;
    this.keys = [];
    this.stretch = 0;
    this.struck = -Infinity;
    this.turn = 0; // a strike that waited for the sound is dropped when the turn has changed
    this.stop = () => this._stop();
  }

  controls() {
    this.hold = holdButton({ label: "Hold to play", key: "p", onPress: () => this._begin(), onRelease: () => this._release() });
    this.again = toggle({ label: "Strike again and again", key: "a", onChange: (on) => (on ? this._repeat() : this._stop()) });
    this.learn = button({ label: "Let it come into tune", key: "l", onClick: () => this._learn() });
    return [this.hold, this.again, this.learn];
  }

  setKeys(keys) {
    const sounding = this.again?.value || this.hold?.value;
    this._release();
    this.keys = keys;
    if (sounding) this._begin();
  }

  retune(stretch) {
    this.stretch = stretch;
    this.page.sound.retune(stretch, this.keys.map(noteSoundId));
  }

  stopLearning() {
    clearInterval(this.learning);
    this.learning = null;
  }

  // 0 .. 1: how loud it sounds, for the pictures.
  loudness() {
    return Math.exp(-(performance.now() / 1000 - this.struck) / NOTE_FADE);
  }

  async _begin() {
    this.page.claim(this.stop);
    const turn = (this.turn += 1);
    await this.page.sound.resume();
    if (turn !== this.turn) return;
    for (const key of this.keys) this._strike(key);
  }

  _strike(key) {
    this.struck = performance.now() / 1000;
    this.page.sound.strike({ id: noteSoundId(key), key, stretch: this.stretch });
  }

  _release() {
    this.turn += 1;
    for (const key of this.keys) this.page.sound.release(noteSoundId(key));
  }

  _repeat() {
    this._begin();
    this.repeating = setInterval(() => {
      this._release();
      this._begin();
    }, NOTE_AGAIN);
  }

  // Lower the stretch step by step as a loss falls, and strike one key a step.
  _learn() {
    this._stop();
    this.page.claim(this.stop);
    let step = 0;
    const next = () => {
      const done = step >= NOTE_STEPS;
      this.onStretch(done ? 0 : NOTE_START * 0.78 ** step);
      this._strike(this.keys[step % this.keys.length]);
      step += 1;
      if (done) this.stopLearning();
    };
    this.page.sound.resume();
    this.learning = setInterval(next, NOTE_STEP);
    next();
  }

  _stop() {
    clearInterval(this.repeating);
    this.stopLearning();
    if (this.again.value) this.again.value = false;
    this.hold.value = false;
    this._release();
  }
}

function noteSoundId(key) {
  return `note ${key}`;
}
