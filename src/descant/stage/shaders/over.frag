// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Distortion 2 with bubbles that blend the distorted picture over the undistorted one
// (see frame.Wave).
uniform sampler2D picture;
uniform sampler2D mask;    // a quarter of the screen's resolution
uniform float brightness;  // 0 .. 1
uniform float light;       // brightness added inside the bubbles
uniform vec2 amplitude;    // in the picture's coordinates
uniform vec2 phase;        // turns
uniform vec2 across;       // turns over the screen's width
uniform vec2 up;           // turns over its height

varying vec2 v_uv;
varying vec2 v_screen;

const float TURN = 6.283185307;

void main() {
    float inside = texture2D(mask, v_screen).r;
    vec2 at = v_screen - 0.5;
    vec2 way = amplitude * cos(TURN * (phase + across * at.x + up * at.y));
    vec3 plain = texture2D(picture, v_uv).rgb;
    vec3 moved = texture2D(picture, v_uv + way).rgb;
    gl_FragColor = vec4(mix(plain * brightness, moved * (brightness + light), inside), 1.0);
}
