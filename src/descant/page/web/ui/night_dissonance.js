// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The dissonance of a night over time, as descant/dissonance/sampled_notes.py and its neighbours: the
// synthesiser's own rules say which notes sound, and how loud; attacks, fades and glides take no time.
import { dissonance } from "../core/dissonance.js";
import { VoiceAllocator } from "./sound_allocator.js";
import { decayTime, gainOfDb, keyFrequency, partialAmplitudes, partialCount } from "./sound_levels.js";

const LOWEST_GAIN = 1e-3; // a note ends 60 dB below one at full velocity
const DISSONANCE_SLICE = 40; // samples from one pause to the next

// Give way to the page now and then; return { start, rate, highest, values }, `rate` values a second.
export function* nightDissonance(night, steps, base, rate) {
  const sounding = new NightSounding({ ...base });
  const values = new Float32Array(Math.floor((night.length * rate) / 1000) + 1);
  const events = night.timeline();
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    const time = (i * 1000) / rate;
    for (; next < events.length && events[next].time <= time; next++) sounding.take(events[next], night, steps, base);
    values[i] = sounding.measure(time);
    if (i % DISSONANCE_SLICE === 0) yield;
  }
  return { start: 0, rate, highest: values.reduce((most, value) => Math.max(most, value), 0) || 1, values };
}

class NightSounding {
  constructor(settings) {
    this._allocator = new VoiceAllocator(settings);
    this._voices = new Map();
    this._use(settings);
  }

  take({ kind, time, index }, night, steps, base) {
    this._endSilent(time);
    this._time = time;
    const allocator = this._allocator;
    if (kind === "part") {
      const settings = { ...base, ...night.parts[index].synth };
      this._use(settings);
      this._apply(allocator.change(settings));
    } else if (kind === "state") this._apply(allocator.state(steps.state(index)));
    else if (kind === "pedal") this._apply(allocator.pedal(nightPedal(night, index)));
    else this._apply(allocator.note(nightNote(night, index, kind === "on"), (voice) => this._level(voice, time)));
  }

  // The dissonance of all partials at a time.
  measure(time) {
    const [frequencies, amplitudes] = [[], []];
    for (const [number, voice] of this._voices) {
      const gain = this._level(number, time);
      if (gain < LOWEST_GAIN) continue;
      const fade = this._settings.detune_fades ? Math.abs(1 - voice.stretch) : 1;
      for (let k = 1; k <= voice.count; k++) {
        frequencies.push(k * voice.frequency * (k > 1 ? 1 + voice.stretch : 1));
        amplitudes.push(gain * this._amplitudes[k - 1] * (k > 1 ? fade : 1));
      }
    }
    return dissonance(frequencies, amplitudes);
  }

  _use(settings) {
    this._settings = settings;
    this._amplitudes = partialAmplitudes(settings);
  }

  _apply(commands) {
    for (const command of commands) {
      const voice = this._voices.get(command.voice);
      if (command.kind === "start") this._start(command);
      else if (command.kind === "retune") command.voices.forEach((each) => (this._voices.get(each).stretch = command.stretch));
      else if (command.kind === "damp") this._fallAt(voice, voice.undamped + this._settings.decay_depth / command.seconds);
      else {
        this._voices.delete(command.voice);
        this._allocator.ended(command.voice);
      }
    }
  }

  _start({ voice, key, gain, stretch }) {
    const settings = this._settings;
    const frequency = keyFrequency(key, settings.a4);
    const count = partialCount(frequency, settings, settings.sample_rate);
    const undamped = settings.decay_depth / decayTime(key, settings);
    const depth = settings.decay_depth;
    const started = { frequency, count, stretch, gain, undamped, depth, since: this._time, fallen: 0, speed: undamped };
    this._voices.set(voice, started);
  }

  // From now on a voice falls by `speed` dB a second.
  _fallAt(voice, speed) {
    voice.fallen += (voice.speed * (this._time - voice.since)) / 1000;
    voice.since = this._time;
    voice.speed = speed;
  }

  _level(number, time) {
    const voice = this._voices.get(number);
    if (!voice) return 0;
    const end = gainOfDb(-voice.depth);
    const fallen = voice.fallen + (voice.speed * (time - voice.since)) / 1000;
    return (voice.gain * Math.max(0, gainOfDb(-fallen) - end)) / (1 - end);
  }

  _endSilent(time) {
    for (const number of [...this._voices.keys()]) {
      if (this._level(number, time) > 0) continue;
      this._voices.delete(number);
      this._allocator.ended(number);
    }
  }
}

// A note of a night as an event, `id` its number from 1.
export function nightNote(night, index, on) {
  const { start, length, key, velocity } = night.notes;
  const time = start[index] + (on ? 0 : length[index]);
  const speed = on ? velocity[index] : 64;
  return { kind: "note", timeNs: time * 1e6, id: index + 1, on, key: key[index], velocity: speed, velocity14bit: speed << 7 };
}

// A movement of a pedal as an event.
export function nightPedal(night, index) {
  const { time, pedal, value } = night.pedals;
  return { kind: "pedal", timeNs: time[index] * 1e6, pedal: pedal[index], value: value[index] };
}
