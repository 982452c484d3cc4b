// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Distortion 1: each colour is read at the place from which its image has moved.
uniform sampler2D picture;
uniform float brightness;  // 0 .. 1
uniform vec2 red;          // where each image has moved to, in the picture's coordinates
uniform vec2 green;
uniform vec2 blue;

varying vec2 v_uv;

void main() {
    vec3 colour = vec3(
        texture2D(picture, v_uv - red).r,
        texture2D(picture, v_uv - green).g,
        texture2D(picture, v_uv - blue).b);
    gl_FragColor = vec4(colour * brightness, 1.0);
}
