// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Triangles of lines and discs; as stage/ribbons.py. Every segment of a line is a quad. Neighbours
// meet at a mitre; where a line turns back on itself a disc closes the gap. Quads are ordered from
// far to near, those of all lines together.
import { stageClamp } from "./stage_easing.js";

// Attribute -> floats, in the order of a vertex. `extra`: the glow of a flat line, the depth of a tube.
export const RIBBON_LAYOUT = [["position", 2], ["offset", 2], ["half_width", 1], ["colour", 4], ["extra", 1]];
const RIBBON_FLOATS = 10;
const RIBBON_NO_SHADOW = -1; // glow of a disc on a flat line: its shadow would cover the line
const RIBBON_EDGE = 1.5; // pixels beyond the body for its soft edge
const RIBBON_HALO = 0.45; // width of the halo beyond a tube's body, in half widths
const RIBBON_GLOW = 7; // width of the glow beyond a flat line's body, in half widths
const RIBBON_SHARP = 0.4; // cosine of the turn from which a mitre would be a spike
const RIBBON_STRAIGHT = 0.995; // cosine of the turn of a line that hardly bends
const RIBBON_TIGHT = 0.9; // half width times curvature from which a mitre folds over
const RIBBON_DEPTHS = 2 ** 20; // steps of a depth of 1, for the order
const RIBBON_MOST = 2 ** 18; // quads that have an order
const RIBBON_CORNERS = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
const RIBBON_DEEPEST = 2 ** 12;

// Keeps the vertices of one draw call. `pixel`: the size of one on the screen, in screen units.
export class Ribbons {
  constructor() {
    this.vertices = new Float32Array(RIBBON_FLOATS * 4 * 1024);
    this.quads = 0;
    this._at = 0;
    this._keys = new Float64Array(1024);
    this._pixel = 0;
  }

  // Residuals, flat lines from far to near, dots.
  buildFlat(frame, pixel) {
    this._begin(pixel);
    if (frame.segments) this._segments(frame.segments);
    this._strokes(frame.strokes.filter((stroke) => !stroke.round));
    const dots = frame.dots;
    if (dots) for (const [x, y] of dots.points) this._disc(x, y, dots.radius, dots.colour, 0, 0);
  }

  // Tubes from far to near.
  buildTubes(frame, pixel) {
    this._begin(pixel);
    this._strokes(frame.strokes.filter((stroke) => stroke.round));
  }

  _begin(pixel) {
    this._pixel = pixel;
    this.quads = 0;
  }

  // All quads of all lines, the farthest first; equally far ones in the order given.
  _strokes(strokes) {
    const joints = strokes.map(strokeJoints);
    const pieces = []; // stroke number and piece: segment i, or disc at point -1 - i
    for (let number = 0; number < strokes.length; number++) {
      const { count, depth } = strokes[number];
      for (let i = 0; i + 1 < count; i++) this._order(pieces, number, i, (depth[i] + depth[i + 1]) / 2);
      const tight = joints[number].tight;
      for (let i = 0; i < count; i++) if (tight[i]) this._order(pieces, number, -1 - i, depth[i]);
    }
    const count = pieces.length / 2;
    const keys = this._keys.subarray(0, count).sort();
    for (let k = 0; k < count; k++) {
      const place = 2 * (keys[k] - Math.floor(keys[k] / RIBBON_MOST) * RIBBON_MOST);
      const [stroke, piece] = [strokes[pieces[place]], pieces[place + 1]];
      if (piece >= 0) this._segment(stroke, joints[pieces[place]], piece);
      else this._joint(stroke, -1 - piece);
    }
  }

  _order(pieces, number, piece, depth) {
    const place = pieces.length / 2;
    if (place >= RIBBON_MOST) return;
    if (place >= this._keys.length) {
      const longer = new Float64Array(2 * this._keys.length);
      longer.set(this._keys);
      this._keys = longer;
    }
    const deep = stageClamp(depth, -RIBBON_DEEPEST, RIBBON_DEEPEST);
    this._keys[place] = Math.round(-deep * RIBBON_DEPTHS) * RIBBON_MOST + place;
    pieces.push(number, piece);
  }

  _segment(stroke, joints, i) {
    const { x, y, half, depth, round, glow } = stroke;
    const reaches = !(joints.tight[i] || joints.tight[i + 1]);
    const light = 1 + (round ? RIBBON_HALO : glow > 0 ? RIBBON_GLOW : 0);
    this._open();
    for (let end = 0; end < 2; end++) {
      const k = i + end;
      const [across, up] = [joints.across[2 * i + end], joints.up[2 * i + end]];
      // How far the quad reaches, in half widths: glow and halo of unmitred ones would stick out.
      const edge = 1 + (RIBBON_EDGE * this._pixel) / Math.max(half[k], 1e-9);
      const reach = reaches ? Math.max(edge, light) : edge;
      const square = reach / Math.max(Math.hypot(across, up), 1e-9);
      const [ox, oy] = joints.bent ? [0, reach] : [across * square, up * square];
      const [dx, dy] = [across * half[k] * reach, up * half[k] * reach];
      const extra = round ? depth[k] : glow;
      this._vertex(x[k] + dx, y[k] + dy, ox, oy, half[k], stroke.colour, 4 * k, extra);
      this._vertex(x[k] - dx, y[k] - dy, -ox, -oy, half[k], stroke.colour, 4 * k, extra);
    }
  }

  _joint({ x, y, half, depth, colour, round }, i) {
    this._disc(x[i], y[i], half[i], colour, 4 * i, round ? depth[i] : RIBBON_NO_SHADOW);
  }

  _disc(x, y, radius, colour, from, extra) {
    const extent = 1 + (RIBBON_EDGE * this._pixel) / Math.max(radius, 1e-9);
    this._open();
    for (const [across, up] of RIBBON_CORNERS) {
      const [ox, oy] = [across * extent, up * extent];
      this._vertex(x + ox * radius, y + oy * radius, ox, oy, radius, colour, from, extra);
    }
  }

  _segments({ ends, half, colour }) {
    const extent = 1 + (RIBBON_EDGE * this._pixel) / Math.max(half, 1e-9);
    for (const [x0, y0, x1, y1] of ends) {
      const length = Math.max(Math.hypot(x1 - x0, y1 - y0), 1e-9);
      const [ox, oy] = [(-(y1 - y0) / length) * extent, ((x1 - x0) / length) * extent];
      this._open();
      for (const [x, y] of [[x0, y0], [x1, y1]]) {
        this._vertex(x + ox * half, y + oy * half, ox, oy, half, colour, 0, 0);
        this._vertex(x - ox * half, y - oy * half, -ox, -oy, half, colour, 0, 0);
      }
    }
  }

  // Make room for the four vertices of the next quad.
  _open() {
    this._at = this.quads * 4 * RIBBON_FLOATS;
    this.quads++;
    if (this._at + 4 * RIBBON_FLOATS <= this.vertices.length) return;
    const longer = new Float32Array(2 * this.vertices.length);
    longer.set(this.vertices);
    this.vertices = longer;
  }

  _vertex(x, y, ox, oy, half, colour, from, extra) {
    const [v, at] = [this.vertices, this._at];
    v[at] = x;
    v[at + 1] = y;
    v[at + 2] = ox;
    v[at + 3] = oy;
    v[at + 4] = half;
    for (let c = 0; c < 4; c++) v[at + 5 + c] = colour[from + c];
    v[at + 9] = extra;
    this._at += RIBBON_FLOATS;
  }
}

// Of each segment's two ends the offset for a half width of 1 (`across`, `up`), which points need a
// disc (`tight`), and whether the line is `bent`: with a wide glow, offsets of two directions would
// cancel in the middle of a segment, so where a flat line bends they are distances from the line.
function strokeJoints(stroke) {
  const { count, x, y, half, round } = stroke;
  const last = count - 1;
  const { nx, ny, length } = strokeNormals(stroke);
  const closed = Math.abs(x[0] - x[last]) < 1e-9 && Math.abs(y[0] - y[last]) < 1e-9;
  const [across, up] = [new Float64Array(2 * last), new Float64Array(2 * last)];
  const tight = new Uint8Array(count);
  let bent = false;
  for (let k = 0; k < count; k++) {
    const before = k > 0 ? k - 1 : closed ? last - 1 : 0;
    const after = k < last ? k : closed ? 0 : last - 1;
    const cosine = nx[before] * nx[after] + ny[before] * ny[after];
    bent ||= !round && k > 0 && k < last && cosine < RIBBON_STRAIGHT;
    const shorter = Math.min(length[Math.min(k, last - 1)], length[Math.max(k - 1, 0)]);
    const bend = Math.acos(stageClamp(cosine, -1, 1)) / shorter;
    const broken = cosine < RIBBON_SHARP || bend * half[k] > RIBBON_TIGHT;
    const share = 1 / Math.max(1 + cosine, 1e-6);
    const [mx, my] = [(nx[before] + nx[after]) * share, (ny[before] + ny[after]) * share];
    if (k > 0) {
      across[2 * k - 1] = broken ? nx[k - 1] : mx;
      up[2 * k - 1] = broken ? ny[k - 1] : my;
    }
    if (k < last) {
      across[2 * k] = broken ? nx[k] : mx;
      up[2 * k] = broken ? ny[k] : my;
    }
    tight[k] = Number(broken || (round && !closed && (k === 0 || k === last))); // a round end
  }
  return { across, up, tight, bent };
}

function strokeNormals({ count, x, y }) {
  const normals = { nx: new Float64Array(count - 1), ny: new Float64Array(count - 1), length: new Float64Array(count - 1) };
  for (let i = 0; i + 1 < count; i++) {
    const [dx, dy] = [x[i + 1] - x[i], y[i + 1] - y[i]];
    const length = Math.max(Math.sqrt(dx * dx + dy * dy), 1e-9);
    normals.nx[i] = -dy / length;
    normals.ny[i] = dx / length;
    normals.length[i] = length;
  }
  return normals;
}
