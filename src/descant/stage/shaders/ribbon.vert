// Lines and discs, in screen units (see ribbons.py).
uniform float aspect;      // width over height

attribute vec2 position;
attribute vec2 offset;     // from the middle of the line
attribute float half_width;
attribute vec4 colour;     // not premultiplied
attribute vec3 style;      // tube, glow, halo
attribute float depth;     // screen units away from the viewer, for tubes

varying vec2 v_offset;
varying float v_half;
varying vec4 v_colour;
varying vec3 v_style;
varying float v_depth;

void main() {
    v_offset = offset;
    v_half = half_width;
    v_colour = colour;
    v_style = style;
    v_depth = depth;
    gl_Position = vec4(position.x / aspect, position.y, 0.0, 1.0);
}
