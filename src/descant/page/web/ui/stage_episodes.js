// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The curves of episodes: of the one that is being learned, and of those that recede behind it; as
// stage/episode_curves.py.
import { stageApproach, stageClamp, stageRamp, stageShare, stageSmooth } from "./stage_easing.js";
import { isThread, lineHeight, lineInForm, stageCurve, thinnedLine } from "./stage_curves.js";

const VIEW_LEAST = 1.25; // a graph shows at least so much of y, up and down
const VIEW_MOST = 5;
const VIEW_MARGIN = 1.2;
const VIEW_TIME_S = 0.35;
// Numbers are clipped to this: far out of sight, and within the range of 32-bit floats.
export const STAGE_FARTHEST = 1e9;
const OVERTAKEN_NS = 10e9; // a state may come before its episode

function withinSight(numbers) {
  return Array.from(numbers, (n) => (Number.isFinite(n) ? stageClamp(n, -STAGE_FARTHEST, STAGE_FARTHEST) : 0));
}

function sameNumbers(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

// Target and learned curve of one attempt. `theta` follows the learner's; `shown` is 0 .. 1.
class EpisodeCurve {
  constructor(event, curve, form) {
    this.number = event.number ?? event.episode;
    this.attempt = event.attempt;
    this.family = event.family;
    this.target = Array.from(event.target);
    this.bornNs = event.timeNs;
    this.theta = this.goal = withinSight(event.theta);
    this.form = form;
    this.samples = []; // [x, y] of each
    this.shown = 0;
    this._curve = curve;
    this._targetLine = curve(this.target, null);
    this._learnedLine = null;
    this.view = this.neededView(); // half the height of y in view, of a graph
  }

  // Whether a state or episode belongs to this curve.
  isOf(event) {
    return (
      this.number === (event.number ?? event.episode) &&
      this.attempt === event.attempt &&
      this.family === event.family &&
      sameNumbers(this.target, event.target)
    );
  }

  targetPoints() {
    return lineInForm(this._targetLine, this.form, this.view);
  }

  learnedPoints() {
    return lineInForm(this._learned(), this.form, this.view);
  }

  // y of the learned curve at x.
  learnedAt(x) {
    return lineHeight(this._learned(), x);
  }

  advance(dt, settings) {
    this.form = settings.curve;
    this.shown = stageRamp(this.shown, 1, dt, settings.fade_time);
    if (!sameNumbers(this.theta, this.goal)) {
      this.theta = stageApproach(this.theta, this.goal, dt, settings.follow_time, 1e-9);
      this._learnedLine = null;
    }
    this.view += (this.neededView() - this.view) * stageShare(dt, VIEW_TIME_S);
  }

  // The learner's parameters now; those that are not all finite are ignored.
  follow(theta) {
    const usable = theta.length === this.goal.length && theta.every(Number.isFinite);
    if (usable) this.goal = withinSight(theta);
  }

  setSamples(episode) {
    const { x, y } = episode;
    if (isThread(this._targetLine) || x.length !== y.length) return;
    this.samples = Array.from(x, (each, i) => withinSight([each, y[i]]));
  }

  // Half the height of y that both curves need over the sample points.
  neededView() {
    const lines = [this._targetLine, this._learned()];
    if (isThread(lines[0]) && this.form !== "graph") return VIEW_LEAST;
    let highest = 0;
    for (const { at, columns, count } of lines) {
      for (let i = 0; i < count; i++) {
        if (Math.abs(at[columns * i]) <= 1) highest = Math.max(highest, Math.abs(at[columns * i + 1]));
      }
    }
    return stageClamp(VIEW_MARGIN * highest, VIEW_LEAST, VIEW_MOST);
  }

  _learned() {
    return (this._learnedLine ??= this._curve(this.target, this.theta));
  }
}

// 0 .. 1: how much of a past episode is still visible.
export function pastStrength(past) {
  return past.shown * (1 - stageSmooth(past.gone));
}

// The curves of the current episode and of past ones, oldest first.
export class EpisodeCurves {
  constructor() {
    this.current = null;
    this.past = [];
    this._count = 0;
    this._episode = null; // the last one, for its sample points
  }

  // A part begins: all that is shown leaves quickly.
  clear(settings) {
    this._retire(settings, false);
    hurryPast(this.past, settings);
  }

  // The learner's last state; a new episode or attempt begins a new curve.
  takeState(state, settings) {
    this._curveOf(state, settings)?.follow(Array.from(state.theta));
  }

  // A new episode, or the sample points of the current one.
  takeEpisode(episode, settings) {
    const current = this._curveOf(episode, settings);
    if (!current) return;
    current.setSamples(episode);
    this._episode = episode;
  }

  advance(dt, settings) {
    this.current?.advance(dt, settings);
    for (const past of this.past) past.gone = stageRamp(past.gone, 1, dt, past.time);
    this.past = this.past.filter((past) => past.gone < 1);
  }

  _curveOf(event, settings) {
    const current = this.current;
    if (current?.isOf(event)) return current;
    const early = current ? current.bornNs - event.timeNs : 0;
    const overtaken = early > 0 && early < OVERTAKEN_NS;
    const curve = stageCurve(event.family);
    const visible = Array.from(event.target).every((n) => Math.abs(n) <= STAGE_FARTHEST);
    return curve && visible && !overtaken ? this._begin(event, curve, settings) : null;
  }

  _begin(event, curve, settings) {
    const [before, begun] = [this.current, new EpisodeCurve(event, curve, settings.curve)];
    const again = before?.number === begun.number && sameNumbers(before.target, begun.target);
    this._retire(settings, again);
    this.current = begun;
    const episode = this._episode;
    if (episode?.number === begun.number && sameNumbers(Array.from(episode.target), begun.target)) {
      begun.setSamples(episode);
    }
    return begun;
  }

  // The current episode becomes a past one; after a divergence its learned curve alone.
  _retire(settings, again) {
    const current = this.current;
    this.current = null;
    if (!current) return;
    this._count += 1;
    this.past.push({
      target: again ? null : thinnedLine(current.targetPoints()),
      learned: thinnedLine(current.learnedPoints()),
      view: current.view,
      shown: current.shown,
      time: settings.past_time, // seconds until it is out of sight, at its present speed
      turn: (-1) ** this._count * (9 + 7 * ((this._count * 0.618) % 1)), // degrees, by then
      gone: 0, // .. 1 when it is out of sight
    });
    hurryPast(this.past.slice(0, Math.max(0, this.past.length - settings.past_episodes)), settings);
  }
}

function hurryPast(episodes, settings) {
  for (const past of episodes) past.time = Math.min(past.time, 2 * settings.fade_time);
}
