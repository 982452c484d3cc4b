// The overlay's text, premultiplied.
uniform sampler2D picture;

varying vec2 v_uv;

void main() {
    gl_FragColor = texture2D(picture, v_uv);
}
