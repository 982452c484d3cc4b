// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Coverage from the distance to the middle of the line, and the light around it.
// Out: premultiplied colour; light that is added (glow) has no alpha.
uniform float shadow;      // 0 .. 1, dark edge, for lines over a picture

varying vec4 v_where;
varying vec4 v_colour;

const float GLOW = 7.0;         // as in ribbons.py
const float STRENGTH = 0.5;

void main() {
    float far = length(v_where.xy);
    float body = clamp((1.0 - far) * v_where.z + 0.5, 0.0, 1.0);
    float beyond = max(0.0, far - 1.0);
    float fall = clamp(1.0 - beyond / GLOW, 0.0, 1.0);
    float glow = max(v_where.w, 0.0) * STRENGTH * fall * fall * fall;
    float dark = v_where.w < 0.0 ? 0.0 : shadow * clamp(1.0 - 0.5 * beyond, 0.0, 1.0);
    float rest = 1.0 - body;
    gl_FragColor = vec4(v_colour.rgb * (glow * rest + body), body + dark * rest) * v_colour.a;
}
