// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// One quad for each bubble, into the mask.
uniform float aspect;      // width over height

attribute vec2 position;   // screen units
attribute vec2 offset;     // from the middle, 1 at the rim
attribute float strength;  // 0 .. 1

varying vec2 v_offset;
varying float v_strength;

void main() {
    v_offset = offset;
    v_strength = strength;
    gl_Position = vec4(position.x / aspect, position.y, 0.0, 1.0);
}
