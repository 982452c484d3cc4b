// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The camera picture over the whole screen, cropped to its proportions.
uniform vec2 crop;         // part of the picture that is seen, across and down

attribute vec2 position;   // -1 .. 1 both ways

varying vec2 v_uv;         // in the picture, whose first row is on top
varying vec2 v_screen;     // 0 .. 1 both ways, (0, 0) lower left

void main() {
    v_uv = 0.5 + vec2(position.x, -position.y) * 0.5 * crop;
    v_screen = 0.5 + 0.5 * position;
    gl_Position = vec4(position, 0.0, 1.0);
}
