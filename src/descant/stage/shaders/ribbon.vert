// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Lines, discs and tubes, in screen units (see ribbons.py).
uniform float aspect;      // width over height
uniform float tube;        // 1: `extra` is the depth; 0: it is the glow
uniform float pixel;       // size of one, screen units

attribute vec2 position;
attribute vec2 offset;     // from the middle of the line, in half widths
attribute float half_width;
attribute vec4 colour;     // not premultiplied
attribute float extra;

varying vec4 v_where;      // offset; half width in soft edges; glow, or half width in depths
varying vec4 v_colour;

const float NEAREST = 4.0;     // depths from -NEAREST to DEEPEST - NEAREST are told apart
const float DEEPEST = 16.0;
const float SOFT = 1.25;       // pixels over which an edge goes from full to none

void main() {
    v_where = vec4(offset, half_width / (SOFT * pixel), mix(extra, half_width / DEEPEST, tube));
    v_colour = colour;
    float depth = tube * clamp(2.0 * (extra + NEAREST) / DEEPEST - 1.0, -0.99, 0.99);
    gl_Position = vec4(position.x / aspect, position.y, depth, 1.0);
}
