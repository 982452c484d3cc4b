// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// A picture at one place of the screen.
uniform vec4 place;        // left, bottom, right, top; -1 .. 1

attribute vec2 position;   // -1 .. 1 both ways

varying vec2 v_uv;

void main() {
    v_uv = 0.5 + 0.5 * vec2(position.x, -position.y);
    gl_Position = vec4(mix(place.xy, place.zw, 0.5 + 0.5 * position), 0.0, 1.0);
}
