// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture of the piece: the stage, the touch that starts it, full screen, the camera.
import { DrawnPiano } from "./camera_piano.js";
import { openCamera } from "./camera_source.js";
import { button, make, toggle } from "./controls.js";
import { Stage } from "./stage.js";

const FULL_ICON = '<svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M2 6V2h4M12 2h4v4M16 12v4h-4M6 16H2v-4"/></svg>';
const LEAVE_ICON = FULL_ICON.replace(/d="[^"]*"/, 'd="M6 2v4H2M16 6h-4V2M12 16v-4h4M2 12h4v4"');
const PATIENCE_MS = 700;
const NO_WEBGL = "This browser draws no WebGL, so there is no picture. Keys, learning and sound work without it.";

export class PieceShow {
  // `start()` is called when the visitor touches the picture to begin, `perform()` when the bundled
  // performance shall play, `say(words)` with what went wrong.
  constructor(page, { start, perform, say }) {
    this._say = say;
    this._camera = null;
    this._drawn = new DrawnPiano({ plays: false }); // the picture where there is no camera
    this.canvas = make("canvas", { className: "stage", ariaLabel: "The stage", tabIndex: -1 });
    this.canvas.setAttribute("role", "img");
    this.touch = button({ label: "Start the sound", primary: true, onClick: start });
    const performs = button({ label: "Hear the performance that comes with the page", onClick: perform });
    this.overlay = make("div", { className: "start" }, this.touch.element, performs.element);
    this._invitation = make("p", { className: "invitation", hidden: true });
    this._silent = make("button", { type: "button", className: "silent", hidden: true }, "The sound is suspended: touch here to let it sound");
    this._silent.onclick = start;
    this.full = make("button", { type: "button", className: "full", ariaLabel: "Full screen", title: "Full screen", innerHTML: FULL_ICON });
    this.full.onclick = () => this._toggleFull();
    this.camera = toggle({ label: "Your camera", onChange: (on) => this._setCamera(on), hint: "The picture stays on this machine." });
    this.picture = make("div", { className: "show" }, this.canvas, this._invitation, this.overlay, this._silent, this.full);
    this.element = make("div", { className: "theatre" }, this.picture);
    this._open = () => this._openStage(page);
    this._stage = null; // it is opened when the piece begins: shaders take a moment
    this._waiting = []; // what happens until then
    document.addEventListener("fullscreenchange", () => this._showFull());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this._filled && this._toggleFull());
  }

  _openStage(page) {
    this._open = null;
    if (!Stage.available()) return this.picture.append(make("p", { className: "notice" }, NO_WEBGL));
    this._stage = new Stage(this.canvas, page.data.shaders, this._part[1]);
    this._stage.setPicture(this._camera?.video ?? this._drawn);
    this._stage.beginPart(...this._part);
    for (const event of this._waiting) this.take(event);
    this._waiting = [];
  }

  take(event) {
    this._stage?.take(event, performance.now() / 1000);
    if (this._open) this._waiting.push(event);
  }

  // These keys are up, though nobody lifted them.
  lift(keys) {
    for (const key of keys) this._drawn.take({ kind: "note", on: false, key }, performance.now() / 1000);
  }

  beginPart(part, settings) {
    this._waiting = [];
    this._part = [part.number, settings, { title: part.description.title, fresh: true }];
    this._stage?.beginPart(...this._part);
  }

  draw() {
    if (this._open && this.overlay.hidden) this._open();
    this._stage?.draw(performance.now() / 1000);
  }

  started() {
    if (this.overlay.hidden) return;
    this._hide(this.overlay);
    this.invite(this._invitation.textContent);
  }

  // Say in the picture what to do first, once it is open; nothing where `words` is empty.
  invite(words) {
    this._invitation.hidden = !words || !this.overlay.hidden;
    this._invitation.textContent = words;
  }

  // Hide what lies over the picture, which takes over its focus.
  _hide(element) {
    if (element.contains(document.activeElement)) this.canvas.focus({ preventScroll: true });
    element.hidden = true;
  }

  // Say that nothing can be heard, unless it is over in a moment.
  silent(is) {
    if (is) this._saying ??= setTimeout(() => (this._silent.hidden = false), PATIENCE_MS);
    else {
      clearTimeout(this._saying);
      this._saying = undefined;
      this._hide(this._silent);
    }
  }

  // Browsers of some phones have no full screen for a part of a page: it fills the window instead.
  async _toggleFull() {
    if (document.fullscreenElement) return document.exitFullscreen();
    if (this._filled) this._filled = false;
    else {
      try {
        await this.element.requestFullscreen();
      } catch {
        this._filled = true;
      }
    }
    this._showFull();
  }

  _showFull() {
    const full = Boolean(this._filled || document.fullscreenElement === this.element);
    this.element.classList.toggle("filled", full);
    document.documentElement.classList.toggle("covered", full);
    const words = full ? "Leave full screen" : "Full screen";
    Object.assign(this.full, { ariaLabel: words, title: words, innerHTML: full ? LEAVE_ICON : FULL_ICON });
  }

  async _setCamera(on) {
    this._wanted = on;
    this._camera?.stop();
    this._camera = null;
    this._stage?.setPicture(this._drawn);
    if (!on) return;
    try {
      const camera = await openCamera(() => this._loseCamera("The camera gives no more pictures. The drawn piano is back."));
      if (!this._wanted) return camera.stop();
      this._camera = camera;
      this._stage?.setPicture(camera.video);
      this._say("The camera's picture is seen in the parts that show one. It never leaves this page.");
    } catch (error) {
      this._loseCamera(error.message);
    }
  }

  _loseCamera(words) {
    this.camera.value = false;
    this._setCamera(false);
    this._say(words);
  }
}
