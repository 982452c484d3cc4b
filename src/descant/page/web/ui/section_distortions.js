// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "distortions": both distortions on a drawn picture or the visitor's camera, by gradients
// that are set by hand or come from learning.
import { button, choice, make, panel, row, slider, toggle } from "./controls.js";
import { DistortionLesson } from "./distortion_lesson.js";
import { DistortionShow } from "./distortion_show.js";
import { reducedMotion } from "./shared.js";

const DISTORTION_BY_HAND = [0.34, -0.26, 0.42]; // gradients at the beginning
const DISTORTION_SLIGHT = 0.08; // gradients that are hardly seen
const DISTORTION_MOST = 1.5; // of a slider
const DISTORTION_SLIDERS = {
  shift: ["Gradient 1, moves red", "Gradient 2, moves green", "Gradient 3, moves blue"],
  bubbles: ["Gradient 1, moves left and right", "Gradient 2, moves up and down"],
};
const DISTORTION_FIRST_BUBBLES = 5;
const CAMERA_ON_WORDS = "This is your camera. The picture never leaves this page.";
const CAMERA_OFF_WORDS = "The camera is off.";

export function setUpDistortions(section, page) {
  new DistortionSection(section.querySelector("[data-figure]"), page).show();
}

function gradientWords(value) {
  if (Math.abs(value) < 0.005) return "0, at rest";
  return value.toFixed(2).replace("-", "\u2212");
}

class DistortionSection {
  constructor(element, page) {
    this._element = element;
    this._page = page;
    this._name = "shift";
    this._gradient = [...DISTORTION_BY_HAND];
    this._parts = Object.fromEntries(["shift", "bubbles"].map((name) => [name, distortionPart(page, name)]));
    this._show = new DistortionShow(page, this._settings());
    this._lessons = Object.fromEntries(
      Object.entries(this._parts).map(([name, part]) => [name, new DistortionLesson(page, part, (note) => this._show.takeNote(note))]),
    );
    this._stop = () => this._endLesson("Stopped.");
    this._before = null;
  }

  show() {
    this._line = make("p", { className: "learning-line" });
    this._news = make("p", { className: "hint" });
    this._news.setAttribute("role", "status");
    this._element.append(this._show.element, ...this._sliders(), this._choices(), this._buttons(), this._line, this._news);
    this._choose("shift");
    this._page.animate(this._element, (seconds) => this._advance(seconds));
  }

  get _lesson() {
    return this._lessons[this._name];
  }

  // The stage's settings of the part that has the chosen distortion.
  _settings() {
    const settings = { ...this._page.defaults("stage"), ...this._parts[this._name].stage };
    settings.camera_brightness = 1;
    if (reducedMotion.matches) Object.assign(settings, { knot_turn: [0, 0, 0], wave_rate: 0 });
    return settings;
  }

  _choices() {
    const which = choice({
      label: "Distortion",
      options: [["shift", "Colours apart"], ["bubbles", "Bubbles"]],
      value: this._name,
      onChange: (name) => this._choose(name),
    });
    this._camera = toggle({ label: "Your camera", onChange: (on) => this._setCamera(on) });
    const choices = row(which, this._camera);
    choices.style.alignItems = "end";
    return choices;
  }

  _sliders() {
    this._panels = {};
    this._controls = {};
    for (const [name, labels] of Object.entries(DISTORTION_SLIDERS)) {
      this._controls[name] = labels.map((label, i) =>
        slider({
          label, min: -DISTORTION_MOST, max: DISTORTION_MOST, step: 0.01, value: this._gradient[i],
          describe: gradientWords, onInput: (value) => this._setGradient(i, value),
        }),
      );
      this._panels[name] = panel(...this._controls[name]);
    }
    return Object.values(this._panels);
  }

  _buttons() {
    this._learn = button({ label: "Let it learn", primary: true, onClick: () => this._toggleLesson() });
    const rest = button({ label: "All gradients to zero", onClick: () => this._rest() });
    this._bubble = button({ label: "Open a bubble", onClick: () => this._show.openBubble() });
    return row(this._learn, rest, this._bubble);
  }

  _choose(name) {
    this._endLesson("");
    this._name = name;
    for (const [each, element] of Object.entries(this._panels)) element.style.display = each === name ? "" : "none";
    this._bubble.element.hidden = name !== "bubbles";
    this._show.choose(this._settings());
    if (this._gradient.every((value) => Math.abs(value) < DISTORTION_SLIGHT)) this._gradient = [...DISTORTION_BY_HAND];
    this._byHand();
    if (name === "bubbles") for (let i = 0; i < DISTORTION_FIRST_BUBBLES; i++) this._show.openBubble();
  }

  _setGradient(index, value) {
    if (this._lesson.running) this._endLesson("By hand.");
    this._gradient[index] = value;
    this._byHand();
  }

  _rest() {
    this._endLesson("");
    this._gradient.fill(0);
    this._byHand();
  }

  // The gradients are those of the sliders: nothing is learned, so there is no curve.
  _byHand() {
    if (this._curves) this._show.choose(this._settings());
    this._curves = false;
    const gradient = [...this._gradient];
    this._show.take({ kind: "state", family: "", target: [], theta: gradient, gradient, loss: 0, status: 0 });
    this._showGradient();
  }

  _showGradient() {
    for (const controls of Object.values(this._controls)) {
      controls.forEach((control, i) => {
        const value = Math.round(100 * this._gradient[i]) / 100;
        if (control.value !== value) control.value = value;
      });
    }
    this._line.innerHTML = this._words();
  }

  _words() {
    if (this._curves) {
      const { steps, loss } = this._lesson;
      return `Step <b>${steps}</b> \u00b7 <b class="loss">loss ${loss.toFixed(4)}</b>`;
    }
    const [moved, still] = this._name === "shift"
      ? ["the colours are apart", "the colours lie on each other"]
      : ["the pixels in a bubble are moved", "the bubbles are still"];
    const used = this._gradient.slice(0, DISTORTION_SLIDERS[this._name].length);
    return used.some((value) => Math.abs(value) >= 0.005) ? `By hand: ${moved}.` : `Every gradient is zero: ${still}, the picture is whole.`;
  }

  _toggleLesson() {
    if (this._lesson.running) return this._endLesson("Stopped.");
    this._page.claim(this._stop);
    this._page.sound.resume();
    if (!this._curves) this._show.choose(this._settings());
    this._curves = true;
    for (const event of this._lesson.begin()) this._show.take(event);
    this._learn.label = "Stop";
    this._news.textContent = this._name === "shift"
      ? "A knot is learned while the chord sounds; its three gradients move the colours. It learns more slowly than on stage, to be watched."
      : "A cubic is learned; each note is a step and a bubble. It learns more slowly than on stage, to be watched.";
    this._followLesson();
  }

  _followLesson() {
    this._gradient = [0, 1, 2].map((i) => this._lesson.gradient[i]);
    if (this._lesson.learned) {
      this._gradient.fill(0);
      const steps = this._lesson.steps;
      this._endLesson(`Learned in ${steps} steps: the gradient is close to zero, and the picture comes to rest.`);
    }
    this._showGradient();
  }

  _endLesson(words) {
    this._lessons.shift.stop();
    this._lessons.bubbles.stop();
    this._learn.label = "Let it learn";
    this._news.textContent = words;
  }

  async _setCamera(on) {
    this._wanted = on;
    if (!on) {
      this._show.endCamera();
      this._news.textContent = CAMERA_OFF_WORDS;
      return;
    }
    try {
      await this._show.useCamera(() => this._loseCamera());
      if (!this._wanted) return this._setCamera(false);
      this._news.textContent = CAMERA_ON_WORDS;
    } catch (error) {
      this._camera.value = this._wanted = false;
      this._news.textContent = `${error.message} The drawn piano stays.`;
    }
  }

  _loseCamera() {
    this._camera.value = false;
    this._show.endCamera();
    this._news.textContent = "The camera gives no more pictures. The drawn piano is back.";
  }

  _advance(seconds) {
    const dt = this._before === null ? 0 : seconds - this._before;
    this._before = seconds;
    if (this._lesson.running) {
      for (const event of this._lesson.advance(dt)) this._show.take(event);
      this._followLesson();
    }
    this._show.draw();
  }
}

// The part of the paper's programme that has a distortion.
function distortionPart(page, name) {
  return page.data.programmes.paper.parts.find(({ stage }) => stage.distortion === name);
}
