// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What the stage shows: a function of the events it was given, and of their times; as
// stage/scene.py. Times are seconds and only grow. Every motion is either eased or the integral of a
// rate, so nothing jumps and nothing depends on how many frames are drawn.
import { parseSignals, signalValue } from "../core/signals.js";
import { stageApproach, stageClamp, stageModulo, stageRamp, stageSmooth } from "./stage_easing.js";
import { isThread } from "./stage_curves.js";
import { EpisodeCurves, STAGE_FARTHEST } from "./stage_episodes.js";
import { graphOfEpisode, graphOfPast } from "./stage_graphs.js";
import { threadRotation, threadsOfEpisode, threadsOfPast } from "./stage_threads.js";
import { StageBubbles } from "./stage_bubbles.js";
import { DRIVE_REST, WaveMotion, colourShifts, isShiftShown, runningWave } from "./stage_distortion.js";
import { StageTransition } from "./stage_settings.js";

const LONGEST_STEP_S = 0.1; // a pause of the browser is no leap of the picture
const NO_DRIVE = [0, 0, 0];
const CONVERGED_STATUS = 1;
const FIRST_ANGLES = [20, 25, 0];

export class StageScene {
  constructor(settings, aspect) {
    this.aspect = aspect;
    this.part = settings.part;
    this._start = undefined; // of the part, once it is known
    this._settings = new StageTransition(settings);
    this._now = null;
    this._curves = new EpisodeCurves();
    this._bubbles = new StageBubbles();
    this._waves = new WaveMotion();
    this._drive = this._driveGoal = NO_DRIVE;
    this._angles = FIRST_ANGLES.map((degrees) => (degrees * Math.PI) / 180);
    this._weights = {};
    for (const name of ["shift", "bubbles"]) this._weights[name] = Number(name === settings.distortion);
    this._camera = null;
    this._brightness = 1;
    this._state = null;
  }

  get settings() {
    return this._settings.current;
  }

  set(settings) {
    this._settings.set(settings);
    this._aimDistortion();
  }

  // Take a note, pedal, state, episode, or part that has `settings`.
  take(event, now) {
    if (event.kind === "note") this._takeNote(event, now);
    else if (event.kind === "pedal") this._takePedal(event, now);
    else if (event.kind === "state") this._takeState(event);
    else if (event.kind === "episode") this._curves.takeEpisode(event, this.settings);
    else if (event.kind === "part") this._takePart(event);
  }

  // Part `number` begins, or begins again. `fresh`: what was learned before leaves.
  beginPart(number, settings, fresh) {
    if (fresh) {
      this._curves.clear(this.settings);
      this._state = null;
    }
    this.part = number;
    this._settings.easeTo(settings);
    this._aimDistortion();
  }

  // Add a bubble at a place in screen units, of a velocity 0 .. 127.
  addBubble(place, velocity, now) {
    this._bubbles.add(place, velocity, now, this.settings);
  }

  // A new camera picture arrived.
  takePicture(now) {
    this._camera = now;
  }

  // Everything there is to see at `now`, back to front; see stage/frame.py.
  at(now) {
    const dt = this._now === null ? 0 : stageClamp(now - this._now, 0, LONGEST_STEP_S);
    this._now = now;
    this._advance(now, dt);
    const s = this.settings;
    return {
      video: s.camera_brightness * this._brightness,
      shifts: this._shifts(now),
      bubbles: this._bubbles.at(now, s),
      wave: this._wave(now),
      ...this._episodes(),
    };
  }

  _takeNote(note, now) {
    const s = this.settings;
    if (!note.on || s.distortion !== "bubbles") return;
    if (note.key < s.bubble_clear_below) this._bubbles.clear(now, s);
    const inRange = s.bubble_from <= note.key && note.key <= s.bubble_to;
    if (s.bubble_events !== "pedals" && inRange) this._bubbles.addNote(note, now, s, this.aspect);
  }

  _takePedal(pedal, now) {
    const s = this.settings;
    const shown = s.distortion === "bubbles" && s.bubble_events !== "notes";
    if (this._bubbles.isPress(pedal) && shown) this._bubbles.addPedal(pedal, now, s, this.aspect);
  }

  _takeState(state) {
    this._curves.takeState(state, this.settings);
    this._state = state;
    this._aimDistortion();
  }

  // The part on show is no fresh start when its first event arrives, or the same again.
  _takePart(event) {
    if (event.number === this.part && event.start === this._start) return;
    const fresh = this._start !== undefined || event.number !== this.part;
    this._start = event.start;
    this.beginPart(event.number, event.settings, fresh);
  }

  // The values that drive the distortion go to the signals of the last state.
  _aimDistortion() {
    const [state, s] = [this._state, this.settings];
    if (!state || (s.rest_at_convergence && state.status === CONVERGED_STATUS)) {
      this._driveGoal = NO_DRIVE;
      return;
    }
    const values = parseSignals(s.distortion_signals).map((signal) => signalValue(signal, state));
    if (!values.every(Number.isFinite)) return;
    const clipped = values.map((value) => stageClamp(value, -STAGE_FARTHEST, STAGE_FARTHEST));
    this._driveGoal = NO_DRIVE.map((_, i) => clipped[i % clipped.length]);
  }

  _advance(now, dt) {
    this._settings.advance(dt);
    const s = this.settings;
    this._curves.advance(dt, s);
    this._drive = stageApproach(this._drive, this._driveGoal, dt, s.follow_time, DRIVE_REST);
    this._waves.advance(this._drive, dt, s);
    this._angles = this._angles.map((angle, i) =>
      stageModulo(angle + ((s.knot_turn[i] * Math.PI) / 180) * dt, 2 * Math.PI),
    );
    for (const name of Object.keys(this._weights)) {
      this._weights[name] = stageRamp(this._weights[name], Number(name === s.distortion), dt, s.fade_time);
    }
    if (s.distortion !== "bubbles") this._bubbles.clear(now, s);
    const silent = this._camera === null || now - this._camera > s.silent_after;
    const [goal, time] = silent ? [s.silent_video, s.silent_time] : [1, s.fade_time];
    this._brightness = stageRamp(this._brightness, goal, dt, time);
  }

  _episodes() {
    const s = this.settings;
    const turn = threadRotation(this._angles);
    const strokes = this._curves.past.flatMap((past) =>
      isThread(past.learned) ? threadsOfPast(past, s, turn) : graphOfPast(past, s, this.aspect),
    );
    const current = this._curves.current;
    if (!current) return { strokes, segments: null, dots: null };
    if (isThread(current.targetPoints())) {
      return { strokes: [...strokes, ...threadsOfEpisode(current, s, turn)], segments: null, dots: null };
    }
    const graph = graphOfEpisode(current, s, this.aspect);
    return { ...graph, strokes: [...strokes, ...graph.strokes] };
  }

  // One distortion appears once the other has gone: in the upper half of its weight.
  _weight(distortion) {
    return stageSmooth(2 * this._weights[distortion] - 1);
  }

  _shifts(now) {
    const shown = isShiftShown(now, this._state ? this._state.loss : 0, this.settings);
    return colourShifts(this._drive, this.settings, shown ? this._weight("shift") : 0);
  }

  _wave(now) {
    const [s, weight] = [this.settings, this._weight("bubbles")];
    if (s.wave_form === "running") return runningWave(this._drive, now, s, weight, this.aspect);
    return this._waves.wave(this._drive, s, weight);
  }
}
