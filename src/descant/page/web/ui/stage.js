// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The stage: the pictures of the performance, by the stage's own shaders.
import { stageContext } from "./stage_gl.js";
import { StageRenderer } from "./stage_renderer.js";
import { RenderScale } from "./stage_scale.js";
import { StageScene } from "./stage_scene.js";

const STAGE_MOST_PIXELS = 2; // of the canvas for each of the page, both ways
const stageSupport = { known: null };

export class Stage {
  // Whether this browser can draw it.
  static available() {
    if (stageSupport.known === null) {
      const gl = stageContext(document.createElement("canvas"));
      stageSupport.known = Boolean(gl);
      gl?.getExtension("WEBGL_lose_context")?.loseContext();
    }
    return stageSupport.known;
  }

  // `shaders`: file name -> text. `settings`: of the stage. `adapts`: the resolution follows the
  // machine; else the canvas keeps the size that it has.
  constructor(canvas, shaders, settings, { adapts = true } = {}) {
    this.canvas = canvas;
    this.scene = new StageScene(settings, 16 / 9);
    this._scale = adapts ? new RenderScale() : null;
    this._picture = null;
    this._pictureNumber = null;
    this._gl = stageContext(canvas);
    const open = () => new StageRenderer(this._gl, shaders, { fast: adapts });
    this._renderer = this._gl && open();
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this._renderer = null;
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this._renderer = open();
      this._pictureNumber = null;
    });
  }

  // Whether there is a context to draw with now.
  get working() {
    return Boolean(this._renderer);
  }

  // The settings that hold now.
  get settings() {
    return this.scene.settings;
  }

  // Take a note, pedal, state, episode, or part with `settings`, at `now`, seconds.
  take(event, now) {
    this.scene.take(event, now);
    this._picture?.take?.(event, now);
  }

  // Part `number` begins. `fresh`: what was learned before leaves.
  beginPart(number, settings, { fresh = true } = {}) {
    this.scene.beginPart(number, settings, fresh);
  }

  // Settings that hold at once.
  set(settings) {
    this.scene.set(settings);
  }

  // The camera picture: a video, a canvas, a `DrawnPiano`, or null.
  setPicture(picture) {
    this._picture = picture;
    this._pictureNumber = null;
  }

  // Draw the frame at `now`, seconds.
  draw(now) {
    const scale = this._scale ? this._scale.observe(now) : 1;
    if (this._scale) this._fit(scale);
    const { width, height } = this.canvas;
    this.scene.aspect = width / height;
    this._takePicture(now);
    const frame = this.scene.at(now);
    if (this._renderer && !this._gl.isContextLost()) this._renderer.draw(frame, [width, height]);
  }

  // Fit the canvas to its place on the page.
  _fit(scale) {
    const canvas = this.canvas;
    const pixels = Math.min(window.devicePixelRatio || 1, STAGE_MOST_PIXELS) * scale;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.max(64, Math.round(side * pixels)));
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  // Give the picture to the renderer where it is a new one.
  _takePicture(now) {
    const picture = this._picture;
    if (!picture || this.settings.camera_brightness <= 0) return;
    picture.draw?.(now);
    const source = picture.source ?? picture;
    const [width, height] = [source.videoWidth ?? source.width, source.videoHeight ?? source.height];
    const number = picture.number ?? source.currentTime;
    const old = number !== undefined && number === this._pictureNumber;
    if (width && !(old && "videoWidth" in source)) this.scene.takePicture(now); // only a video falls silent
    if (!width || old) return;
    if (!this._renderer || this._gl.isContextLost()) return;
    this._pictureNumber = number;
    this._renderer.video.take(source, width, height);
  }
}
