// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Draw threads in space as lit tubes on a 2D canvas, from the farthest layer of depth to the nearest.
// Width, light and order are those of the depth, so a layer of a tube is one path: stroked wide and
// dark, then narrower, brighter and moved towards the light. A tube's dark halo is drawn some
// layers behind it: on what lies farther away, never on what touches it.
const TUBE_LAYERS = 48;
const TUBE_DEEP = 1.75; // largest distance of a point from the middle, about
const TUBE_SIZE = 0.6; // of something 1 long in the middle, in half heights
const TUBE_DIMMEST = 0.3;
const TUBE_HALO = 1.55; // width of the halo, of the tube's
const TUBE_NEAREST = 0.7;
const TUBE_LIGHT = [-0.57, -0.82]; // where the light comes from on the screen
const TUBE_SHINE = 0.45; // how near the shine is to white

// `view`: { width, height, matrix, distance, scale, dim } of the picture. `tubes`: { line, tint, half,
// nearer } with half width and nearness in half heights.
export function knotTubes(context, view, tubes) {
  const layers = Array.from({ length: TUBE_LAYERS }, () => []);
  for (const tube of tubes) tubeLayers(layers, view, tube);
  const opacity = context.globalAlpha;
  const through = opacity < 1 ? tubeSheet(context, view) : null;
  const target = through ?? context;
  Object.assign(target, { lineJoin: "round", lineCap: "butt" });
  const halos = tubeHalos(layers);
  for (let i = 0; i < TUBE_LAYERS; i++) {
    for (const part of halos[i]) tubeHalo(target, part);
    for (const part of layers[i]) tubeBody(target, part);
  }
  if (!through) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(through.canvas, 0, 0);
  context.restore();
}

// The parts by the layer before which their halo is drawn.
function tubeHalos(layers) {
  const halos = layers.map(() => []);
  layers.forEach((parts, i) => parts.forEach((part) => halos[Math.max(0, i - part.behind)].push(part)));
  return halos;
}

// Put the pieces of a tube into layers.
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
  const thread = { points, towards: tubeTowards(points, count), count };
  const parts = new Map();
  for (let from = 0; from < count - 1; ) {
    let to = from + 1;
    while (to < count - 1 && depths[to] === depths[from]) to++;
    if (!parts.has(depths[from])) parts.set(depths[from], tubePart(view, tube, thread, depths[from]));
    parts.get(depths[from]).pieces.push([from, to]);
    from = to;
  }
  for (const [layer, part] of parts) layers[layer].push(part);
}

// For each point the way across the thread that leads towards the light, 0 .. 1 long.
function tubeTowards(points, count) {
  const towards = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [before, after] = [2 * tubeIndex(i - 1, count), 2 * tubeIndex(i + 1, count)];
    const [x, y] = [points[after] - points[before], points[after + 1] - points[before + 1]];
    const length = Math.max(x * x + y * y, 1e-9);
    const across = (TUBE_LIGHT[1] * x - TUBE_LIGHT[0] * y) / length;
    towards[2 * i] = -y * across;
    towards[2 * i + 1] = x * across;
  }
  return towards;
}

// The index of a point of a closed thread, whose last point is its first.
function tubeIndex(i, count) {
  return (i + count - 1) % (count - 1);
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

// The path of the pieces of a part, `shift` pixels towards the light. Each reaches into its neighbours,
// by a point and `more` pixels, so that no seam is seen.
function tubePath({ thread, pieces }, shift, more) {
  const { points, towards, count } = thread;
  const path = new Path2D();
  const place = (i) => {
    const k = 2 * tubeIndex(i, count);
    return [points[k] + shift * towards[k], points[k + 1] + shift * towards[k + 1]];
  };
  for (const [from, to] of pieces) {
    path.moveTo(...tubeBeyond(place(from - 1), place(from), more));
    for (let i = from - 1; i <= to + 1; i++) path.lineTo(...place(i));
    path.lineTo(...tubeBeyond(place(to + 1), place(to), more));
  }
  return path;
}

// The place `more` pixels beyond `end`, as one comes from `before`.
function tubeBeyond(end, before, more) {
  const [x, y] = [end[0] - before[0], end[1] - before[1]];
  const scale = more / Math.max(Math.hypot(x, y), 1e-6);
  return [end[0] + x * scale, end[1] + y * scale];
}

function tubePart(view, tube, thread, layer) {
  const z = ((layer + 0.5) / TUBE_LAYERS) * 2 * TUBE_DEEP - TUBE_DEEP;
  const near = view.distance / (view.distance - z);
  const shade = (TUBE_DIMMEST + (1 - TUBE_DIMMEST) * ((layer + 0.5) / TUBE_LAYERS)) * (view.dim ?? 1);
  const width = Math.min(view.height, view.width) * tube.half * near * (view.scale ?? 1);
  const behind = 2 + Math.ceil((tube.nearer / TUBE_SIZE / (2 * TUBE_DEEP)) * TUBE_LAYERS);
  return { thread, pieces: [], width, tint: tube.tint, shade, behind };
}

function tubeHalo(context, part) {
  context.strokeStyle = "rgba(4,5,9,0.8)";
  context.lineWidth = part.width * TUBE_HALO;
  context.stroke(tubePath(part, 0, 0));
}

// The wider a tube, the more strokes from its dark edge to where the light falls. What is brighter
// reaches farther into the neighbours: it covers the ends of what is darker.
function tubeBody(context, part) {
  const { width, tint, shade } = part;
  const strokes = Math.max(3, Math.min(9, Math.round(width / 2)));
  for (let k = 0; k < strokes; k++) {
    const inward = k / (strokes - 1);
    const bright = 0.34 + 0.72 * Math.sin((inward * Math.PI) / 2);
    const place = [1 - 0.74 * inward, 0.46 * inward, 0.8 * k];
    tubeStroke(context, part, place, tubeColour(tint, shade * bright, bright));
  }
  const shining = tint.map((value) => value + TUBE_SHINE * (1.05 - value));
  if (width > 5) tubeStroke(context, part, [0.13, 0.52, 0.8 * strokes], tubeColour(shining, 1.06 * shade, 1));
}

// Stroke a part so many widths wide, moved towards the light by so many half widths.
function tubeStroke(context, part, [size, shift, more], tint) {
  context.strokeStyle = tint;
  context.lineWidth = part.width * size;
  context.stroke(tubePath(part, (shift * part.width) / 2, more));
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
