// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// A tube, lit from the upper left, with a dark halo on what lies behind it. Premultiplied.
varying vec4 v_where;
varying vec4 v_colour;

const vec3 LIGHT = vec3(-0.42, 0.60, 0.68);
const vec3 HALFWAY = vec3(-0.229, 0.327, 0.917);  // between LIGHT and the eye
const vec3 FILL = vec3(0.25, 0.29, 0.38);         // cool, from everywhere
const vec3 KEY = vec3(1.00, 0.95, 0.88);          // warm, from LIGHT
const float SHINE = 0.40;
const float HALO = 0.45;        // as in ribbons.py
const float DARK = 0.85;

void main() {
    float square = dot(v_where.xy, v_where.xy);
    float far = sqrt(square);
    float body = clamp((1.0 - far) * v_where.z + 0.5, 0.0, 1.0);
    float up = sqrt(max(0.0, 1.0 - square));
    vec3 normal = vec3(v_where.xy, up);
    float shine = max(0.0, dot(normal, HALFWAY));
    shine *= shine; shine *= shine; shine *= shine; shine *= shine; shine *= shine;
    vec3 light = FILL + KEY * max(0.0, dot(normal, LIGHT)) + SHINE * shine;
    // The halo lies on what is farther away than the tube, never on what touches it.
    float near = clamp(1.0 + 1.0 / HALO - far * (1.0 / HALO), 0.0, 1.0);
    float dark = body > 0.0 ? 0.0 : DARK * near * near;
    float rise = body > 0.0 ? up : -1.0;
    gl_FragColor = vec4(v_colour.rgb * light * body, body + dark) * v_colour.a;
    gl_FragDepth = gl_FragCoord.z - rise * v_where.w;
}
