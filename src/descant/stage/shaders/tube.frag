// A tube, lit from the upper left, with a dark halo on what lies behind it. Premultiplied.
uniform float pixel;       // size of one, screen units

varying vec4 v_where;
varying vec4 v_colour;

const vec3 LIGHT = vec3(-0.42, 0.60, 0.68);
const vec3 HALFWAY = vec3(-0.229, 0.327, 0.917);  // between LIGHT and the eye
const vec3 FILL = vec3(0.25, 0.29, 0.38);         // cool, from everywhere
const vec3 KEY = vec3(1.00, 0.95, 0.88);          // warm, from LIGHT
const float SHINE = 0.40;
const float SOFT = 1.25;        // pixels over which an edge goes from full to none
const float HALO = 0.45;        // as in ribbons.py
const float DARK = 0.85;
const float DEEPEST = 16.0;     // as in ribbon.vert

void main() {
    float square = dot(v_where.xy, v_where.xy);
    float far = sqrt(square);
    float body = clamp((1.0 - far) * v_where.z / (SOFT * pixel) + 0.5, 0.0, 1.0);
    vec3 normal = vec3(v_where.xy, sqrt(max(0.0, 1.0 - square)));
    float shine = max(0.0, dot(normal, HALFWAY));
    shine *= shine; shine *= shine; shine *= shine; shine *= shine; shine *= shine;
    vec3 colour = v_colour.rgb * (FILL + KEY * max(0.0, dot(normal, LIGHT)));
    colour += SHINE * shine * v_colour.rgb;
    // The halo lies on what is farther away than the tube, never on what touches it.
    float near = clamp(1.0 - (far - 1.0) / HALO, 0.0, 1.0);
    float dark = body > 0.0 ? 0.0 : DARK * near * near;
    float rise = body > 0.0 ? normal.z : -1.0;
    gl_FragColor = vec4(colour * body, body + dark) * v_colour.a;
    gl_FragDepth = gl_FragCoord.z - rise * v_where.z / DEEPEST;
}
