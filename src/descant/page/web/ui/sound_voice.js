// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// One note: a sine at f, and the partials 2, 3 .. as one periodic wave at f (1 + stretch).
import { AudioLine, Envelope } from "./sound_envelope.js";
import { partialAmplitudes, partialCount } from "./sound_levels.js";

// Longest overhang of the oscillators after the note's end, in seconds.
const OVERHANG = 0.02;
// Phases of the partials in half turns, by the partial's number. All notes begin at phase 0, so these
// lie apart: partials that meet in a consonant chord neither cancel nor double each other.
const PHASES = [-0.25, 0, 0.5, 0.25];
// Seconds in which the power of slow decays is looked at.
const POWER_GRID = 8192 / 48000;
// Shortest glide, in seconds.
const SHORTEST_GLIDE = 0.005;

// The periodic waves of the overtones, made once for each number of partials.
export class OvertoneWaves {
  constructor(context, settings) {
    this._context = context;
    this._settings = settings;
    this._amplitudes = partialAmplitudes(settings);
    this._waves = new Map();
    this.peak = this._amplitudes.reduce((sum, a) => sum + a, 0); // of a note at level 1, at most
    this.meanSquare = this._amplitudes.reduce((sum, a) => sum + a * a, 0) / 2;
    this.fades = settings.detune_fades;
  }

  // Whether these waves are those of other settings too.
  fits({ partials, partial_balance: balance, detune_fades: fades, max_detune: highest }) {
    const own = this._settings;
    const same = own.partials === partials && own.detune_fades === fades;
    return same && own.max_detune === highest && `${own.partial_balance}` === `${balance}`;
  }

  // The wave for a fundamental, or null if no overtone is low enough.
  of(frequency) {
    const count = partialCount(frequency, this._settings, this._context.sampleRate);
    if (count < 2) return null;
    if (!this._waves.has(count)) {
      this._waves.set(count, this._make(count));
    }
    return this._waves.get(count);
  }

  _make(count) {
    const cosines = new Float32Array(count + 1);
    const sines = new Float32Array(count + 1);
    for (let k = 2; k <= count; k++) {
      const phase = PHASES[k % PHASES.length] * Math.PI;
      cosines[k] = this._amplitudes[k - 1] * Math.sin(phase);
      sines[k] = this._amplitudes[k - 1] * Math.cos(phase);
    }
    return this._context.createPeriodicWave(cosines, sines, { disableNormalization: true });
  }
}

export class SoundVoice {
  // A silent voice from `time` on, that plays into `output`; `sides`: its gains to left and right.
  constructor(context, waves, { key, frequency, stretch, output, sides, time }) {
    this.key = key;
    this.frequency = frequency;
    this._sides = sides.map((gain) => gain * gain * waves.meanSquare);
    this._stretch = new AudioLine(stretch);
    const level = context.createGain();
    level.gain.value = 0;
    level.connect(output);
    // Some keys are upside down, so that a chord does not begin with one peak of all its notes.
    this.envelope = new Envelope(level.gain, Math.floor(key / 2) % 2 ? -1 : 1);
    const sine = context.createOscillator();
    sine.frequency.value = frequency;
    sine.connect(level);
    this._oscillators = [sine];
    const wave = waves.of(frequency);
    if (wave) this._addOvertones(context, wave, waves.fades, { frequency, level, time });
    for (const oscillator of this._oscillators) oscillator.start(time);
    sine.onended = () => level.disconnect();
  }

  // From the present level to `peak`, see `Envelope.strike`.
  strike(time, peak, attack, decay, depth) {
    this.envelope.strike(time, peak, attack, decay, depth);
    this._stopAtEnd();
  }

  // The power to the left and right from `start` to `end`, at most. A slow decay counts with the
  // level that it had at the last point of a coarse grid, as in descant/synth.
  power(start, end) {
    const { envelope } = this;
    const level = envelope.level(start);
    const grid = POWER_GRID * Math.floor(start / POWER_GRID);
    const before = envelope.level(Math.max(envelope.peakTime, grid));
    const slow = start > envelope.peakTime && before < 2 * level;
    const top = Math.max(slow ? before : level, envelope.level(end));
    return this._sides.map((side) => top * top * side);
  }

  damp(time, seconds) {
    this.envelope.damp(time, seconds);
    this._stopAtEnd();
  }

  fade(time, seconds) {
    this.envelope.fade(time, seconds);
    this._stopAtEnd();
  }

  // Let the overtones glide to a new stretch, from wherever the last glide has come to.
  retune(time, stretch, seconds) {
    this._stretch.glide(stretch, time, Math.max(seconds, SHORTEST_GLIDE));
  }

  _addOvertones(context, wave, fades, { frequency, level, time }) {
    const overtones = context.createOscillator();
    overtones.setPeriodicWave(wave);
    this._stretch.drive(overtones.frequency, frequency, frequency, time);
    this._oscillators.push(overtones);
    if (!fades) {
      overtones.connect(level);
      return;
    }
    const fade = context.createGain();
    this._stretch.drive(fade.gain, 1, -1, time);
    overtones.connect(fade);
    fade.connect(level);
  }

  _stopAtEnd() {
    for (const oscillator of this._oscillators) oscillator.stop(this.envelope.end + OVERHANG);
  }
}
