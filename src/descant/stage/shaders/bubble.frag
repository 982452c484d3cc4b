// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// 1 in the middle, 0 at the rim; where bubbles overlap, the greater value counts (GL_MAX).
varying vec2 v_offset;
varying float v_strength;

void main() {
    float mask = v_strength * (1.0 - smoothstep(0.55, 1.0, length(v_offset)));
    gl_FragColor = vec4(mask);
}
