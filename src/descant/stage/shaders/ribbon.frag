// Coverage from the distance to the middle of the line; a tube is lit from the upper left.
// Out: premultiplied colour; light that is added (glow) has no alpha.
uniform float pixel;       // size of one, screen units
uniform float shadow;      // 0 .. 1, dark edge of flat lines, for lines over a picture

varying vec2 v_offset;
varying float v_half;
varying vec4 v_colour;
varying vec3 v_style;
varying float v_depth;

const vec3 LIGHT = vec3(-0.42, 0.60, 0.68);
const vec3 HALFWAY = vec3(-0.229, 0.327, 0.917);  // between LIGHT and the eye
const vec3 FILL = vec3(0.25, 0.29, 0.38);         // cool, from everywhere
const vec3 KEY = vec3(1.00, 0.95, 0.88);          // warm, from LIGHT
const float SHINE = 0.40;
const float SOFT = 1.25;        // pixels over which an edge goes from full to none
const float HALO = 0.45;        // as in ribbons.py
const float GLOW = 7.0;
const float NEAREST = 4.0;      // depths from -NEAREST to DEEPEST - NEAREST are told apart
const float DEEPEST = 16.0;

void main() {
    float far = length(v_offset);
    float body = clamp((v_half - far) / (SOFT * pixel) + 0.5, 0.0, 1.0);
    float beyond = max(0.0, far - v_half) / v_half;
    vec3 colour = v_colour.rgb;
    float rise = -1.0;          // of the surface over the middle, in half widths
    if (v_style.x > 0.5) {
        vec2 across = v_offset / v_half;
        vec3 normal = vec3(across, sqrt(max(0.0, 1.0 - dot(across, across))));
        float shine = max(0.0, dot(normal, HALFWAY));
        shine *= shine; shine *= shine; shine *= shine; shine *= shine; shine *= shine;
        colour *= FILL + KEY * max(0.0, dot(normal, LIGHT));
        colour += SHINE * shine * max(v_colour.r, max(v_colour.g, v_colour.b));
        if (body > 0.0) rise = normal.z;
    }
    float near = clamp(1.0 - beyond / HALO, 0.0, 1.0);
    // The halo lies on what is farther away than the tube, never on what touches it.
    float dark = body > 0.0 ? 0.0 : v_style.z * 0.85 * near * near;
    dark = max(dark, (1.0 - v_style.x) * shadow * clamp(1.0 - 0.5 * beyond, 0.0, 1.0));
    float fall = clamp(1.0 - beyond / GLOW, 0.0, 1.0);
    float glow = v_style.y * fall * fall * fall * 0.5;
    float rest = 1.0 - body;
    gl_FragColor = vec4(v_colour.rgb * glow * rest + colour * body, body + dark * rest);
    gl_FragColor *= v_colour.a;
    float depth = (v_depth - rise * v_half + NEAREST) / DEEPEST;
    gl_FragDepth = v_style.x > 0.5 ? clamp(depth, 0.0, 1.0) : 1.0;
}
