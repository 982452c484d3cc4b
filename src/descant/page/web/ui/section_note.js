// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "note": partials that move away from the harmonics, seen, heard, and measured.
import { choice, figure, holdButton, make, panel, readout, row, slider } from "./controls.js";
import {
  NOTE_CHORDS, NOTE_SINGLE, noteBeatWords, noteNearPairs, notePartialName, notePartials, noteRoughness,
  noteRoughnessWords, noteStretchWords,
} from "./note_partials.js";
import {
  drawNoteBeats, drawNoteRoughness, drawNoteSpectrum, drawNoteWave, noteRoughnessCurve, noteStretchAt, noteStretchPlace,
} from "./note_pictures.js";
import { NoteBeats } from "./note_beats.js";
import { NotePlayer } from "./note_player.js";
import { reducedMotion } from "./shared.js";

// The picture follows the slider with this time constant, s.
const NOTE_FOLLOW = 0.06;
// Phases of the wave drift at most so fast, in turns per second: the eye can follow.
const NOTE_DRIFT = 0.8;

export function setUpNote(section, page) {
  new NoteFigure(section.querySelector('[data-figure="note"]'), page, [NOTE_SINGLE]);
  new NoteFigure(section.querySelector('[data-figure="chord"]'), page, NOTE_CHORDS);
}

class NoteFigure {
  // `chords`: what can be struck; with one note alone its wave is shown, with several their beats.
  constructor(place, page, chords) {
    this.settings = page.defaults("synth");
    this.player = new NotePlayer(page, (stretch) => this._setStretch(stretch));
    this.stretch = this.shown = 0.02;
    this.time = null;
    this.chords = chords;
    this.beating = new NoteBeats(page, () => (this.hearPair.value = false));
    this._makePictures();
    this._makeControls();
    place.append(this.spectrum.element, panel(this.stretchSlider), row(...this.player.controls()));
    if (chords.length > 1)
      place.append(panel(this.chord), this.pairPlace, this.beats.element, this.roughness.element, this.words);
    else place.append(this.wave.element);
    this._setChord(chords[0][0]);
    page.animate(place, (seconds) => this._draw(seconds));
  }

  _makePictures() {
    const single = this.chords.length === 1;
    this.spectrum = figure("The partials over the keys of a piano", "<b>The spectrum.</b> Each line is a partial and stands over the key of its pitch. The white one is the fundamental. Dashed: where an overtone belongs." + (single ? "" : " The bracket is over the two partials that are chosen below. (C4 is middle C.)"), { ratio: single ? 2.6 : 3 });
    this.wave = figure("The wave of the note", "<b>The wave.</b> In tune, its shape stands still. Detuned, it never repeats. (Slowed, so that the eye can follow.)", { ratio: 4.5 });
    this.beats = figure("One second of the two partials together", "<b>One second</b> of these two partials. Where the band is wide they are loud.", { ratio: 9 });
    this.roughness = figure("Roughness over L", "<b>The roughness</b> of what is struck, for each <var>L</var>, computed as listeners judged it in experiments. The dot is where you are.", { ratio: 3.4 });
  }

  _makeControls() {
    this.stretchSlider = slider({
      label: "Detuning L", min: 0, max: 1, step: 0.005, value: 0,
      describe: (place) => noteStretchWords(noteStretchAt(place)),
      onInput: (place) => {
        this.player.stopLearning();
        this._setStretch(noteStretchAt(place), false);
      },
    });
    this.chord = choice({
      label: "What is struck", options: this.chords, value: this.chords[0][0],
      onChange: (keys) => this._setChord(keys),
    });
    this.pairPlace = make("div", { className: "row ends" });
    this.hearPair = holdButton({
      label: "Hear these two alone", key: "b", primary: false,
      onPress: () => this.beating.begin(this._pairFrequencies()), onRelease: () => this.beating.end(),
    });
    this.roughWords = readout({ label: "Roughness" });
    this.beatWords = readout({ label: "Beats" });
    this.words = panel(this.roughWords, this.beatWords);
  }

  _setStretch(stretch, move = true) {
    this.stretch = stretch;
    if (move) this.stretchSlider.value = noteStretchPlace(stretch);
    this.player.retune(stretch);
    this._say();
  }

  _setChord(keys) {
    this.keys = keys;
    this.curve = noteRoughnessCurve(keys, this.settings);
    this.top = Math.max(0.02, ...this.curve);
    const partials = notePartials(keys, 0, this.settings);
    this.phases = partials.map(() => 0);
    this._setPairs(noteNearPairs(partials), partials);
    this.player.setKeys(keys);
    this._setStretch(this.stretch);
  }

  // Offer the pairs of partials that can beat in what is struck.
  _setPairs(pairs, partials) {
    this.pair = pairs[0] ?? null;
    this.beats.element.hidden = !pairs.length;
    const name = (pair) => pair.map((i) => notePartialName(partials[i])).join(" and ");
    const options = pairs.map((pair) => [pair, name(pair)]);
    this.pairPlace.replaceChildren();
    if (!pairs.length) return;
    const onChange = (pair) => {
      this.pair = pair;
      this._say();
    };
    const chosen = choice({ label: "Two partials that stand close", options, value: this.pair, onChange });
    this.pairPlace.append(chosen.element, this.hearPair.element);
  }

  _pairFrequencies() {
    const partials = notePartials(this.keys, this.stretch, this.settings);
    return this.pair.map((i) => partials[i].frequency);
  }

  _say() {
    const partials = notePartials(this.keys, this.stretch, this.settings);
    if (this.pair) this.beating.retune(this._pairFrequencies());
    else this.beating.end();
    const rough = noteRoughness(this.keys, this.stretch, this.settings);
    this.roughWords.value = noteRoughnessWords(rough, this.curve[0], this.top);
    this.beatWords.value = this.pair
      ? noteBeatWords(this.pair.map((i) => partials[i]))
      : "none: no two partials of one note stand close";
  }

  _draw(seconds) {
    const passed = this.time === null ? 0 : Math.min(0.1, seconds - this.time);
    this.time = seconds;
    const part = reducedMotion.matches ? 1 : 1 - Math.exp(-passed / NOTE_FOLLOW);
    this.shown += (this.stretch - this.shown) * part;
    if (Math.abs(this.shown - this.stretch) < 1e-6) this.shown = this.stretch;
    const partials = notePartials(this.keys, this.shown, this.settings);
    if (!reducedMotion.matches) this._drift(partials, passed);
    const glow = this.player.loudness();
    drawNoteSpectrum(this.spectrum.canvas, { partials, stretch: this.shown, glow, pair: this.pair, settings: this.settings });
    if (this.chords.length === 1) drawNoteWave(this.wave.canvas, { partials, phases: this.phases, stretch: this.shown });
    else this._drawChord(partials, (glow > 0.02 || this.beating.sounding) && !reducedMotion.matches ? seconds % 1 : null);
  }

  _drawChord(partials, now) {
    const value = noteRoughness(this.keys, this.shown, this.settings);
    drawNoteRoughness(this.roughness.canvas, { curve: this.curve, top: this.top, stretch: this.shown, value });
    if (this.pair) drawNoteBeats(this.beats.canvas, { pair: this.pair.map((i) => partials[i]), now });
  }

  // Move the phases of the wave as they move in the sound, slowed so that the eye can follow; the
  // lowest fundamental stands still.
  _drift(partials, passed) {
    const lowest = Math.min(...partials.map((p) => p.frequency));
    const rates = partials.map((p) => p.frequency - lowest * Math.round(p.base / lowest));
    const slow = Math.min(0.1, NOTE_DRIFT / Math.max(1e-9, ...rates.map(Math.abs)));
    rates.forEach((rate, i) => (this.phases[i] = (this.phases[i] + rate * slow * passed) % 1));
  }
}
