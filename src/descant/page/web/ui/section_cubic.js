// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "cubic": a cubic is learned step by step, each step a note.
import { FAMILIES } from "../core/families.js";
import { CONVERGED, LEARNING } from "../core/learner.js";
import { RandomStream, episodeSeed } from "../core/random.js";
import { cubicButtons, cubicSliders } from "./cubic_controls.js";
import { CubicPicture } from "./cubic_picture.js";
import { MovablePoints, movePointsOn } from "./cubic_points.js";
import { LossCourse } from "./learning_course.js";
import { flashNotice, learningFrame, showLine } from "./learning_layout.js";
import { LearningSound } from "./learning_melody.js";
import { LearningRun } from "./learning_run.js";
import { learningNumber } from "./learning_words.js";

const CUBIC_SPEEDS = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32]; // steps a second
const CUBIC_PATIENCE = 3; // divergences in a row after which it pauses
const CUBIC_LONGEST_S = 0.1; // of a frame
const CUBIC_CAPTION =
  'The <b class="target">target</b> with its sample points, the <b class="learned">learned</b> curve, and the ' +
  '<b class="residual">residuals</b> between them. Drag points up and down, or choose one with ←&nbsp;→ and move it ' +
  "with ↑&nbsp;↓.";

export function setUpCubic(section, page) {
  new CubicSection(section.querySelector("[data-figure]"), page).show();
}

class CubicSection {
  constructor(element, page) {
    this._element = element;
    this._page = page;
    this._settings = page.defaults("learner");
    this._run = new LearningRun(FAMILIES.cubic, this._settings);
    this._sound = new LearningSound(page);
    this._seed = this._settings.seed;
    this._speed = 4;
    this._running = false;
    this._pause = () => this._setRunning(false);
  }

  show() {
    const ratio = matchMedia("(max-width: 600px)").matches ? 1.15 : 1.5;
    this._frame = learningFrame({
      title: "Target and learned cubic",
      caption: CUBIC_CAPTION,
      ratio,
      names: FAMILIES.cubic.parameterNames,
    });
    this._course = new LossCourse(this._frame.course, this._settings.threshold);
    this._picture = new CubicPicture(this._frame.canvas, this._page.defaults("stage"));
    this._controls();
    this._movable();
    this._draw(1);
    this._page.animate(this._element, (seconds) => this._advance(seconds));
  }

  _controls() {
    const buttons = cubicButtons(this._seed, {
      run: () => this._setRunning(!this._running),
      step: () => this._stepOnce(),
      rewind: () => this._rewind(),
      draw: () => this._draw(this._number + 1, true),
      putBack: () => this._putBack(),
      changeSpeed: (change) => this._setSpeed(change),
      reseed: (seed) => this._reseed(seed),
      hear: (on) => this._hear(on),
    });
    const sliders = cubicSliders(this._settings, {
      retarget: (index, value) => this._retarget(index, value),
      resample: (count) => this._resample(count),
      change: (settings) => this._change(settings),
    });
    this._runButton = buttons.run;
    this._back = buttons.back;
    this._tempo = buttons.tempo;
    this._targets = sliders.targets;
    this._frame.buttons.append(...buttons.rows);
    this._element.append(this._frame.element, ...sliders.rows);
    this._setSpeed(0);
  }

  _movable() {
    const { canvas } = this._frame;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.ariaLabel = "Target, sample points and learned cubic. Left and right choose a point, up and down move it.";
    movePointsOn(this._picture, {
      points: () => this._points,
      onMove: (index, y, byKey) => this._movePoint(index, y, byKey),
      onSelect: (index, byKey) => this._select(index, byKey),
    });
  }

  // Episode `number` of a performance with this seed.
  _draw(number, byHand = false) {
    this._number = number;
    this._picture.keep();
    this._run.draw(this._seed, number);
    this._points = new MovablePoints(this._run.problem.x, this._run.problem.target);
    this._points.target.forEach((value, i) => (this._targets[i].value = value));
    this._picture.setProblem(this._run.problem, true);
    this._picture.begin(this._run.theta, false);
    this._picture.selected = -1;
    this._back.disabled = true;
    this._diverged = 0;
    this._sound.restart();
    this._tell(`Target ${number} of seed ${this._seed}, as in a concert with this seed.`);
    if (byHand) this._listen(() => this._sound.bass(number, this._run.loss));
    this._present();
  }

  _reseed(seed) {
    this._seed = seed;
    this._draw(1, true);
  }

  _rewind() {
    this._run.rewind();
    this._picture.begin(this._run.theta, true);
    this._diverged = 0;
    this._sound.restart();
    this._tell("Back at the start. The course so far stays in grey.");
    this._present();
  }

  _retarget(index, value) {
    this._points.target[index] = value;
    this._newProblem();
  }

  _resample(count) {
    this._settings.points = count;
    const random = new RandomStream(episodeSeed(this._seed, this._number));
    this._points.setX(FAMILIES.cubic.drawProblem(random, this._settings).x);
    this._picture.selected = -1;
    this._newProblem();
  }

  _movePoint(index, y, byKey) {
    const first = !this._points.moved;
    this._points.move(index, y);
    this._newProblem();
    const words = this._sayPoint(index);
    const fits = "No cubic fits these points: the loss cannot reach 0.";
    if (byKey) this._tell(`${words}. ${fits}`);
    else if (first) this._tell(fits);
  }

  _putBack() {
    this._points.putBack();
    this._newProblem();
    this._tell("All points lie on the target again.");
  }

  _newProblem() {
    this._run.setProblem(this._points.problem());
    this._back.disabled = !this._points.moved;
    this._picture.setProblem(this._run.problem, !this._points.moved);
    this._picture.follow(this._run.theta);
    this._present();
  }

  _change(settings) {
    this._run.change(settings);
    this._present();
  }

  _select(index, byKey) {
    this._picture.selected = index;
    this._picture.touch();
    if (index < 0) return;
    const words = this._sayPoint(index);
    if (byKey) this._tell(words);
  }

  _sayPoint(index) {
    const [x, y] = [this._points.x[index], this._points.y(index)].map((value) => learningNumber(value, 2));
    const words = `Point ${index + 1} of ${this._points.x.length}: x ${x}, y ${y}`;
    this._frame.canvas.setAttribute("aria-description", words);
    return words;
  }

  _setSpeed(change) {
    const index = CUBIC_SPEEDS.indexOf(this._speed) + change;
    this._speed = CUBIC_SPEEDS[Math.max(0, Math.min(CUBIC_SPEEDS.length - 1, index))];
    this._tempo.textContent = this._speed === 1 ? "1 step a second" : `${this._speed} steps a second`;
  }

  _setRunning(running) {
    if (running === this._running) return;
    this._running = running;
    this._runButton.label = running ? "Pause" : "Run";
    this._due = 1; // the first step at once
    if (!running) return;
    this._diverged = 0;
    if (this._run.status === CONVERGED) this._rewind();
    this._page.claim(this._pause);
    this._sound.wake();
  }

  _stepOnce() {
    this._setRunning(false);
    this._listen(() => this._step());
  }

  _hear(on) {
    this._sound.on = on;
    if (on) this._sound.wake();
    else this._sound.silence();
  }

  // Make a sound after the visitor has done something.
  _listen(sound) {
    this._page.claim(this._pause);
    this._sound.wake();
    sound();
  }

  _step() {
    const learning = this._run.status === LEARNING;
    const diverged = this._run.step();
    this._sound.step(diverged ? diverged.loss : this._run.loss);
    if (diverged) this._hasDiverged(diverged);
    else this._picture.follow(this._run.theta);
    if (this._run.status === CONVERGED) this._hasConverged(learning);
    else if (this._running && this._run.settled()) this._hasSettled();
    this._present(diverged);
  }

  _hasDiverged({ theta }) {
    this._diverged += 1;
    this._picture.follow(theta);
    this._picture.begin(this._run.theta, true);
    flashNotice(this._frame.notice, "diverged", "bad");
    this._tell("Diverged: the rate is too high. Started again from another place.", "bad");
    if (this._diverged < CUBIC_PATIENCE) return;
    this._setRunning(false);
    this._tell(`Diverged ${CUBIC_PATIENCE} times: the rate is too high. Lower it, and run again.`, "bad");
  }

  _hasConverged(fresh) {
    if (fresh) {
      flashNotice(this._frame.notice, "in tune", "good");
      this._sound.close(this._run.loss);
    }
    this._tell(`Converged after ${this._run.steps} steps: the loss is so small that the sound is in tune.`, "good");
    this._setRunning(false);
  }

  _hasSettled() {
    this._setRunning(false);
    const why = this._points.moved ? "no cubic comes nearer to these points" : "it comes no nearer in this way";
    this._tell(`Paused after ${this._run.steps} steps: ${why}, and the loss that remains is heard.`);
  }

  _advance(seconds) {
    const dt = Math.min(seconds - (this._seconds ?? seconds), CUBIC_LONGEST_S);
    this._seconds = seconds;
    if (this._running) this._due += dt * this._speed;
    while (this._running && this._due >= 1) {
      this._due -= 1;
      this._step();
    }
    this._picture.draw(dt);
    this._course.draw(this._run, dt);
  }

  // Show the learner's numbers; those of a divergence stay until the next step.
  _present(diverged = null) {
    const { theta, gradient, loss, steps } = diverged ?? this._run;
    this._frame.table.show(this._points.target, theta, gradient);
    showLine(this._frame.line, { steps, loss }, this._sound.stretch(loss), this._sound.most);
  }

  _tell(text, role = "") {
    this._frame.news.className = `learning-news ${role}`;
    if (this._frame.news.textContent !== text) this._frame.news.textContent = text;
  }
}
