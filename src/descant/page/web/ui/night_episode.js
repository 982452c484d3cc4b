// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// One episode of a night, step by step: curve, loss, gradient, in numbers and words.
import { parseSignals, signalValue } from "../core/signals.js";
import { button, make, panel, row, slider } from "./controls.js";
import { LossCourse } from "./learning_course.js";
import { learningFrame, showLine } from "./learning_layout.js";
import { ParameterTable } from "./learning_table.js";
import { angleWords, learningNumber, lossWords } from "./learning_words.js";
import { NightCurves } from "./night_curves.js";
import { clockWords } from "./night_frame.js";
import { boundedStretch } from "./sound_levels.js";

const EPISODE_CAPTION =
  'The chosen step: the <b class="target">target</b> and the <b class="learned">learned</b> curve. Choose an episode ' +
  "on the time axis, then go through its steps.";
const STATUS_WORDS = ["", ", in tune", ", diverged"];

export class NightEpisode {
  // `onChoose(state)`: the visitor has chosen a state.
  constructor({ night, steps, stage, base, onChoose }) {
    Object.assign(this, { _night: night, _steps: steps, _base: base, _onChoose: onChoose });
    const ratio = matchMedia("(max-width: 600px)").matches ? 1.15 : 1.55;
    this._frame = learningFrame({ title: "Target and learned curve at the chosen step", caption: EPISODE_CAPTION, ratio, names: ["a"] });
    this._table = this._frame.table;
    this._course = new LossCourse(this._frame.course, night.threshold);
    this._curves = new NightCurves(this._frame.canvas, stage);
    this._frame.canvas.tabIndex = 0;
    this._frame.canvas.setAttribute("role", "application");
    this._frame.canvas.classList.add("held");
    this._from = make("p", { className: "hint" });
    this._frame.buttons.append(...this._controls(), this._from);
    this.element = this._frame.element;
    this.attempt = -1;
    this.state = -1;
  }

  // Show a state of the night. `quiet`: do not read it out, since more follow at once.
  show(state, quiet) {
    if (state === this.state) return;
    const attempt = this._night.attemptOf(state);
    const fresh = attempt !== this.attempt;
    this.state = state;
    this.attempt = attempt;
    const { names, periods, target, problem } = this._steps.of(attempt);
    const now = this._steps.state(state);
    if (fresh) this._open(names, periods);
    this._curves.show({ target, problem, family: now.family }, now.theta, fresh);
    this._table.show(target.slice(target.length - now.theta.length), now.theta, now.gradient);
    this._row = this._rowOf(state);
    this._stepSlider.value = this._row;
    this._buttons.back.disabled = this._row === 0;
    this._buttons.on.disabled = this._row === this._rows.length - 1;
    showLine(this._frame.line, { steps: now.step, loss: now.loss }, this._stretch(now), this._settings(state).max_detune);
    this._frame.news.setAttribute("aria-live", quiet ? "off" : "polite");
    this._frame.news.textContent = `${this._episodeWords().replace("e", "E")}, step ${now.step}: loss ${lossWords(now.loss)}${STATUS_WORDS[now.status]}.`;
    this._from.textContent = this._origin();
    this.element.dataset.loss = now.loss;
    this.element.dataset.state = state;
  }

  draw(dt) {
    if (this.attempt < 0) return;
    this._curves.draw(dt);
    this._course.draw(this._run(), dt);
  }

  // Another attempt by its number from here.
  turn(by) {
    const attempt = Math.min(Math.max(this.attempt + by, 0), this._night.count - 1);
    if (attempt !== this.attempt) this._onChoose(this._night.range(attempt)[0]);
  }

  // Another step by its number from here; past the last comes the next episode.
  step(by) {
    const wanted = this._row + by;
    if (wanted >= 0 && wanted < this._rows.length) this._onChoose(this._rows[wanted]);
  }

  _controls() {
    const night = this._night;
    const several = Math.max(night.count - 1, 1);
    this._episodeSlider = slider({
      label: "Episode", min: 0, max: several, step: 1, value: 0,
      describe: (attempt) => this._episodeWords(attempt),
      onInput: (attempt) => this._onChoose(night.range(Math.min(attempt, night.count - 1))[0]),
    });
    this._stepSlider = slider({
      label: "Step", min: 0, max: 1, step: 1, value: 0,
      describe: (at) => this._stepWords(at),
      onInput: (at) => this._onChoose(this._rows[at]),
    });
    this._buttons = {
      previous: button({ label: "Previous episode", key: "[", onClick: () => this.turn(-1) }),
      next: button({ label: "Next episode", key: "]", onClick: () => this.turn(1) }),
      back: button({ label: "Step back", key: ",", onClick: () => this.step(-1) }),
      on: button({ label: "Step forward", key: ".", onClick: () => this.step(1) }),
    };
    const { previous, next, back, on } = this._buttons;
    return [panel(this._episodeSlider, this._stepSlider), row(previous, next), row(back, on)];
  }

  _open(names, periods) {
    const [first, end] = this._night.range(this.attempt);
    const { step } = this._night.states;
    this._rows = [];
    for (let i = first; i < end; i++) if (i === first || step[i] !== step[i - 1]) this._rows.push(i);
    const words = (value, i) => (periods[i] ? angleWords(value) : learningNumber(value));
    const table = new ParameterTable(names, periods[0] && periods.every(Boolean) ? angleWords : words);
    this._table.element.replaceWith(table.element);
    this._table = table;
    this._stepSlider.input.max = Math.max(this._rows.length - 1, 1);
    this._stepSlider.input.disabled = this._rows.length < 2;
    this._episodeSlider.value = this.attempt;
    this._buttons.previous.disabled = this.attempt === 0;
    this._buttons.next.disabled = this.attempt === this._night.count - 1;
  }

  // The place of a state among the steps of its attempt.
  _rowOf(state) {
    let at = this._rows.length - 1;
    while (at > 0 && this._rows[at] > state) at -= 1;
    return at;
  }

  // The attempt as LossCourse draws it: its whole course in grey, up to the chosen step in colour.
  _run() {
    const losses = this._rows.map((state) => this._night.states.loss[state]);
    const sofar = losses.slice(0, this._row + 1);
    return { losses: sofar, loss: sofar[sofar.length - 1], earlier: [losses] };
  }

  _episodeWords(attempt = this.attempt) {
    const night = this._night;
    if (attempt < 0 || attempt >= night.count) return "";
    const again = night.attempts.attempt[attempt];
    const later = again ? `, attempt ${again + 1}` : "";
    return `episode ${night.episode[attempt] + 1} of ${night.episodes}${later}`;
  }

  _stepWords(at) {
    if (!this._rows) return "";
    const { step } = this._night.states;
    return `step ${step[this._rows[Math.min(at, this._rows.length - 1)]]} of ${step[this._rows[this._rows.length - 1]]}`;
  }

  // Where the numbers come from.
  _origin() {
    const night = this._night;
    const begun = `It began at ${clockWords(night.starts[this.attempt] / 1000)}, with the seed ${night.attempts.seed[this.attempt]}`;
    if (night.stored[this.attempt]) return `${begun}; its numbers are those of the recording.`;
    if (!night.recorded) return `${begun}.`;
    const away = Math.abs(this._steps.state(night.range(this.attempt)[0]).loss - night.attempts.loss[this.attempt]);
    const same = away === 0 ? ": the first loss is the same to the last bit" : away <= 1e-12 ? ": the first loss differs in the last bits at most" : "";
    return `${begun}, from which this page has computed it again${same}.`;
  }

  _settings(state) {
    return { ...this._base, ...this._night.partAt(this._night.states.time[state])?.synth };
  }

  // The stretch of the overtones that a state is heard as.
  _stretch(now) {
    const settings = this._settings(this.state);
    const [signal] = parseSignals(settings.detune);
    return boundedStretch(signalValue(signal, now) * settings.detune_scale, settings) ?? 0;
  }
}
