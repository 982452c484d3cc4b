// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The synthesiser, by Web Audio: levels, curves and glides are those of descant/synth.
//
// Where there is no audio, or before the reader allowed it, every call is accepted and nothing
// sounds. `Sound.offline` renders the same into a buffer.
import { VoiceAllocator } from "./sound_allocator.js";
import { SoundEngine } from "./sound_engine.js";
import { boundedStretch, keyFrequency, releaseTime, velocityGain } from "./sound_levels.js";
import { AudioOutput } from "./sound_output.js";

// Seconds for which gain and low-pass are planned, and milliseconds between two plans.
const HORIZON = 1.5;
const PLAN_INTERVAL = 250;

export class Sound {
  // `settings`: parameters of the synthesiser by their names.
  constructor(settings) {
    this.settings = settings;
    this._allocator = new VoiceAllocator(settings);
    this._engine = null;
    this._struck = new Set(); // handles of the notes of `strike`, the oldest first
    this._offlineTime = null;
    this._last = 0;
    this._timer = 0;
    this._output = new AudioOutput({
      onOpen: (context) => (this._engine = new SoundEngine(context, this.settings)),
      onStop: () => this.panic(),
      onHide: (hidden) => this._hide(hidden),
    });
  }

  // A sound of `seconds` at `rate` Hz that `render` computes as fast as can be. Call `at(seconds)`
  // before what happens at that time; times only grow.
  static offline(settings, seconds, rate = 48000) {
    const sound = new Sound(settings);
    sound._offlineTime = 0;
    sound._output.useOffline(new OfflineAudioContext(2, Math.round(seconds * rate), rate));
    return sound;
  }

  at(seconds) {
    this._engine.extend(this._offlineTime, seconds);
    this._offlineTime = seconds;
    this._begin();
  }

  // The samples of an offline sound, as an AudioBuffer.
  render() {
    this._engine.extend(this._offlineTime, this.context.length / this.context.sampleRate);
    return this.context.startRendering();
  }

  // Start the audio; call it in every gesture that is to be heard. Resolves to whether it runs.
  resume() {
    return this._output.resume();
  }

  // Whether nothing can be heard until `resume` is called.
  get suspended() {
    return this._output.suspended;
  }

  // Call `callback` whenever `suspended` may have changed.
  watch(callback) {
    this._output.watchers.push(callback);
  }

  // The AudioContext; null before the first `resume`.
  get context() {
    return this._output.context;
  }

  // An AnalyserNode of everything that is heard; null before the first `resume`.
  get analyser() {
    return this._engine && this._engine.master.analyser;
  }

  // Seconds of the audio's clock; 0 before the first `resume`.
  now() {
    return this.context ? this.context.currentTime : 0;
  }

  // Let a note sound until `release(id)`. `frequency` in Hz, if it is not that of the key. A note of
  // an id that sounds already is struck again.
  strike({ id, key, velocity14bit = 10000, stretch = 0, frequency }) {
    if (!this._output.audible) return;
    const time = this._begin();
    const handle = struckHandle(id);
    const tuned = boundedStretch(stretch, this.settings) ?? 0;
    const pitch = frequency ?? keyFrequency(key, this.settings.a4);
    if (this._engine.voice(handle)?.frequency === pitch) {
      this._engine.retune([handle], tuned, time);
    } else {
      this._drop(handle, time);
      this._engine.open(handle, { key, frequency: pitch, stretch: tuned }, time);
    }
    this._struck.delete(handle);
    this._struck.add(handle);
    if (this._struck.size > this.settings.voices) this._drop([...this._struck][0], time);
    this._engine.strike(handle, velocityGain(velocity14bit, this.settings), time);
    this._settle(time);
  }

  // Damp a note of `strike`.
  release(id) {
    if (!this._engine) return;
    const time = this._begin();
    const voice = this._engine.voice(struckHandle(id));
    if (!voice) return;
    voice.damp(time, releaseTime(voice.key, this.settings));
    this._settle(time);
  }

  // Let the overtones of the notes of `ids`, or of all that sound, glide to `stretch`.
  retune(stretch, ids) {
    const tuned = boundedStretch(stretch, this.settings);
    if (tuned === null || !this._engine) return;
    const handles = ids ? ids.map(struckHandle) : this._engine.handles();
    this._engine.retune(handles, tuned, this._time());
  }

  // A note or a pedal of a performance.
  take(event) {
    if (event.kind === "pedal") this._perform(() => this._allocator.pedal(event));
    else this._perform((level) => this._allocator.note(event, level));
  }

  // A state of the learner: it detunes the overtones. `settings`: those of the synthesiser from now
  // on, if they have changed.
  state(state, settings) {
    if (settings && settings !== this.settings) this.change(settings);
    this._perform(() => this._allocator.state(state));
  }

  // Silence everything in a few milliseconds.
  panic() {
    for (const handle of [...this._struck]) this._drop(handle, this._time());
    this._perform(() => this._allocator.panic());
  }

  // New settings for the notes struck from now on.
  change(settings) {
    if (settings.voices !== this.settings.voices) this._replaceAllocator(settings);
    this.settings = settings;
    if (this._engine) this._engine.change(settings, this._time());
    this._perform(() => this._allocator.change(settings));
  }

  // Let the allocator take something, and do what it commands.
  _perform(commandsOf) {
    const time = this._engine ? this._begin() : 0;
    const commands = commandsOf((voice) => this._engine?.level(voice, time) ?? 0);
    if (!this._output.audible) return this._silence(commands, time);
    for (const command of commands) this._apply(command, time);
    if (commands.some(({ kind }) => kind !== "retune")) this._settle(time);
    return undefined;
  }

  _apply({ kind, voice, key, gain, stretch, again, seconds, voices }, time) {
    const engine = this._engine;
    if (kind === "damp") engine.damp(voice, seconds, time);
    else if (kind === "fade") engine.fade(voice, time);
    else if (kind === "retune") engine.retune(voices, stretch, time);
    else {
      const frequency = keyFrequency(key, this.settings.a4);
      if (again) engine.retune([voice], stretch, time);
      else engine.open(voice, { key, frequency, stretch }, time);
      engine.strike(voice, gain, time);
    }
  }

  // Start nothing and end everything: keys and pedals are followed, but nothing can be heard.
  _silence(commands, time) {
    for (const { kind, voice } of [...commands, ...this._allocator.panic()]) {
      if (kind !== "fade") continue;
      if (this._engine?.voice(voice)) this._engine.fade(voice, time);
      else this._allocator.ended(voice);
    }
  }

  _drop(handle, time) {
    this._engine.drop(handle, time);
    this._struck.delete(handle);
  }

  _replaceAllocator(settings) {
    this._allocator = new VoiceAllocator(settings);
    if (!this._engine) return;
    const numbers = this._engine.handles().filter((handle) => typeof handle === "number");
    for (const number of numbers) this._engine.drop(number, this._time());
  }

  _hide(hidden) {
    this._engine.master.mute(hidden, this._time());
    if (hidden) this.panic();
  }

  // The time of what happens now; it never goes back.
  _time() {
    this._last = Math.max(this._last, this._offlineTime ?? this._output.time);
    return this._last;
  }

  // The same, when the voices that have ended are free.
  _begin() {
    const time = this._time();
    for (const handle of this._engine.collect(time)) {
      if (typeof handle === "number") this._allocator.ended(handle);
      this._struck.delete(handle);
    }
    return time;
  }

  // Levels have changed: plan the gain, here and from time to time as long as anything sounds.
  _settle(time) {
    if (this._offlineTime !== null) return this._engine.settle(time, time);
    this._engine.settle(time, time + HORIZON);
    this._output.scheduled();
    if (!this._timer) this._timer = setTimeout(() => this._goOn(), PLAN_INTERVAL);
    return undefined;
  }

  _goOn() {
    const time = this._begin();
    this._engine.extend(time, time + HORIZON);
    const busy = !this.suspended && this._engine.busy(time);
    this._timer = busy ? setTimeout(() => this._goOn(), PLAN_INTERVAL) : 0;
  }
}

const struckHandle = (id) => `struck ${id}`;
