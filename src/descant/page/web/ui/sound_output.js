// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The audio context: made in the reader's first gesture, as browsers demand, silent while the page
// is hidden, and null where there is no audio.

// Milliseconds that a browser gets to start the audio in a gesture.
const START_PATIENCE = 1000;
// Milliseconds from the fading of a hidden page to the end of its audio.
const HIDDEN_FADE = 100;
// Everything is scheduled so many seconds ahead of what the browser computes next, as a line that
// begins in the past jumps: little, for who plays; more for a while where the page comes late.
const LEAD = 0.004;
// Some browsers name a latency shorter than the steps of their clock.
const LEAST_LATENCY = 0.008;
const MOST_LEAD = 0.04;
const LEAD_GROWTH = 1.6;
const LEAD_RETURN = 0.998;

export class AudioOutput {
  // `onOpen(context)` when there is a context, `onStop()` when it stops, `onHide(hidden)`.
  constructor({ onOpen, onStop, onHide }) {
    this.context = null;
    this.watchers = [];
    this._onOpen = onOpen;
    this._onStop = onStop;
    this._onHide = onHide;
    this._startingUntil = 0;
    this._hidden = false;
    this._suspending = 0;
    this._offline = false;
    this._lead = LEAD;
    this._scheduling = 0;
  }

  // Render into an offline context.
  useOffline(context) {
    this._offline = true;
    this.context = context;
    this._onOpen(context);
  }

  // Whether nothing can be heard until `resume` is called.
  get suspended() {
    return !this._offline && this.context?.state !== "running";
  }

  // Whether what is played now is heard: the audio runs, or is just being started.
  get audible() {
    if (!this.context || this._hidden) return false;
    return !this.suspended || performance.now() < this._startingUntil;
  }

  // The time for which something can be scheduled now. Call `scheduled` when that is done.
  get time() {
    this._scheduling = this._earliest() + this._lead;
    return this._scheduling;
  }

  // Everything for `time` is scheduled: look whether that was early enough.
  scheduled() {
    const late = this._earliest() > this._scheduling;
    const lead = this._lead * (late ? LEAD_GROWTH : LEAD_RETURN);
    this._lead = Math.min(Math.max(lead, LEAD), MOST_LEAD);
  }

  // When what is scheduled now begins to count: the browser may be computing all before that.
  _earliest() {
    return this.context.currentTime + Math.max(this.context.baseLatency ?? 0, LEAST_LATENCY);
  }

  // Start the audio, in a gesture of the reader. Resolves to whether it runs.
  async resume() {
    if (this._offline) return true;
    if (!this.context && !this._make()) return false;
    if (!this.suspended) return true;
    this._startingUntil = performance.now() + START_PATIENCE;
    const patience = new Promise((resolve) => setTimeout(resolve, START_PATIENCE));
    try {
      await Promise.race([this.context.resume(), patience]);
    } catch {
      // The state says that it does not run.
    }
    this._startingUntil = 0;
    this._changed();
    return !this.suspended;
  }

  _make() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return false;
    try {
      this.context = new Context({ latencyHint: "interactive" });
    } catch {
      return false;
    }
    // On phones: sound with the ring switch off too.
    if (navigator.audioSession) navigator.audioSession.type = "playback";
    this._playNothing();
    this._onOpen(this.context);
    this.context.onstatechange = () => this._changed();
    document.addEventListener("visibilitychange", () => this._hide(document.hidden));
    return true;
  }

  // Older phones start their audio only with a sound that begins in the gesture.
  _playNothing() {
    const source = this.context.createBufferSource();
    source.buffer = this.context.createBuffer(1, 1, this.context.sampleRate);
    source.connect(this.context.destination);
    source.start();
  }

  _changed() {
    if (!this.audible) this._onStop();
    for (const watcher of this.watchers) watcher();
  }

  _hide(hidden) {
    clearTimeout(this._suspending);
    const ran = !this.suspended || this._hidden;
    this._hidden = hidden && ran;
    if (!ran) return;
    this._onHide(hidden);
    const quietly = (promise) => promise.catch(() => {});
    if (hidden) {
      this._suspending = setTimeout(() => quietly(this.context.suspend()), HIDDEN_FADE);
    } else {
      quietly(this.context.resume());
    }
  }
}
