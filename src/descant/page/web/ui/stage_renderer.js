// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Draw frames of the scene by WebGL; as stage/renderer.py.
import { QuadMesh, StageProgram, drawsInSoftware, quadIndices } from "./stage_gl.js";
import { RIBBON_LAYOUT, Ribbons } from "./stage_ribbons.js";
import { StageVideo } from "./stage_video.js";

const LINE_SHADOW = 0.55; // strength of the shadow of flat lines, over a picture of full brightness

export class StageRenderer {
  // `fast`: where it draws on the processor, pictures that move are not interpolated.
  // `ground`: red, green and blue, 0 .. 1, where nothing is drawn.
  constructor(gl, shaders, { fast = false, ground = [0, 0, 0] } = {}) {
    Object.assign(this, { _gl: gl, _ground: ground });
    const indices = quadIndices(gl);
    this.video = new StageVideo(gl, shaders, indices, fast && drawsInSoftware(gl));
    this._flat = new QuadMesh(new StageProgram(gl, shaders, "ribbon", "flat"), RIBBON_LAYOUT, indices);
    this._tubes = new QuadMesh(new StageProgram(gl, shaders, "ribbon", "tube"), RIBBON_LAYOUT, indices);
    this._ribbons = new Ribbons();
  }

  // Draw `frame` over `size` pixels.
  draw(frame, size) {
    const gl = this._gl;
    gl.viewport(0, 0, ...size);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.BLEND);
    gl.clearColor(...this._ground, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.video.draw(frame, size);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this._drawLines(frame, size);
  }

  // All that is flat, and the tubes in front of it.
  _drawLines(frame, size) {
    const gl = this._gl;
    const pixel = 2 / size[1];
    this._ribbons.buildFlat(frame, pixel);
    this._drawMesh(this._flat, size, { shadow: LINE_SHADOW * frame.video, tube: 0 });
    this._ribbons.buildTubes(frame, pixel);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    this._drawMesh(this._tubes, size, { tube: 1 });
    gl.disable(gl.DEPTH_TEST);
  }

  _drawMesh(mesh, size, uniforms) {
    if (!this._ribbons.quads) return;
    mesh.program.use();
    const all = { ...uniforms, aspect: size[0] / size[1], pixel: 2 / size[1] };
    for (const [name, value] of Object.entries(all)) mesh.program.set(name, value);
    mesh.load(this._ribbons.vertices, this._ribbons.quads);
    mesh.draw();
  }
}
