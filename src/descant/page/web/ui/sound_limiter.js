// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The gain of the whole sound: the limiter of descant/synth/master.py. It needs no look-ahead, as
// the levels of all notes are known before they sound.
import { ParamSchedule } from "./sound_envelope.js";
import { SOUND_KNEE } from "./sound_levels.js";

// Notes that are not in phase peak at about this times the root of their power.
const CREST = 3.6;
const RECOVERY = 0.25; // seconds
// Steps in which the gain is planned: while levels rise, and otherwise.
const SHORT_STEP = 256 / 48000;
const LONG_STEP = 1024 / 48000;
const HIGHEST_POWER = (SOUND_KNEE / CREST) ** 2;

export class SoundLimiter {
  // `param` moves as `scale` times the gain.
  constructor(param, scale) {
    this._param = param;
    this._schedule = new ParamSchedule(param);
    this._scale = scale;
    this._knots = [[0, 1]]; // [time, gain] of straight lines
    param.value = scale;
  }

  // The gain at `time`.
  at(time) {
    const knots = this._knots;
    const next = knots.findIndex(([knot]) => knot > time);
    if (next < 0) return knots[knots.length - 1][1];
    if (next === 0) return knots[0][1];
    const [[t0, before], [t1, after]] = [knots[next - 1], knots[next]];
    return before + ((after - before) * (time - t0)) / (t1 - t0);
  }

  // Levels have changed at `time`: plan anew until `until`. `power(start, end)` is the highest mean
  // square of a channel in that time, and rises until `risenAt` at most.
  plan(time, until, power, risenAt) {
    const gain = this.at(time);
    this._schedule.cut(this._scale * gain, time, this._knots[this._knots.length - 1][0]);
    this._knots = [[time, gain]];
    this.extend(time, until, power, risenAt);
  }

  // It is `now`: go on with the plan until `until`.
  extend(now, until, power, risenAt) {
    let [time, gain] = this._knots[this._knots.length - 1];
    if (time < now && gain < 1) return this.plan(now, until, power, risenAt);
    while (time < until && (time < risenAt || gain < 1)) {
      const rising = time < risenAt;
      const end = time + (rising ? SHORT_STEP : LONG_STEP);
      gain = nextGain(gain, power(time, end), rising);
      time = end;
      this._knots.push([time, gain]);
      this._param.linearRampToValueAtTime(this._scale * gain, time);
    }
    return undefined;
  }
}

function nextGain(gain, power, rising) {
  const wanted = power <= HIGHEST_POWER ? 1 : SOUND_KNEE / (CREST * Math.sqrt(power));
  if (wanted <= gain) return wanted;
  const step = rising ? SHORT_STEP : LONG_STEP;
  const nearer = gain + (wanted - gain) * (1 - Math.exp(-step / RECOVERY));
  return nearer > 0.9999 ? 1 : nearer;
}
