// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Draw the camera picture, with one of the distortions; as stage/video.py and stage/waves.py.
import { QuadMesh, StageProgram, stageTexture } from "./stage_gl.js";

const MASK_REDUCED = 4; // the screen is so many times larger than the bubbles' mask, both ways
const MASK_LAYOUT = [["position", 2], ["offset", 2], ["strength", 1]];
const MASK_CORNERS = [[-1, -1], [1, -1], [-1, 1], [1, 1]];
const SCREEN_LAYOUT = [["position", 2]];
const SCREEN_TILE = 64; // pixels, both ways
const WAVE_TURN = 2 * Math.PI;

// Keeps the newest picture and draws it.
export class StageVideo {
  // `coarse`: the first distortion shows the nearest pixel of the picture, in half the time.
  constructor(gl, shaders, indices, coarse) {
    this._gl = gl;
    this._coarse = coarse;
    this._size = [0, 0];
    this._texture = stageTexture(gl);
    this._programs = {};
    for (const name of ["picture", "shift", "wave", "over"]) {
      this._programs[name] = new StageProgram(gl, shaders, "picture", name);
    }
    this._mask = new BubbleMask(gl, shaders, indices);
    this._meshes = Object.fromEntries(
      ["picture", "wave", "over"].map((name) => [name, new QuadMesh(this._programs[name], SCREEN_LAYOUT, indices)]),
    );
    this._full = Object.fromEntries(
      ["picture", "shift"].map((name) => [name, new QuadMesh(this._programs[name], SCREEN_LAYOUT, indices)]),
    );
    for (const mesh of Object.values(this._full)) mesh.loadScreen();
  }

  // Take a picture: an element that WebGL can read, and its size.
  take(source, width, height) {
    const gl = this._gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this._texture);
    // Anew each time: the frames of a video may have another size than the video says.
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
    this._size = [width, height];
  }

  // Draw the picture over the whole screen, with the frame's distortion: a scene never has both.
  draw(frame, size) {
    if (!this._size[0] || frame.video <= 0) return;
    const shifted = frame.shifts.some(([x, y]) => x || y);
    const waves = frame.wave.light || frame.wave.amplitude.some(Boolean);
    if (frame.bubbles.length && waves && !shifted) this._drawWaves(frame, size);
    else if (shifted) this._drawShifts(frame, size);
    else {
      this._use("picture", frame.video, size);
      this._full.picture.draw();
    }
  }

  _drawShifts(frame, size) {
    const program = this._use("shift", frame.video, size);
    ["red", "green", "blue"].forEach((name, i) => program.set(name, ...this._toPicture(frame.shifts[i], size)));
    if (this._coarse) this._interpolate(false);
    this._full.shift.draw();
    if (this._coarse) this._interpolate(true);
  }

  _interpolate(does) {
    const gl = this._gl;
    for (const use of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, use, does ? gl.LINEAR : gl.NEAREST);
    }
  }

  // Only tiles under bubbles are distorted; the others show the undistorted picture.
  _drawWaves(frame, size) {
    const tiles = new ScreenTiles(frame.bubbles, size);
    this._mask.draw(frame.bubbles, size);
    const name = frame.wave.over ? "over" : "wave";
    const program = this._use(name, frame.video, size);
    program.texture("mask", 1, this._mask.texture);
    this._setWave(program, frame.wave, size);
    // A bubble blended over the picture has a brightness of its own, however dim the picture.
    program.set("light", frame.wave.light * (frame.wave.over ? 1 : frame.video));
    tiles.loadInto(this._meshes[name], true);
    this._meshes[name].draw();
    tiles.loadInto(this._meshes.picture, false);
    this._use("picture", frame.video, size);
    this._meshes.picture.draw();
  }

  _setWave(program, wave, size) {
    const aspect = size[0] / size[1];
    program.set("amplitude", ...this._toPicture(wave.amplitude, size));
    program.set("phase", ...wave.phase.map((phase) => phase / WAVE_TURN));
    const [up, across] = [(2 * wave.k) / WAVE_TURN, (2 * wave.k * aspect) / WAVE_TURN];
    program.set("across", wave.along ? across : 0, across);
    program.set("up", wave.along ? 0 : up, 0);
  }

  _use(name, brightness, size) {
    const program = this._programs[name];
    program.use();
    program.texture("picture", 0, this._texture);
    program.set("crop", ...this._crop(size));
    program.set("brightness", brightness);
    return program;
  }

  // Fractions of the picture's width and height that fill the screen.
  _crop(size) {
    const [aspect, own] = [size[0] / size[1], this._size[0] / this._size[1]];
    return [Math.min(1, aspect / own), Math.min(1, own / aspect)];
  }

  // A displacement on the screen (y up) as the picture's (0 .. 1, y down).
  _toPicture([x, y], size) {
    const [across, down] = this._crop(size);
    return [(x * across * size[1]) / (2 * size[0]), (-y * down) / 2];
  }
}

// The bubbles as a small picture: 1 in the middle of each, 0 outside.
class BubbleMask {
  constructor(gl, shaders, indices) {
    this._gl = gl;
    this._program = new StageProgram(gl, shaders, "bubble", "bubble");
    this._mesh = new QuadMesh(this._program, MASK_LAYOUT, indices);
    this._most = gl.getExtension("EXT_blend_minmax");
    this.texture = stageTexture(gl);
    this._size = [0, 0];
    this._target = gl.createFramebuffer();
  }

  draw(bubbles, size) {
    const gl = this._gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this._target);
    this._fit(size.map((pixels) => Math.ceil(pixels / MASK_REDUCED)));
    gl.viewport(0, 0, ...this._size);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    if (this._most) gl.blendEquation(this._most.MAX_EXT);
    else gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_COLOR); // nearly the greater of two
    this._program.use();
    this._program.set("aspect", size[0] / size[1]);
    this._mesh.load(bubbleVertices(bubbles), bubbles.length);
    this._mesh.draw();
    gl.blendEquation(gl.FUNC_ADD);
    gl.disable(gl.BLEND);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, ...size);
  }

  _fit(size) {
    if (size[0] === this._size[0] && size[1] === this._size[1]) return;
    const gl = this._gl;
    this._size = size;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, ...size, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
  }
}

function bubbleVertices(bubbles) {
  const numbers = bubbles.flatMap(([x, y, radius, strength]) =>
    MASK_CORNERS.flatMap(([across, up]) => [x + across * radius, y + up * radius, across, up, strength]),
  );
  return Float32Array.from(numbers);
}

// The screen in tiles: those under bubbles, and the others, which are cheaper to draw.
class ScreenTiles {
  constructor(bubbles, size) {
    this._size = size;
    this._columns = Math.ceil(size[0] / SCREEN_TILE);
    this._under = new Uint8Array(this._columns * Math.ceil(size[1] / SCREEN_TILE));
    for (const bubble of bubbles) this._mark(bubble);
  }

  _mark([across, up, radius]) {
    const [width, height] = this._size;
    const [x, y] = [(width + across * height) / 2, ((up + 1) * height) / 2];
    const reach = (radius * height) / 2 + MASK_REDUCED;
    this._under.forEach((_, i) => {
      const [left, low] = [(i % this._columns) * SCREEN_TILE, Math.floor(i / this._columns) * SCREEN_TILE];
      const dx = Math.min(Math.max(x, left), left + SCREEN_TILE) - x;
      const dy = Math.min(Math.max(y, low), low + SCREEN_TILE) - y;
      if (dx * dx + dy * dy < reach * reach) this._under[i] = 1;
    });
  }

  // One quad for each row of adjacent tiles that are under bubbles, or that are not.
  loadInto(mesh, under) {
    const corners = [];
    for (let row = 0; row * this._columns < this._under.length; row++) {
      for (let column = 0, start = 0; column <= this._columns; column++) {
        const inside = column < this._columns && Boolean(this._under[row * this._columns + column]) === under;
        if (inside) continue;
        if (column > start) corners.push(...this._corners(row, start, column));
        start = column + 1;
      }
    }
    mesh.load(Float32Array.from(corners), corners.length / 8);
  }

  _corners(row, start, end) {
    const place = (tile, pixels) => (2 * Math.min(tile * SCREEN_TILE, pixels)) / pixels - 1;
    const [left, right] = [place(start, this._size[0]), place(end, this._size[0])];
    const [low, high] = [place(row, this._size[1]), place(row + 1, this._size[1])];
    return [left, low, right, low, left, high, right, high];
  }
}
