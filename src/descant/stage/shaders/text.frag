// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The overlay's text, premultiplied.
uniform sampler2D picture;

varying vec2 v_uv;

void main() {
    gl_FragColor = texture2D(picture, v_uv);
}
