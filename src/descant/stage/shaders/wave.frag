// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Distortion 2: inside the bubbles each pixel shows a point beside it (see frame.Wave).
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

const float RIM = 0.8;     // light of the rim, of that of the middle
const vec3 GLASS = vec3(0.22, 0.25, 0.30);  // of the rim itself, seen before a dark picture too

// cos(2 pi turns), to 6e-4: a third of the time of cos where OpenGL draws in software.
vec2 cosine(vec2 turns) {
    vec2 t = 1.0 - 4.0 * abs(fract(turns) - 0.5);
    vec2 s = t * t;
    return -t * (1.570732 - s * (0.645692 - s * 0.074960));
}

void main() {
    float inside = texture2D(mask, v_screen).r;
    vec2 at = v_screen - 0.5;
    vec2 way = amplitude * cosine(phase + across * at.x + up * at.y);
    vec3 colour = texture2D(picture, v_uv + inside * way).rgb;
    float rim = 4.0 * inside * (1.0 - inside);
    colour = colour * (brightness + light * (inside + RIM * rim)) + GLASS * light * rim;
    gl_FragColor = vec4(colour, 1.0);
}
