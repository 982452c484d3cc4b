// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What is being played on the page: a performance, its clock, a file that plays into it, and who is
// told of everything that happens.
import { midiTime } from "../core/midi.js";
import { PieceFile } from "./piece_file.js";
import { PiecePerformance, pieceBase } from "./piece_performance.js";

const NS = 1e6; // in a millisecond
const BEHIND_NS = 4 * NS; // a step is made so long after its time, for a release that is on its way
const LONGEST_WORK = 24; // ms of computing before the browser gets its turn
const PAST_EPISODES = 8; // that are shown after a jump
const LONGEST_LEAP_NS = 1000 * NS; // of the clock while a file plays: the machine slept

export class PieceSession {
  // `outlet` has note(event), pedal(event), episode(event), state(event), part(event, settings,
  // fresh), change(settings), silence() and moved(): where the file is, or whether it plays.
  constructor(page, outlet) {
    this.page = page;
    this.outlet = outlet;
    this.programmeName = Object.keys(page.data.programmes)[0];
    this.fixed = {}; // node -> {parameter: value}
    this.file = null; // the PieceFile that plays into it
    this.playing = false;
    this.takes = []; // earlier performances in which the visitor played
    this._zero = null; // performance.now() at time 0; null while the clock stands
    this._stoodNs = 0;
    this.restart(1);
  }

  get programme() {
    return this.page.data.programmes[this.programmeName];
  }

  get seed() {
    return this.performance.settings.learner.seed;
  }

  get running() {
    return this._zero !== null;
  }

  // The time of the performance now.
  nowNs() {
    return this.running ? Math.max(0, Math.round((performance.now() - this._zero) * NS)) : this._stoodNs;
  }

  // Where the file is.
  get positionNs() {
    const position = this.playing ? this.nowNs() - this._offsetNs : this._pausedNs;
    return Math.min(Math.max(position, 0), this.file?.durationNs ?? 0);
  }

  // Let the clock run, and the page know that the piece sounds now.
  wake() {
    this._stop ??= () => this.sleep();
    this.page.claim(this._stop);
    if (this.running) return;
    this._zero = performance.now() - this._stoodNs / NS;
    this.outlet.change(this.performance.settings);
  }

  // Silence; the clock stands until something is played.
  sleep() {
    if (!this.running) return;
    this.panic();
    this._stoodNs = Math.max(midiTime(this.nowNs()), this.performance.timeNs);
    this._zero = null;
  }

  // A new performance from time 0 in a part; the file, if there is one, is at its start.
  restart(part = this.performance.part.number) {
    this._keep();
    this.outlet.silence();
    this.playing = false;
    this._begin(part);
    this.outlet.moved();
  }

  // The visitor plays a MIDI message.
  play(bytes) {
    this.wake();
    const now = this._advanced();
    if (bytes[0] >> 4 === 9 && bytes[2]) this.ownNotes += 1;
    this.performance.play(bytes, midiTime(now));
  }

  // Everything that is due: of the file, and of held keys. Call it at least once a frame.
  tick() {
    if (!this.running) return;
    const now = this._advanced();
    this.performance.advance(now - BEHIND_NS);
  }

  panic() {
    if (this.playing) this.pause();
    this.performance.releaseAll(midiTime(this.nowNs()));
    this.outlet.silence();
  }

  // Go to a part: to where the file has it, else by the soft pedal, else by beginning again.
  async goTo(number) {
    const at = this.playing && this.file.parts.find((part) => part.number === number);
    if (at) return this.seek(at.timeNs);
    this.wake();
    if (number === this.performance.part.number || !this.performance.reaches(number)) return this.restart(number);
    this.performance.goTo(number, midiTime(this._advanced()));
  }

  // Let parameters hold in all parts: at once, but for the seed, which waits for `restart`.
  set(node, values) {
    this.fixed[node] = { ...this.fixed[node], ...values };
    if (this.performance.notes) this.changed = true;
    this._apply();
  }

  // Give up what was set.
  unset() {
    const { seed } = this.fixed.learner ?? {};
    this.fixed = seed === undefined ? {} : { learner: { seed } };
    this._apply();
  }

  // Another programme.
  choose(name, part = 1) {
    this.programmeName = name;
    this.restart(part);
    this._findParts();
  }

  // Load a file (as of `readMidi`); it plays when `resume` is called.
  load(name, read, part = 1) {
    this.file = new PieceFile(name, read, part);
    this.restart(part);
    this._findParts();
  }

  // Play on, from the start where the file is at its end or another performance was begun.
  resume() {
    const other = !this.file.begun && this.performance.events.length > 0;
    if (this.file.ended || other) this.restart(this.file.first);
    this.wake();
    this.playing = true;
    this._reachedNs = this.nowNs();
    this._offsetNs = this._reachedNs - this._pausedNs;
    this.file.press(this.performance, this.nowNs());
    this.outlet.moved();
  }

  pause() {
    if (!this.playing) return;
    const now = this._advanced();
    this._pausedNs = this.positionNs;
    this.playing = false;
    this.file.release(this.performance, now);
    this.outlet.moved();
  }

  // Jump to a place of the file: all before it is performed in silence.
  async seek(positionNs) {
    const playing = this.playing || this._jumping;
    this._jumping = playing;
    this.restart(this.file.first);
    const performance = this.performance;
    const seen = this._beQuiet();
    for (const work = { until: 0 }; this.file.nextNs <= positionNs; ) {
      this.file.play(performance, this.file.nextNs);
      if (!(await pieceTurn(work)) || this.performance !== performance) return;
    }
    this._pausedNs = this._stoodNs = positionNs;
    if (this.running) this._zero = window.performance.now() - positionNs / NS;
    performance.advance(positionNs);
    this._beHeard(seen);
    this._jumping = false;
    if (playing && !this.file.ended) this.resume();
    else this.outlet.moved();
  }

  // The performance as it is saved.
  take() {
    const { events, notes } = this.performance;
    const { programmeName: programme, changed, seed } = this;
    return { events: [...events], notes, programme, seed, fixed: structuredClone(this._fixedAtStart), changed };
  }

  _begin(part) {
    this.ownNotes = 0;
    this.changed = false;
    this._quiet = null;
    this._offsetNs = this._pausedNs = this._stoodNs = 0;
    this.file?.rewind();
    this._fixedAtStart = structuredClone(this.fixed);
    if (this.running) this._zero = performance.now();
    const base = pieceBase(this.page, this.programme);
    this.performance = null;
    this.performance = new PiecePerformance({
      programme: this.programme,
      base,
      fixed: this.fixed,
      emit: (event) => this._hear(event),
    });
    this._fresh = true;
    this._hear(this.performance.part);
    this._fresh = false;
    if (part > 1) this.performance.goTo(part, 0);
  }

  _apply() {
    const seed = this._fixedAtStart.learner?.seed;
    const now = structuredClone(this.fixed);
    if (now.learner) delete now.learner.seed;
    if (seed !== undefined) now.learner = { ...now.learner, seed };
    if (!this.performance.notes) return this._anew();
    this._fixedAtStart = now;
    this.performance.change(now, midiTime(this.nowNs()));
    this.outlet.change(this.performance.settings);
  }

  // Begin again, and let the file play on where it played.
  _anew() {
    const playing = this.playing;
    this.restart();
    if (playing) this.resume();
  }

  // Pass on what happens; while the performance is quiet, remember what is shown afterwards.
  _hear(event) {
    if (!this.performance) return; // it is being made
    const settings = this.performance.settings;
    if (this._quiet) this._remember(event);
    else if (event.kind === "part") this.outlet.part(event, settings, this._fresh);
    else this.outlet[event.kind](event);
  }

  _remember(event) {
    const seen = this._quiet;
    if (event.kind === "part") Object.assign(seen, { part: event, episodes: [], state: null });
    else if (event.kind === "episode") seen.episodes = [...seen.episodes.slice(1 - PAST_EPISODES), event];
    else if (event.kind === "state") seen.state = event;
    else if (event.kind === "pedal") seen.pedals.set(event.pedal, event);
  }

  _beQuiet() {
    this._quiet = { part: null, episodes: [], state: null, pedals: new Map() };
    return this._quiet;
  }

  _beHeard({ part, episodes, state, pedals }) {
    this._quiet = null;
    if (part) this.outlet.part(part, this.performance.settings, true);
    for (const pedal of pedals.values()) this.outlet.pedal(pedal);
    for (const episode of episodes) this.outlet.episode(episode);
    if (state) this.outlet.state(state);
  }

  // Play what is due of the file; return the time. After a leap the file goes on where it was.
  _advanced() {
    const leap = this.nowNs() - this._reachedNs;
    if (this.playing && leap > LONGEST_LEAP_NS) this._zero += leap / NS;
    const now = (this._reachedNs = this.nowNs());
    const { file } = this;
    while (this.playing && file.nextNs + this._offsetNs <= now) file.play(this.performance, file.nextNs + this._offsetNs);
    if (this.playing && file.ended) {
      this._pausedNs = file.durationNs;
      this.playing = false;
      this.outlet.moved();
    }
    return now;
  }

  _findParts() {
    this.file?.findParts(this.programme, this.performance.base.conductor);
    this.outlet.moved();
  }

  _keep() {
    if (!this.performance || !this.ownNotes) return;
    this.takes = [this.take(), ...this.takes].slice(0, 5);
  }
}

// Let the browser have its turn where much was computed; resolves to true.
async function pieceTurn(work) {
  const now = performance.now();
  if (now < work.until) return true;
  if (work.until) await new Promise((resolve) => setTimeout(resolve));
  work.until = performance.now() + LONGEST_WORK;
  return true;
}
