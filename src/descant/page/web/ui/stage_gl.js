// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// WebGL 1 as the stage uses it: programs from the stage's shader files, and triangles.

const QUADS_A_CALL = 16384; // as many as 16-bit indices reach
const CORNERS_OF_SCREEN = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);

// A context for the stage; null where there is none.
export function stageContext(canvas) {
  const attributes = { alpha: false, antialias: false, depth: true, stencil: false, powerPreference: "high-performance" };
  return canvas.getContext("webgl", attributes);
}

// Whether a context draws on the processor.
export function drawsInSoftware(gl) {
  const known = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(known ? known.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

// The text of a shader file for WebGL. The files are GLSL 1.20: WebGL wants a precision besides, and
// the depth of a fragment by another name, or, where there is none, to no effect.
function shaderForWebGl(gl, text, fragment) {
  if (!fragment) return text;
  const lines = ["precision highp float;"];
  if (!text.includes("gl_FragDepth")) return [...lines, text].join("\n");
  if (gl.getExtension("EXT_frag_depth")) {
    lines.unshift("#extension GL_EXT_frag_depth : enable");
    return [...lines, text.replaceAll("gl_FragDepth", "gl_FragDepthEXT")].join("\n");
  }
  return [...lines, "float unusedDepth;", text.replaceAll("gl_FragDepth", "unusedDepth")].join("\n");
}

function compiledShader(gl, kind, text) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, shaderForWebGl(gl, text, kind === gl.FRAGMENT_SHADER));
  gl.compileShader(shader);
  return shader;
}

// A program of NAME.vert and NAME.frag, and its uniforms.
export class StageProgram {
  constructor(gl, shaders, vertex, fragment) {
    this.gl = gl;
    this._program = gl.createProgram();
    for (const [kind, name] of [[gl.VERTEX_SHADER, `${vertex}.vert`], [gl.FRAGMENT_SHADER, `${fragment}.frag`]]) {
      const shader = compiledShader(gl, kind, shaders[name]);
      gl.attachShader(this._program, shader);
      if (gl.getShaderParameter(shader, gl.COMPILE_STATUS) || gl.isContextLost()) continue;
      throw new Error(`shader ${name} does not compile: ${gl.getShaderInfoLog(shader)}`);
    }
    gl.linkProgram(this._program);
    if (!gl.getProgramParameter(this._program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`shaders ${vertex} and ${fragment} do not link: ${gl.getProgramInfoLog(this._program)}`);
    }
    this._places = new Map();
  }

  use() {
    this.gl.useProgram(this._program);
  }

  // Set a float or vec2..4 of the program in use.
  set(name, ...values) {
    this.gl[`uniform${values.length}f`](this._place(name), ...values);
  }

  // Let the sampler `name` read from texture unit `unit`.
  texture(name, unit, texture) {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform1i(this._place(name), unit);
  }

  attribute(name) {
    return this.gl.getAttribLocation(this._program, name);
  }

  _place(name) {
    if (!this._places.has(name)) this._places.set(name, this.gl.getUniformLocation(this._program, name));
    return this._places.get(name);
  }
}

// The indices of quads whose vertices come in the order of a Z; shared by all meshes of a context.
export function quadIndices(gl) {
  const indices = new Uint16Array(6 * QUADS_A_CALL);
  for (let quad = 0; quad < QUADS_A_CALL; quad++) {
    [0, 1, 2, 2, 1, 3].forEach((corner, i) => (indices[6 * quad + i] = 4 * quad + corner));
  }
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.STATIC_DRAW);
  return buffer;
}

// Quads of vertices of one layout, [[attribute, floats], ..], drawn with one program.
export class QuadMesh {
  constructor(program, layout, indices) {
    this.program = program;
    this._gl = program.gl;
    this._layout = layout.map(([name, count]) => [program.attribute(name), count]);
    this._floats = layout.reduce((sum, [, count]) => sum + count, 0);
    this._indices = indices;
    this._vertices = this._gl.createBuffer();
    this._quads = 0;
  }

  // Take the first `quads` quads of an array of vertices.
  load(vertices, quads) {
    const gl = this._gl;
    this._quads = quads;
    gl.bindBuffer(gl.ARRAY_BUFFER, this._vertices);
    gl.bufferData(gl.ARRAY_BUFFER, vertices.subarray(0, 4 * this._floats * quads), gl.STREAM_DRAW);
  }

  loadScreen() {
    this.load(CORNERS_OF_SCREEN, 1);
  }

  // Draw all quads in their order, with the program in use.
  draw() {
    const gl = this._gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this._vertices);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this._indices);
    for (const [place] of this._layout) if (place >= 0) gl.enableVertexAttribArray(place);
    for (let first = 0; first < this._quads; first += QUADS_A_CALL) {
      let offset = 4 * 4 * this._floats * first;
      for (const [place, count] of this._layout) {
        if (place >= 0) gl.vertexAttribPointer(place, count, gl.FLOAT, false, 4 * this._floats, offset);
        offset += 4 * count;
      }
      gl.drawElements(gl.TRIANGLES, 6 * Math.min(QUADS_A_CALL, this._quads - first), gl.UNSIGNED_SHORT, 0);
    }
    for (const [place] of this._layout) if (place >= 0) gl.disableVertexAttribArray(place);
  }
}

// A texture that repeats its edges and interpolates.
export function stageTexture(gl) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const use of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, use, gl.LINEAR);
  return texture;
}
