// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "knot": a Lissajous knot is learned for as long as a chord is held.
import { FAMILIES } from "../core/families.js";
import { KnotProblem, sampleTimes } from "../core/knot.js";
import { CONVERGED } from "../core/learner.js";
import { knotButtons, knotSliders } from "./knot_controls.js";
import { KnotPicture } from "./knot_picture.js";
import { Turning, turnByHand } from "./knot_turning.js";
import { LossCourse } from "./learning_course.js";
import { flashNotice, learningFrame, showLine } from "./learning_layout.js";
import { LearningSound } from "./learning_melody.js";
import { LearningRun } from "./learning_run.js";
import { angleWords, lossWords } from "./learning_words.js";
import { reducedMotion } from "./shared.js";

const KNOT_TOUCH_MS = 140;
const KNOT_LONGEST_S = 0.1; // of a frame
const KNOT_CAPTION =
  'The <b class="target">target</b>, thick, and the <b class="learned">learned</b> knot. Press on the picture, or hold ' +
  "the button: it learns while you hold. Drag, or use the arrow keys, to turn it.";

export function setUpKnot(section, page) {
  new KnotSection(section.querySelector("[data-figure]"), page).show();
}

class KnotSection {
  constructor(element, page) {
    this._element = element;
    this._page = page;
    const part = page.data.programmes.paper.parts.find(({ learner }) => learner.family === "knot");
    this._settings = { ...page.defaults("learner"), ...part.learner };
    this._run = new LearningRun(FAMILIES.knot, this._settings);
    this._sound = new LearningSound(page);
    this._stage = page.defaults("stage");
    this._turning = new Turning(this._stage.knot_turn.slice(0, 2).map((degrees) => (degrees * Math.PI) / 180));
    this._holders = new Set(); // what holds the chord: "button", "picture", "key"
    this._seed = this._settings.seed;
    this._stop = () => this._releaseAll();
  }

  show() {
    const ratio = matchMedia("(max-width: 600px)").matches ? 1.05 : 1.4;
    this._frame = learningFrame({
      title: "Target and learned knot",
      caption: KNOT_CAPTION,
      ratio,
      names: FAMILIES.knot.parameterNames,
      words: knotAngle,
    });
    this._course = new LossCourse(this._frame.course, this._settings.threshold);
    this._picture = new KnotPicture(this._frame.canvas, this._page.data.shaders, this._stage, this._turning);
    this._controls();
    this._onPicture();
    this._draw(1);
    this._page.animate(this._element, (seconds) => this._advance(seconds));
    for (const [target, name] of [[window, "blur"], [document, "visibilitychange"]])
      target.addEventListener(name, this._stop);
  }

  _controls() {
    const rows = knotButtons(this._seed, {
      press: () => this._press("button"),
      release: () => this._release("button"),
      step: () => this._stepOnce(),
      rewind: () => this._rewind(),
      draw: () => this._draw(this._number + 1),
      reseed: (seed) => this._reseed(seed),
      hear: (on) => this._hear(on),
    });
    const sliders = knotSliders(this._settings, this._page.data.presets, {
      retarget: (index, value) => this._retarget(index, value),
      choosePreset: (number) => this._choosePreset(number),
      change: (settings) => this._change(settings),
    });
    this._frequencies = sliders.frequencies;
    this._phases = sliders.phases;
    this._frame.buttons.append(...rows);
    this._element.append(this._frame.element, ...sliders.rows);
  }

  _onPicture() {
    const { canvas } = this._frame;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.ariaLabel = "Target and learned knot. Hold space to learn, turn it with the arrow keys.";
    canvas.classList.add("held");
    turnByHand(canvas, this._turning);
    let pressing = 0;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      // A finger that scrolls the page past the picture makes no sound.
      const wait = event.pointerType === "touch" ? KNOT_TOUCH_MS : 0;
      pressing = setTimeout(() => this._press("picture"), wait);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
      canvas.addEventListener(name, () => {
        clearTimeout(pressing);
        this._release("picture");
      });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      this._press("key");
    });
    canvas.addEventListener("keyup", ({ key }) => key === " " && this._release("key"));
    canvas.addEventListener("blur", () => this._release("key"));
  }

  // Episode `number` of a performance with this seed.
  _draw(number) {
    this._number = number;
    this._run.draw(this._seed, number);
    this._showTarget(this._run.problem.target);
    this._picture.setTarget(this._run.problem.target, true);
    this._picture.follow(this._run.theta, true);
    this._told = false;
    const drawn = this._settings.knot_preset ? "A knot of the original program, 2021" : "Knot";
    this._tell(`${drawn}, target ${number} of seed ${this._seed}. Hold to learn it.`);
    if (this._holders.size) this._sound.chord(number, this._run.loss);
    this._present();
  }

  _reseed(seed) {
    this._seed = seed;
    this._draw(1);
  }

  _choosePreset(preset) {
    this._settings.knot_preset = preset;
    this._draw(this._number);
  }

  _rewind() {
    this._run.rewind();
    this._picture.follow(this._run.theta);
    this._told = false;
    this._tell("Back at the start. The course so far stays in grey.");
    this._present();
  }

  _showTarget(target) {
    this._frequencies.forEach((control, i) => {
      control.input.max = Math.max(this._settings.knot_highest, target[i]);
      control.value = target[i];
    });
    this._phases.forEach((control, i) => (control.value = target[3 + i]));
  }

  _retarget(index, value) {
    const target = [...this._run.problem.target];
    target[index] = value;
    const { knot_span: span, knot_points: count } = this._settings;
    this._run.setProblem(new KnotProblem(sampleTimes(span, count), target, 0, null));
    this._picture.setTarget(target, false);
    this._told = false;
    this._present();
  }

  _change(settings) {
    this._run.change(settings);
    this._present();
  }

  _press(holder) {
    const first = !this._holders.size;
    this._holders.add(holder);
    if (!first) return;
    this._page.claim(this._stop);
    this._silent = !this._sound.wake();
    this._due = 0;
    this._sound.chord(this._number, this._run.loss);
    this._frame.canvas.classList.add("learning-now");
  }

  _release(holder) {
    if (!this._holders.delete(holder) || this._holders.size) return;
    this._sound.silence();
    this._frame.canvas.classList.remove("learning-now");
    const { status, steps, loss } = this._run;
    // A browser allows sound only once a first touch has ended.
    const next = this._silent && this._sound.wake() ? " From now on it sounds." : "";
    if (status !== CONVERGED) this._tell(`Released after ${steps} steps, at a loss of ${lossWords(loss)}.${next}`);
  }

  _releaseAll() {
    for (const holder of [...this._holders]) this._release(holder);
  }

  _stepOnce() {
    this._page.claim(this._stop);
    this._sound.wake();
    this._sound.step(this._step());
    this._present();
  }

  // Make a step; return the loss that is to be heard.
  _step() {
    const diverged = this._run.step();
    this._picture.follow(this._run.theta);
    if (diverged) this._tell("Diverged: the rate is too high. Started again from another place.", "bad");
    if (this._run.status === CONVERGED) this._hasConverged();
    return (diverged ?? this._run).loss;
  }

  _hasConverged() {
    if (this._told) return;
    this._told = true;
    flashNotice(this._frame.notice, "in tune", "good");
    this._tell(`Converged after ${this._run.steps} steps: the loss is so small that the chord is in tune.`, "good");
  }

  _hear(on) {
    this._sound.on = on;
    if (on) this._sound.wake();
    else this._sound.silence();
  }

  _advance(seconds) {
    const dt = Math.min(seconds - (this._seconds ?? seconds), KNOT_LONGEST_S);
    this._seconds = seconds;
    if (this._holders.size) this._learn(dt);
    const turned = this._turning.advance(dt, !reducedMotion.matches);
    this._picture.draw(dt, turned || this._turning.held);
    this._course.draw(this._run, dt);
  }

  // The steps that are due, as many a second as in the piece.
  _learn(dt) {
    this._due += dt * this._settings.held_rate;
    for (; this._due >= 1; this._due--) this._step();
    this._sound.retune(this._run.loss);
    this._sound.roll(this._run.loss);
    this._present();
  }

  _present() {
    const { theta, gradient, loss, steps, problem } = this._run;
    this._frame.table.show(problem.target.slice(3), theta, gradient);
    showLine(this._frame.line, { steps, loss }, this._sound.stretch(loss), this._sound.most);
  }

  _tell(text, role = "") {
    this._frame.news.className = `learning-news ${role}`;
    if (this._frame.news.textContent !== text) this._frame.news.textContent = text;
  }
}

// A phase in degrees, once around.
function knotAngle(angle) {
  const turn = 2 * Math.PI;
  return angleWords(((angle % turn) + turn) % turn);
}
