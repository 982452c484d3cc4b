// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What is heard of a learner's steps: a quiet melody, a note a step; or a chord that is held.

// Chords that follow one another, each over a bar of eight steps; keys of the upper half.
const MELODY_CHORDS = [
  [60, 64, 67, 71, 74, 79],
  [60, 64, 69, 72, 76, 79],
  [62, 65, 69, 72, 77, 81],
  [62, 65, 67, 71, 74, 77],
];
const MELODY_PATTERN = [0, 2, 1, 3, 4, 2, 3, 1];
const MELODY_CLOSE = [48, 60, 64, 67, 74];
const MELODY_BASS = [36, 45, 38, 43];
const MELODY_ACCENTS = [11000, 8200, 9000, 8200, 9800, 8200, 9000, 8200];
const MELODY_NEAREST_S = 0.11; // no two notes are nearer in time
const MELODY_LENGTH_S = 1.3;
const MELODY_MOST = 14; // notes at once
// Left-hand chords below middle C.
const HELD_CHORDS = [
  [45, 52, 55, 59],
  [41, 48, 52, 57],
  [38, 45, 53, 57],
  [43, 50, 53, 59],
];

// The notes of a held chord that are struck again; from 4 on an octave higher.
const HELD_PATTERN = [0, 2, 3, 5, 4, 3, 2, 1];
const HELD_GAP_S = 0.3;
const HELD_FIRST_S = 0.6; // until the first of them
const HELD_LENGTH_S = 3.2;

let learningNoteIds = 1e9; // far from the ids of played notes

export class LearningSound {
  constructor(page) {
    this._page = page;
    this.most = page.defaults("synth").max_detune;
    this._notes = new Map(); // id -> timer that releases it
    this._count = 0;
    this._last = -Infinity;
    this.on = true;
  }

  // Start the audio, in a gesture; return whether the browser allows it.
  wake() {
    if (navigator.userActivation?.hasBeenActive === false) return false;
    this._page.sound.resume();
    return true;
  }

  // Let the next note be the first of the melody again.
  restart() {
    this._count = 0;
  }

  // The note of a step, detuned by the loss there; none where the last one is too near.
  step(loss) {
    const now = performance.now() / 1000;
    const index = this._count % MELODY_PATTERN.length;
    if (!this.on || now - this._last < MELODY_NEAREST_S) return;
    const chord = MELODY_CHORDS[Math.floor(this._count / MELODY_PATTERN.length) % MELODY_CHORDS.length];
    this._count += 1;
    this._last = now;
    this._strike(chord[MELODY_PATTERN[index]], MELODY_ACCENTS[index], loss, MELODY_LENGTH_S);
  }

  // The bass note that begins an episode.
  bass(number, loss) {
    if (this.on) this._strike(MELODY_BASS[number % MELODY_BASS.length], 9500, loss, 2.2);
  }

  // The chord in which a melody ends, nearly in tune.
  close(loss) {
    if (this.on) MELODY_CLOSE.forEach((key) => this._strike(key, 8600, loss, 2.6));
  }

  // Hold the chord of episode `number` until `silence`.
  chord(number, loss) {
    this.silence();
    this._keys = HELD_CHORDS[number % HELD_CHORDS.length];
    if (!this.on) return;
    for (const key of this._keys) this._strike(key, 9200, loss, HELD_LENGTH_S);
    this._last = performance.now() / 1000 + HELD_FIRST_S;
    this._count = 0;
  }

  // Strike the notes of a held chord again, one after the other, since they die away.
  roll(loss) {
    const now = performance.now() / 1000;
    if (!this.on || now - this._last < HELD_GAP_S) return;
    this._last = now;
    const place = HELD_PATTERN[this._count % HELD_PATTERN.length];
    this._count += 1;
    this._strike(this._keys[place % 4] + (place < 4 ? 0 : 12), place ? 7000 : 8000, loss, HELD_LENGTH_S);
  }

  // Detune the notes that sound by `loss`.
  retune(loss) {
    if (this._notes.size) this._page.sound.retune(this.stretch(loss), [...this._notes.keys()]);
  }

  silence() {
    for (const id of [...this._notes.keys()]) this._release(id);
  }

  // How far the overtones are stretched at a loss.
  stretch(loss) {
    return loss <= this.most ? loss : this.most;
  }

  _strike(key, velocity, loss, seconds) {
    if (this._notes.size >= MELODY_MOST) this._release(this._notes.keys().next().value);
    const id = (learningNoteIds += 1);
    this._page.sound.strike({ id, key, velocity14bit: velocity, stretch: this.stretch(loss) });
    this._notes.set(id, setTimeout(() => this._release(id), 1000 * seconds));
  }

  _release(id) {
    clearTimeout(this._notes.get(id));
    this._notes.delete(id);
    this._page.sound.release(id);
  }
}
