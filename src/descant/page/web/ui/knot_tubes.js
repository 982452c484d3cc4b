// Draw threads in space as lit tubes on a 2D canvas, from the farthest layer of depth to the nearest.
// Width, light and order are those of the depth, so a layer of a tube is one path: stroked wide and
// dark, then narrower, brighter and moved towards the light. A tube's dark halo is drawn two layers
// behind it: on what lies farther away, never on what touches it.
const TUBE_LAYERS = 48;
const TUBE_DEEP = 1.75; // largest distance of a point from the middle, about
const TUBE_SIZE = 0.6; // of something 1 long in the middle, in half heights
const TUBE_DIMMEST = 0.3;
const TUBE_HALO = 1.55; // width of the halo, of the tube's
const TUBE_NEAREST = 0.7;
const TUBE_LIGHT = [-0.5, -0.72]; // where the light comes from on the screen
const TUBE_SHINE = [0.14, 0.44, 0.42]; // width, shift towards the light in half widths, opacity

// `view`: { width, height, matrix, distance, scale, dim } of the picture. `tubes`: { line, tint, half,
// nearer } with half width and nearness in half heights.
export function knotTubes(context, view, tubes) {
  const layers = Array.from({ length: TUBE_LAYERS }, () => []);
  for (const tube of tubes) tubeLayers(layers, view, tube);
  const opacity = context.globalAlpha;
  const through = opacity < 1 ? tubeSheet(context, view) : null;
  const target = through ?? context;
  Object.assign(target, { lineJoin: "round", lineCap: "butt" });
  const behind = 2;
  for (let i = 0; i < TUBE_LAYERS + behind; i++) {
    for (const part of layers[i] ?? []) tubeHalo(target, part);
    for (const part of layers[i - behind] ?? []) tubeBody(target, part);
  }
  if (!through) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(through.canvas, 0, 0);
  context.restore();
}

// Put the pieces of a tube into layers. What is lit of a piece reaches into its neighbours, so that
// no seam is seen.
function tubeLayers(layers, view, tube) {
  const { at, count } = tube.line;
  const points = new Float64Array(2 * count);
  const depths = new Uint8Array(count);
  const unit = Math.min(view.height, view.width) / 2;
  for (let i = 0; i < count; i++) {
    const [x, y, z] = tubePoint(at, 3 * i, view);
    const near = view.distance / (view.distance - z);
    points[2 * i] = view.width / 2 + unit * TUBE_SIZE * near * x;
    points[2 * i + 1] = view.height / 2 - unit * TUBE_SIZE * near * y;
    const place = (z + tube.nearer / TUBE_SIZE + TUBE_DEEP) / (2 * TUBE_DEEP);
    depths[i] = Math.max(0, Math.min(TUBE_LAYERS - 1, Math.floor(place * TUBE_LAYERS)));
  }
  const parts = new Map();
  for (let from = 0; from < count - 1; ) {
    let to = from + 1;
    while (to < count - 1 && depths[to] === depths[from]) to++;
    if (!parts.has(depths[from])) parts.set(depths[from], tubePart(view, tube, depths[from]));
    const { body, light } = parts.get(depths[from]);
    tubePiece(body, points, count, from, to);
    tubePiece(light, points, count, from - 2, to + 2);
    from = to;
  }
  for (const [layer, part] of parts) layers[layer].push(part);
}

// A point turned, and scaled.
function tubePoint(at, i, { matrix: m, scale = 1, distance }) {
  const [x, y, z] = [at[i], at[i + 1], at[i + 2]];
  return [
    scale * (m[0] * x + m[1] * y + m[2] * z),
    scale * (m[3] * x + m[4] * y + m[5] * z),
    Math.min(scale * (m[6] * x + m[7] * y + m[8] * z), TUBE_NEAREST * distance),
  ];
}

// Points `from` .. `to` of a closed thread, whose last point is its first.
function tubePiece(path, points, count, from, to) {
  for (let i = from; i <= to; i++) {
    const k = 2 * ((i + count - 1) % (count - 1));
    if (i === from) path.moveTo(points[k], points[k + 1]);
    else path.lineTo(points[k], points[k + 1]);
  }
}

function tubePart(view, tube, layer) {
  const z = ((layer + 0.5) / TUBE_LAYERS) * 2 * TUBE_DEEP - TUBE_DEEP;
  const near = view.distance / (view.distance - z);
  const shade = (TUBE_DIMMEST + (1 - TUBE_DIMMEST) * ((layer + 0.5) / TUBE_LAYERS)) * (view.dim ?? 1);
  const width = Math.min(view.height, view.width) * tube.half * near * (view.scale ?? 1);
  return { body: new Path2D(), light: new Path2D(), width, tint: tube.tint, shade };
}

function tubeHalo(context, { body, width }) {
  context.strokeStyle = "rgba(4,5,9,0.8)";
  context.lineWidth = width * TUBE_HALO;
  context.stroke(body);
}

// The wider a tube, the more strokes from its dark edge to where the light falls.
function tubeBody(context, { body, light, width, tint, shade }) {
  const strokes = Math.max(3, Math.min(10, Math.round(width / 2)));
  for (let k = 0; k < strokes; k++) {
    const inward = k / (strokes - 1);
    const bright = 0.34 + 0.72 * Math.sin((inward * Math.PI) / 2);
    const place = [1 - 0.74 * inward, 0.4 * inward, tubeColour(tint, shade * bright, bright)];
    tubeStroke(context, k ? light : body, width, place);
  }
  const [size, shift, opacity] = TUBE_SHINE;
  if (width > 5) tubeStroke(context, light, width, [size, shift, `rgba(255,250,240,${(opacity * shade).toFixed(3)})`]);
}

// Stroke a path so many widths wide, moved towards the light by so many half widths.
function tubeStroke(context, path, width, [size, shift, tint]) {
  const [x, y] = TUBE_LIGHT.map((way) => (way * shift * width) / 2);
  context.translate(x, y);
  context.strokeStyle = tint;
  context.lineWidth = width * size;
  context.stroke(path);
  context.translate(-x, -y);
}

// A colour of 0 .. 1 at a brightness: cool where it is dark, warm in the light.
function tubeColour(tint, shade, light) {
  const dark = 1 - Math.min(light, 1);
  const mixed = [1 - 0.1 * dark, 1 - 0.04 * dark, 1 + 0.2 * dark];
  const bytes = tint.map((value, i) => Math.max(0, Math.min(255, Math.round(255 * value * shade * mixed[i]))));
  return `rgb(${bytes.join()})`;
}

// A canvas as large as the picture, on which tubes are drawn that are to be seen through.
function tubeSheet(context, { width, height }) {
  const { canvas } = context;
  const sheet = (canvas.tubeSheet ??= document.createElement("canvas"));
  sheet.width = canvas.width;
  sheet.height = canvas.height;
  const drawn = sheet.getContext("2d");
  drawn.scale(canvas.width / width, canvas.height / height);
  return drawn;
}
