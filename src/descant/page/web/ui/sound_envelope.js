// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Lines of audio parameters that are known at every time: each begins where the last has come to,
// so nothing ever jumps, in browsers without cancelAndHoldAtTime too. Times are seconds of the
// audio context.
import { gainOfDb } from "./sound_levels.js";

// Decibels as a natural logarithm of an amplitude ratio.
const NEPER = Math.LN10 / 20;
// An attack is straight lines no longer than this.
const ATTACK_PIECE = 0.008;

// The schedule of an audio parameter whose value is known at every time.
export class ParamSchedule {
  constructor(param) {
    this.param = param;
    this._start = 0; // of what is scheduled
    this._arriving = false; // whether a straight line ends at the start
  }

  // Cut the schedule at `time`, where it is at `value`; its straight lines end at `last`. What comes
  // before `time` stays, and that is why the end of a line that is cut is scheduled again.
  cut(value, time, last) {
    this._arriving = time <= last && (time > this._start || this._arriving);
    this._start = time;
    this.param.cancelScheduledValues(time);
    if (this._arriving) this.param.linearRampToValueAtTime(value, time);
    else this.param.setValueAtTime(value, time);
  }
}

// Audio parameters on a straight line from one value to another, constant before and behind.
export class AudioLine {
  constructor(value) {
    this.from = this.to = value;
    this.start = this.end = 0;
    this._outputs = [];
  }

  // Let `param` follow the line as `offset + factor * value`, from `time` on.
  drive(param, offset, factor, time) {
    this._outputs.push({ schedule: new ParamSchedule(param), offset, factor });
    param.value = offset + factor * this.to;
    param.setValueAtTime(offset + factor * this.to, time);
  }

  at(time) {
    if (time >= this.end) return this.to;
    if (time <= this.start) return this.from;
    return this.from + ((this.to - this.from) * (time - this.start)) / (this.end - this.start);
  }

  // Go on in a straight line from wherever it is at `time` to `value` at `time + seconds`.
  glide(value, time, seconds) {
    const now = this.at(time);
    for (const { schedule, offset, factor } of this._outputs) {
      schedule.cut(offset + factor * now, time, this.end);
      schedule.param.linearRampToValueAtTime(offset + factor * value, time + seconds);
    }
    [this.from, this.to, this.start, this.end] = [now, value, time, time + seconds];
  }
}

// The level of one note: a straight attack, then an exponential decay that ends in exact silence
// when it has fallen by the decay depth. level = scale * decay - offset.
export class Envelope {
  // `param` moves as `sign` times the level.
  constructor(param, sign) {
    this._param = param;
    this._schedule = new ParamSchedule(param);
    this._sign = sign;
    this._base = 0; // level at which the attack began
    this._begin = 0; // .. and when
    this._attack = 0; // seconds
    this._decay = 0; // at `_since`
    this._since = 0;
    this._rate = 0; // of the decay, per second
    this._undamped = 0;
    this._depth = 60;
    this._scale = this._offset = 0;
    this._knots = [[0, 0]]; // [time, level] of the attack's straight lines
    this.end = 0; // when it is silent
  }

  // When the attack has ended.
  get peakTime() {
    return this._knots[this._knots.length - 1][0];
  }

  // The level at `time`, exactly as the parameter has it.
  level(time) {
    const knots = this._knots;
    if (time >= this.peakTime) return this._target(time);
    let i = 1;
    while (knots[i][0] <= time) i += 1;
    const [[t0, before], [t1, after]] = [knots[i - 1], knots[i]];
    return before + ((after - before) * Math.max(0, time - t0)) / (t1 - t0);
  }

  // Strike: from the present level to `peak` in `attack` seconds, and fall by `depth` dB in `decay`
  // seconds.
  strike(time, peak, attack, decay, depth) {
    const silence = gainOfDb(-depth);
    this._aim(time, attack);
    this._depth = depth;
    this._scale = peak / (1 - silence);
    this._offset = this._scale * silence;
    this._decay = 1;
    this._since = time;
    this._rate = this._undamped = (NEPER * depth) / decay;
    this._draw(time, this._base);
  }

  // Lower the damper, so that the note falls by the depth in `seconds`; Infinity lifts it.
  damp(time, seconds) {
    const before = this.level(time);
    this._decay = this._decayAt(time);
    this._since = time;
    this._rate = this._undamped + (NEPER * this._depth) / seconds;
    this._draw(time, before);
  }

  // Go to silence in a straight line.
  fade(time, seconds) {
    this._aim(time, seconds);
    this._scale = this._offset = 0;
    this._draw(time, this._base);
  }

  _aim(time, seconds) {
    this._base = this.level(time);
    this._begin = time;
    this._attack = seconds;
  }

  _decayAt(time) {
    return this._decay * Math.exp(-this._rate * (time - this._since));
  }

  _target(time) {
    return Math.max(0, this._scale * this._decayAt(time) - this._offset);
  }

  // Where the attack should be at `time`: its straight way times the decay that has begun.
  _attackAt(time) {
    const part = (time - this._begin) / this._attack;
    return this._base + (this._target(time) - this._base) * part;
  }

  // Schedule everything from `time` on, where the level is `before`.
  _draw(time, before) {
    this._schedule.cut(this._sign * before, time, this.peakTime);
    this._knots = [[time, before]];
    const left = this._begin + this._attack - time;
    const pieces = left > 1e-6 ? Math.ceil(left / ATTACK_PIECE) : 0;
    for (let i = 1; i <= pieces; i++) {
      const knot = time + (left * i) / pieces;
      this._knots.push([knot, this._attackAt(knot)]);
      this._param.linearRampToValueAtTime(this._sign * this._attackAt(knot), knot);
    }
    this._drawDecay(this.peakTime);
  }

  // An exponential line towards `-offset` is exactly `scale * decay - offset`.
  _drawDecay(peakTime) {
    this.end = peakTime;
    if (this._target(peakTime) <= 0) return;
    const fall = Math.log((this._scale * this._decay) / this._offset);
    this.end = this._since + fall / this._rate;
    this._param.setTargetAtTime(-this._sign * this._offset, peakTime, 1 / this._rate);
    this._param.setValueAtTime(0, this.end);
  }
}
