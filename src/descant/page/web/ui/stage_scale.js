// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The resolution that the machine draws in time: lower where frames are late, higher again where
// there is time.

const SCALE_LEAST = 0.4;
const SCALE_WINDOW_S = 0.8; // frames are judged over so long
const SCALE_LATE_S = 1 / 48; // the usual time of a frame from which it is late
const SCALE_GOOD_S = 1 / 56;
const SCALE_DOWN = 0.85;
const SCALE_UP = 1.08;
const SCALE_PATIENCE_S = 4; // before a higher resolution is tried; doubled each time in vain
const SCALE_HELPS = 0.95; // a lower resolution must shorten frames to this
const SCALE_REGULAR = 0.2; // spread of the times of frames that a screen dictates
const SCALE_TRIES = 3; // lower resolutions in vain
const SCALE_HOLD_S = 20; // no change for so long where resolution makes no difference

export class RenderScale {
  constructor() {
    this.value = 1;
    this._times = [];
    this._last = null;
    this._windowStart = 0;
    this._goodSince = null;
    this._patience = SCALE_PATIENCE_S;
    this._lowered = null; // { from, usual, steps }: what lowering began with
    this._holdUntil = 0;
    this._raised = false;
  }

  // A frame is drawn at `now`, seconds; returns the scale, 0.4 .. 1, of each side.
  observe(now) {
    const passed = this._last === null ? 0 : now - this._last;
    this._last = now;
    if (passed > 0.5 || passed <= 0) this._restart(now); // the picture was out of sight
    else this._times.push(passed);
    if (now - this._windowStart >= SCALE_WINDOW_S && this._times.length >= 8) {
      const times = this._times.sort((a, b) => a - b);
      this._restart(now);
      if (now >= this._holdUntil) this._judge(times, now);
    }
    return this.value;
  }

  _restart(now) {
    this._times = [];
    this._windowStart = now;
  }

  _judge(times, now) {
    const at = (share) => times[Math.floor(share * (times.length - 1))];
    const usual = at(0.5);
    if (usual > SCALE_LATE_S) return this._lower(usual, at(0.85) - at(0.15) < SCALE_REGULAR * usual, now);
    this._lowered = null;
    this._goodSince = usual < SCALE_GOOD_S ? (this._goodSince ?? now) : null;
    if (this._goodSince !== null && now - this._goodSince >= this._patience) this._raise(now);
  }

  _lower(usual, regular, now) {
    if (this._raised) this._patience = Math.min(64, 2 * this._patience);
    this._raised = false;
    this._goodSince = null;
    this._lowered ??= { from: this.value, usual, steps: 0 };
    const before = this._lowered;
    if (before.steps >= SCALE_TRIES && regular && usual > SCALE_HELPS * before.usual) {
      // The screen shows no more frames, as some do on battery: be sharp at least.
      this.value = before.from;
      this._lowered = null;
      this._holdUntil = now + SCALE_HOLD_S;
      return;
    }
    before.steps += 1;
    this.value = Math.max(SCALE_LEAST, this.value * SCALE_DOWN);
  }

  _raise(now) {
    if (this.value >= 1) return;
    this.value = Math.min(1, this.value * SCALE_UP);
    this._raised = true;
    this._goodSince = now;
  }
}
