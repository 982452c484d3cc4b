// Full in the middle, nothing at the rim; where bubbles meet the greater holds (GL_MAX).
varying vec2 v_offset;
varying float v_strength;

void main() {
    float mask = v_strength * (1.0 - smoothstep(0.55, 1.0, length(v_offset)));
    gl_FragColor = vec4(mask);
}
