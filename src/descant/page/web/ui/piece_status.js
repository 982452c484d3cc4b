// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The lines under the picture: part, what the keys do, episode, step, loss, tuning; and messages.
import { make } from "./controls.js";
import { detuningCents, keyZones, keysInWords, stateInWords } from "./piece_words.js";

const WORDS_PERIOD = 120; // ms between two changes of the words
const FAR_CENTS = 600; // the meter is full

export class PieceStatus {
  constructor() {
    this._state = this._synth = null;
    this._diverged = 0;
    this._due = 0;
    this._pedals = new Map();
    this._part = make("p", { className: "part" });
    this._part.setAttribute("aria-live", "polite");
    this._line = make("p", { className: "state" });
    this._meter = make("div", { className: "meter", ariaHidden: "true" }, make("i"));
    this._words = make("span");
    this._words.setAttribute("role", "status");
    this._close = make("button", { type: "button", ariaLabel: "Close the message" }, "×");
    this._close.onclick = () => this.tell("");
    this.message = make("div", { className: "message", hidden: true }, this._words, this._close);
    this.element = make("div", { className: "status" }, this._part, this._line, this._meter);
  }

  // A part has begun, or (`same`) other settings hold in it.
  part({ number, description }, { learner, synth }, same = false) {
    this._synth = synth;
    if (!same) [this._state, this._diverged] = [null, 0];
    const title = make("b", {}, `Part ${number}: ${description.title}. `);
    this._part.replaceChildren(title, keysInWords(learner));
    this._due = 0;
  }

  state(state) {
    if (state.status === 2) this._diverged += 1;
    else if (state.attempt === 0) this._diverged = 0;
    this._state = state;
  }

  pedal({ pedal, value }) {
    this._pedals.set(pedal, value);
  }

  // Something to tell the visitor, until it is closed or another message comes.
  tell(words) {
    this.message.hidden = !words;
    this._words.textContent = words;
  }

  zones(learner) {
    return keyZones(learner);
  }

  // Show the latest state, a few times a second.
  draw() {
    const now = performance.now();
    if (now < this._due) return;
    this._due = now + WORDS_PERIOD;
    const sustain = this._pedals.get(64) >= 64 ? " Sustain pedal down." : "";
    const words = stateInWords(this._state, this._synth, this._diverged) + sustain;
    if (words !== this._line.textContent) this._line.textContent = words;
    const cents = this._state ? Math.abs(detuningCents(this._state, this._synth)) : 0;
    const full = Math.min(1, Math.sqrt((Number.isFinite(cents) ? cents : FAR_CENTS) / FAR_CENTS));
    this._meter.classList.toggle("found", this._state?.status === 1);
    this._meter.firstChild.style.transform = `scaleX(${full.toFixed(3)})`;
  }
}
