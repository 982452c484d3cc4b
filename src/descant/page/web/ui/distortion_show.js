// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The picture of section "distortions": the stage, with a drawn piano or the camera behind it.
import { DrawnPiano } from "./camera_piano.js";
import { openCamera } from "./camera_source.js";
import { figure, make } from "./controls.js";
import { reducedMotion } from "./shared.js";
import { Stage } from "./stage.js";

const SHOW_CAPTION =
  "A drawn piano, or your camera. In the second distortion, touch the picture to open bubbles: drag for a row of them, " +
  "or, with the picture in focus, press <kbd>1</kbd> to <kbd>0</kbd>, from left to right.";
const SHOW_NO_WEBGL =
  "This browser draws no WebGL, so the distorted picture cannot be shown. The rest of the page works without it.";
const SHOW_VELOCITY = 96;
const SHOW_DRAG = 0.28; // screen units from one bubble to the next
const SHOW_GOLDEN = (Math.sqrt(5) - 1) / 2;
const SHOW_COLUMNS = "1234567890";

export class DistortionShow {
  // `settings`: of the stage, for the distortion that is chosen.
  constructor(page, settings) {
    const { element, canvas } = figure("The distorted picture", SHOW_CAPTION);
    this.element = element;
    this.canvas = canvas;
    this._count = 0;
    this._camera = null;
    this.piano = new DrawnPiano({ plays: !reducedMotion.matches });
    if (!Stage.available()) {
      canvas.replaceWith(make("p", { className: "notice" }, SHOW_NO_WEBGL));
      return;
    }
    this.stage = new Stage(canvas, page.data.shaders, settings);
    this.stage.setPicture(this.piano);
    canvas.addEventListener("pointerdown", (event) => this._press(event));
    canvas.addEventListener("pointermove", (event) => this._drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (this._last = null));
    canvas.addEventListener("keydown", (event) => this._key(event));
  }

  // Change to the settings of a distortion; what was learned leaves.
  choose(settings) {
    this._bubbles = settings.distortion === "bubbles";
    this.stage?.beginPart(settings.part, settings, { fresh: true });
    this.canvas.style.touchAction = this._bubbles ? "pan-y" : "";
    this.canvas.style.cursor = this._bubbles ? "pointer" : "";
    this.canvas.tabIndex = this._bubbles ? 0 : -1;
    this.canvas.setAttribute("role", this._bubbles ? "button" : "img");
    this.canvas.ariaLabel = this._bubbles ? "The distorted picture: press to open a bubble" : "The distorted picture";
  }

  take(event) {
    this.stage?.take(event, this._now());
  }

  // A key sounds; the piano shows it, a bubble opens.
  takeNote(note) {
    if (this._camera || !this.stage) this.piano.take(note, this._now());
    this.take(note);
  }

  draw() {
    this.stage?.draw(this._now());
  }

  // Open a bubble somewhere, evenly spread.
  openBubble() {
    this._count += 1;
    const across = 1.4 * (2 * ((this._count * SHOW_GOLDEN) % 1) - 1);
    const up = 0.55 * Math.sin(this._count * 2.4);
    this._bubble(across, up);
  }

  // Show the camera, or the drawn piano again. `onEnd()` is called when the camera ends by itself.
  async useCamera(onEnd) {
    const camera = await openCamera(onEnd);
    this.endCamera();
    this._camera = camera;
    this.stage?.setPicture(camera.video);
  }

  endCamera() {
    this._camera?.stop();
    this._camera = null;
    this.stage?.setPicture(this.piano);
  }

  _now() {
    return performance.now() / 1000;
  }

  _bubble(x, y) {
    if (this._bubbles) this.stage?.scene.addBubble([x, y], SHOW_VELOCITY, this._now());
  }

  // A pointer's place in screen units.
  _place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [across, down] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [(2 * across - 1) * (box.width / box.height), 1 - 2 * down];
  }

  _press(event) {
    if (event.button || !this._bubbles) return;
    this._last = this._place(event);
    this._bubble(...this._last);
  }

  _drag(event) {
    if (!this._last) return;
    const place = this._place(event);
    if (Math.hypot(place[0] - this._last[0], place[1] - this._last[1]) < SHOW_DRAG) return;
    this._last = place;
    this._bubble(...place);
  }

  _key(event) {
    if (!this._bubbles || event.ctrlKey || event.metaKey || event.altKey) return;
    const column = SHOW_COLUMNS.indexOf(event.key);
    if (column >= 0) this._bubble(-1.5 + column / 3, 0.5 * Math.sin(column * 2.4 + this._count++));
    else if (event.key === "Enter" || event.key === " ") this.openBubble();
    else return;
    event.preventDefault();
  }
}
