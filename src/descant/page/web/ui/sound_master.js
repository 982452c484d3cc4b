// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The sum of all notes: pan positions, low-pass, limiter, ceiling and output.
import { RandomStream } from "../core/random.js";
import { AudioLine } from "./sound_envelope.js";
import { ceilingCurve, PAN_POSITIONS, panGains, panPosition } from "./sound_levels.js";
import { SoundLimiter } from "./sound_limiter.js";

// The ceiling's curve goes this far; the limiter leaves nothing that would be louder.
const CEILING_REACH = 4;
const CEILING_POINTS = 4097;
const LOWEST_CUTOFF = 20;
const HIGHEST_CUTOFF = 0.45; // of the sample rate
// Seconds in which the output, the width and the low-pass change.
const SMOOTH = 0.03;
// Longest line of the wandering low-pass, in seconds.
const WANDER_PIECE = 0.25;

export class SoundMaster {
  constructor(context, settings) {
    this._context = context;
    this._merger = context.createChannelMerger(2);
    this._positions = Array.from({ length: PAN_POSITIONS }, () => this._position());
    this._dry = context.createGain();
    this._wet = context.createGain();
    this._filter = new RandomLowPass(context);
    const gain = context.createGain();
    this.limiter = new SoundLimiter(gain.gain, 1 / CEILING_REACH);
    const ceiling = context.createWaveShaper();
    ceiling.curve = ceilingPoints();
    this._output = context.createGain();
    this.analyser = context.createAnalyser();
    this._merger.connect(this._dry).connect(gain);
    this._merger.connect(this._filter.node).connect(this._wet).connect(gain);
    gain.connect(ceiling).connect(this._output).connect(context.destination);
    ceiling.connect(this.analyser);
    this._set(settings, (param, value) => (param.value = value));
    this._filter.change(settings, 0);
  }

  // Where a note of `key` plays into.
  input(key) {
    return this._positions[panPosition(key)].input;
  }

  // New settings at `time`.
  change(settings, time) {
    this._set(settings, (param, value) => smoothlySet(param, value, time));
    this._filter.change(settings, time);
  }

  // It is `time`: let the low-pass wander until `until`.
  extend(time, until) {
    this._filter.extend(time, until);
  }

  // Let nothing out, or all.
  mute(muted, time) {
    smoothlySet(this._output.gain, muted ? 0 : 1, time);
  }

  _set(settings, set) {
    this._positions.forEach(({ sides }, position) => {
      panGains(position, settings.spread).forEach((gain, side) => set(sides[side].gain, gain));
    });
    const filtered = settings.cutoff_wanders || settings.cutoff > 0;
    set(this._dry.gain, filtered ? 0 : 1);
    set(this._wet.gain, filtered ? 1 : 0);
  }

  _position() {
    const input = this._context.createGain();
    const sides = [this._context.createGain(), this._context.createGain()];
    sides.forEach((side, channel) => input.connect(side).connect(this._merger, 0, channel));
    return { input, sides };
  }
}

// A Butterworth low-pass whose cutoff is fixed, or wanders in straight lines between random targets.
class RandomLowPass {
  constructor(context) {
    this.node = context.createBiquadFilter();
    this.node.Q.value = 20 * Math.log10(Math.SQRT1_2);
    this._highest = HIGHEST_CUTOFF * context.sampleRate;
    this._line = null;
    this._seed = null;
    this._left = 0; // seconds to the target
  }

  change(settings, time) {
    this._settings = settings;
    this._left = 0;
    if (settings.cutoff > 0 && !settings.cutoff_wanders) this._move(settings.cutoff, time, SMOOTH);
  }

  extend(time, until) {
    if (!this._settings.cutoff_wanders) return;
    while (!this._line || this._line.end < until) {
      if (this._left < 1e-6) this._choose();
      const seconds = Math.min(this._left, WANDER_PIECE);
      const before = this._line ? this._line.to : this._target;
      this._move(before + ((this._target - before) * seconds) / this._left, time, seconds);
      this._left -= seconds;
    }
  }

  _choose() {
    const { cutoff_low: low, cutoff_high: high, cutoff_rate: rate, cutoff_seed: seed } = this._settings;
    if (this._seed !== seed) this._random = new RandomStream(BigInt(seed));
    this._seed = seed;
    this._target = this._random.uniform(Math.min(low, high), Math.max(low, high));
    this._left = 1 / rate;
  }

  // In a straight line from where the last one ends, or from `time` on.
  _move(cutoff, time, seconds) {
    const value = Math.min(Math.max(cutoff, LOWEST_CUTOFF), this._highest);
    if (!this._line) {
      this._line = new AudioLine(value);
      this._line.drive(this.node.frequency, 0, 1, time);
    }
    this._line.glide(value, Math.max(time, this._line.end), seconds);
  }
}

// Move a parameter that nothing else moves to `value`, without a jump.
function smoothlySet(param, value, time) {
  param.setTargetAtTime(value, time, SMOOTH / 3);
}

function ceilingPoints() {
  const half = (CEILING_POINTS - 1) / 2;
  return Float32Array.from({ length: CEILING_POINTS }, (_, i) =>
    ceilingCurve(((i - half) / half) * CEILING_REACH),
  );
}
