// The picture of the piece: the stage, the touch that starts it, full screen, the camera.
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
    this._stream = null;
    this._drawn = null;
    this.canvas = make("canvas", { className: "stage", ariaLabel: "The stage" });
    this.canvas.setAttribute("role", "img");
    this.touch = button({ label: "Touch to start the sound", primary: true, onClick: start });
    const performs = button({ label: "Hear the performance that comes with the page", onClick: perform });
    this.overlay = make("div", { className: "start" }, this.touch.element, performs.element);
    this._silent = make("button", { type: "button", className: "silent", hidden: true }, "The sound is suspended: touch here to let it sound");
    this._silent.onclick = start;
    this.full = make("button", { type: "button", className: "full", ariaLabel: "Full screen", title: "Full screen", innerHTML: FULL_ICON });
    this.full.onclick = () => this._toggleFull();
    this.camera = toggle({ label: "Your camera", onChange: (on) => this._setCamera(on), hint: "The picture stays on this machine." });
    this.picture = make("div", { className: "show" }, this.canvas, this.overlay, this._silent, this.full);
    this.element = make("div", { className: "theatre" }, this.picture);
    this._open = () => this._openStage(page);
    this._stage = null; // it is opened when the piece begins: shaders take a moment
    document.addEventListener("fullscreenchange", () => this._showFull());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this._filled && this._toggleFull());
  }

  _openStage(page) {
    this._open = null;
    if (!Stage.available()) return this.picture.append(make("p", { className: "notice" }, NO_WEBGL));
    this._stage = new Stage(this.canvas, page.data.shaders, this._part[1]);
    this._stage.setPicture(this._drawn);
    this._stage.beginPart(...this._part);
  }

  // The picture that is seen where there is no camera: a canvas, or what draws itself.
  setDrawn(picture) {
    this._drawn = picture;
    if (!this._stream) this._stage?.setPicture(picture);
  }

  take(event) {
    this._stage?.take(event, performance.now() / 1000);
  }

  beginPart(part, settings) {
    this._part = [part.number, settings, { title: part.description.title, fresh: true }];
    this._stage?.beginPart(...this._part);
  }

  draw() {
    if (this._open && this.overlay.hidden) this._open();
    this._stage?.draw(performance.now() / 1000);
  }

  started() {
    this.overlay.hidden = true;
  }

  // Say that nothing can be heard, unless it is over in a moment.
  silent(is) {
    clearTimeout(this._saying);
    if (!is) this._silent.hidden = true;
    else this._saying = setTimeout(() => (this._silent.hidden = false), PATIENCE_MS);
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
    this._stream?.getTracks().forEach((track) => track.stop());
    this._stream = null;
    if (!on) return this._stage?.setPicture(this._drawn);
    try {
      if (!navigator.mediaDevices) throw new Error("this browser gives no camera to a page opened this way");
      this._stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
    } catch (error) {
      this.camera.value = false;
      const words = error.name === "NotAllowedError" ? "the browser does not allow it" : error.message || error.name;
      return this._say(`There is no camera picture: ${words}.`);
    }
    if (!this.camera.value) return this._setCamera(false);
    const video = make("video", { srcObject: this._stream, muted: true, playsInline: true });
    await video.play().catch(() => {});
    this._stage?.setPicture(video);
    this._say("The camera picture is seen in parts that show one. It stays on this machine.");
  }
}
