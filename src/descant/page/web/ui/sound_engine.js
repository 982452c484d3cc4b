// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// All voices that sound in one audio context, and the master behind them. Every call has its time,
// in seconds of the context; times only grow.
import { decayTime, gainOfDb, panGains, panPosition } from "./sound_levels.js";
import { SoundMaster } from "./sound_master.js";
import { OvertoneWaves, SoundVoice } from "./sound_voice.js";

// Seconds to silence when a voice is stolen: short, but without a click.
const FADE = 0.005;

export class SoundEngine {
  constructor(context, settings) {
    this.context = context;
    this.master = new SoundMaster(context, settings);
    this._settings = settings;
    this._waves = new OvertoneWaves(context, settings);
    this._voices = new Map(); // handle -> SoundVoice
  }

  // Whether there is anything to plan: voices, or a limiter that has not come back.
  busy(time) {
    return this._voices.size > 0 || this.master.limiter.at(time) < 1;
  }

  handles() {
    return [...this._voices.keys()];
  }

  voice(handle) {
    return this._voices.get(handle);
  }

  // The amplitude of a voice, 0 where there is none.
  level(handle, time) {
    return this._voices.get(handle)?.envelope.level(time) ?? 0;
  }

  // A new voice for `handle`, silent until it is struck. Whatever had the handle must be silent.
  open(handle, { key, frequency, stretch }, time) {
    const voice = new SoundVoice(this.context, this._waves, {
      key,
      frequency,
      stretch,
      output: this.master.input(key),
      sides: panGains(panPosition(key), this._settings.spread),
      time,
    });
    this._voices.set(handle, voice);
  }

  // Strike a voice with `gain`, 0..1.
  strike(handle, gain, time) {
    const { level, attack, decay_depth: depth } = this._settings;
    const voice = this._voices.get(handle);
    const peak = (gain * gainOfDb(level)) / this._waves.peak;
    voice.strike(time, peak, attack, decayTime(voice.key, this._settings), depth);
  }

  damp(handle, seconds, time) {
    this._voices.get(handle)?.damp(time, seconds);
  }

  fade(handle, time) {
    this._voices.get(handle)?.fade(time, FADE);
  }

  // Fade a voice, and free its handle at once.
  drop(handle, time) {
    const voice = this._voices.get(handle);
    if (!voice) return;
    voice.fade(time, FADE);
    this._voices.delete(handle);
    this._voices.set(Symbol("fading"), voice);
  }

  // Let the overtones of voices glide to `stretch`.
  retune(handles, stretch, time) {
    for (const handle of handles) {
      this._voices.get(handle)?.retune(time, stretch, this._settings.glide);
    }
  }

  // Forget the voices that are silent at `time`, and return their handles.
  collect(time) {
    const ended = this.handles().filter((handle) => this._voices.get(handle).envelope.end <= time);
    for (const handle of ended) this._voices.delete(handle);
    return ended;
  }

  // Levels have changed at `time`: plan the gain until `until`.
  settle(time, until) {
    this.master.limiter.plan(time, until, this._power, this._risenAt());
    this.master.extend(time, until);
  }

  // It is `time`: go on with what is planned until `until`.
  extend(time, until) {
    this.master.limiter.extend(time, until, this._power, this._risenAt());
    this.master.extend(time, until);
  }

  // New settings for the notes struck from now on.
  change(settings, time) {
    this._settings = settings;
    if (!this._waves.fits(settings)) this._waves = new OvertoneWaves(this.context, settings);
    this.master.change(settings, time);
  }

  // The highest mean square of the louder channel from `start` to `end`.
  _power = (start, end) => {
    let left = 0;
    let right = 0;
    for (const voice of this._voices.values()) {
      const power = voice.power(start, end);
      left += power[0];
      right += power[1];
    }
    return Math.max(left, right);
  };

  _risenAt() {
    let latest = 0;
    for (const voice of this._voices.values()) latest = Math.max(latest, voice.envelope.peakTime);
    return latest;
  }
}
