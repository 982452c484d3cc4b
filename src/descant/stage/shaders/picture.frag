// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The undistorted camera picture.
uniform sampler2D picture;
uniform float brightness;  // 0 .. 1

varying vec2 v_uv;

void main() {
    gl_FragColor = vec4(texture2D(picture, v_uv).rgb * brightness, 1.0);
}
