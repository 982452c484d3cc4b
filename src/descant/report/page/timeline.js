// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The time axis of a recording: moves and zooms all tracks, and shows the values under the pointer.
"use strict";

class Timeline {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.readout = root.querySelector("output");
    this.data = unpack(JSON.parse(root.querySelector("script").textContent));
    this.tracks = tracks(this.data);
    this.from = this.data.begin; this.to = this.data.end;
    this.cursor = null; this.pointers = new Map();
    this.addListeners();
    new ResizeObserver(() => this.layout()).observe(root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.layout());
    document.fonts.ready.then(() => this.layout());
    this.layout();
  }

  layout() {
    const width = this.canvas.parentElement.clientWidth, narrow = width < 560, style = getComputedStyle(this.root);
    if (!width) return;
    this.left = narrow ? 34 : 46; this.width = width - this.left - 2; this.gap = 22;
    let top = 30;
    this.overview = { top: 2, size: 22 };
    for (const track of this.tracks) { track.top = top + (track.kind === "fault" ? 0 : this.gap); top = track.top + track.size; }
    this.bottom = top;
    const full = top + 24, ratio = window.devicePixelRatio || 1;
    this.canvas.width = width * ratio; this.canvas.height = full * ratio;
    this.canvas.style.height = `${full}px`;
    this.ctx = this.canvas.getContext("2d"); this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colour = Object.fromEntries(["page", "text", "quiet", "rule", "loss", "dissonance", "density", "velocity", "gradient", "converged", "fault"].map((n) => [n, colour(n)]));
    const rgb = [0, 1, 2, 3, 4, 5].map((n) => colour(`heat-${n}`).match(/\w\w/g).map((h) => parseInt(h, 16)));
    this.heat = Array.from({ length: 64 }, (_, i) => {
      const at = i / 63 * 5, n = Math.min(4, Math.floor(at));
      return `rgb(${rgb[n].map((c, k) => Math.round(c + (at - n) * (rgb[n + 1][k] - c)))})`;
    });
    this.redraw();
  }

  x(t) { return this.left + (t - this.from) / (this.to - this.from) * this.width; }
  time(x) { return this.from + (x - this.left) / this.width * (this.to - this.from); }

  redraw() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    const { ctx, colour } = this, view = { ...this, x: (t) => this.x(t) };
    ctx.clearRect(0, 0, this.left + this.width + 2, this.bottom + 24);
    ctx.font = "12px STIXGeneral, serif"; ctx.textBaseline = "middle";
    this.drawOverview();
    this.drawTime();
    for (const track of this.tracks) {
      ctx.strokeStyle = colour.rule; ctx.lineWidth = 1; ctx.fillStyle = colour.quiet; ctx.textAlign = "right";
      for (const [value, text] of ticks(track)) {
        const y = Math.round(height(track, value)) + 0.5;
        ctx.beginPath(); ctx.moveTo(this.left, y); ctx.lineTo(this.left + this.width, y); ctx.stroke();
        ctx.fillText(text, this.left - 5, y);
      }
      ctx.save(); ctx.beginPath(); ctx.rect(this.left, track.top - 4, this.width, track.size + 5); ctx.clip();
      draw[track.kind](ctx, track, this.data, view);
      ctx.restore();
      ctx.textAlign = "left";
      const y = track.kind === "fault" ? track.top + 10 : track.top - 10;
      if (track.kind === "fault") { ctx.fillStyle = colour.page; ctx.fillRect(this.left, y - 8, ctx.measureText(track.title).width + 8, 16); }
      ctx.fillStyle = track.role ? colour[track.role] : colour.text;
      ctx.fillText(track.title, this.left + 2, y);
    }
    this.drawParts();
    if (this.cursor !== null) {
      const x = Math.round(this.x(this.cursor)) + 0.5;
      ctx.strokeStyle = colour.text; ctx.lineWidth = 1;
      ctx.beginPath(); ctx.moveTo(x, 34); ctx.lineTo(x, this.bottom); ctx.stroke();
    }
  }

  drawOverview() {
    const { ctx, colour, overview, data } = this, whole = (t) => this.left + (t - data.begin) / (data.end - data.begin) * this.width;
    const track = { ...overview, range: bounds(data.dissonance.value) }, { value, begin, step } = data.dissonance;
    ctx.strokeStyle = colour.quiet; ctx.lineWidth = 1;
    envelope(ctx, track, value.length, (i) => begin + i * step, (i) => value[i], whole, () => true);
    ctx.globalAlpha = 0.14; ctx.fillStyle = colour.dissonance;
    const x = whole(this.from), width = Math.max(3, whole(this.to) - x);
    ctx.fillRect(x, overview.top, width, overview.size); ctx.globalAlpha = 1;
    ctx.strokeStyle = colour.dissonance; ctx.strokeRect(x + 0.5, overview.top + 0.5, width - 1, overview.size - 1);
  }

  drawTime() {
    const { ctx, colour } = this, least = (this.to - this.from) / this.width * 70;
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((s) => s >= least) || 7200;
    ctx.textAlign = "center"; ctx.fillStyle = colour.quiet; ctx.strokeStyle = colour.rule; ctx.lineWidth = 1;
    for (let n = Math.ceil(this.from / step); n * step <= this.to; n++) {
      const x = Math.round(this.x(n * step)) + 0.5;
      ctx.beginPath(); ctx.moveTo(x, 52); ctx.lineTo(x, this.bottom); ctx.stroke();
      if (x < this.left + this.width - 46) ctx.fillText(clock(n * step, step < 0.1 ? 2 : step < 1 ? 1 : 0), x, this.bottom + 12);
    }
    ctx.textAlign = "right"; ctx.fillText("min:s", this.left + this.width, this.bottom + 12);
  }

  drawParts() {
    const { ctx, colour } = this;
    ctx.textAlign = "left"; ctx.fillStyle = colour.text; ctx.strokeStyle = colour.quiet;
    let free = this.left + 40;
    for (const { begin, end, label } of this.data.parts) {
      const x = Math.max(this.x(begin), this.left);
      if (end < this.from || begin > this.to) continue;
      if (begin > this.from) { ctx.globalAlpha = 0.6; ctx.beginPath(); ctx.moveTo(x, 38); ctx.lineTo(x, this.bottom); ctx.stroke(); ctx.globalAlpha = 1; }
      const at = Math.max(x + 4, free), room = Math.min(this.x(end), this.left + this.width) - at;
      if (room > ctx.measureText(label).width) { ctx.fillText(label, at, 42); free = at + ctx.measureText(label).width + 8; }
    }
  }

  // Show from .. to seconds: at least a tenth of a second, at most the whole recording.
  show(from, to) {
    const { begin, end } = this.data, length = Math.min(Math.max(to - from, 0.1), end - begin);
    this.from = Math.min(Math.max(from + (to - from - length) / 2, begin), end - length);
    this.to = this.from + length;
    this.redraw();
  }
  zoom(factor, at = (this.from + this.to) / 2) { this.show(at - (at - this.from) * factor, at + (this.to - at) * factor); }
  all() { this.show(this.data.begin, this.data.end); }

  point(x, y) {
    this.cursor = x >= this.left && x <= this.left + this.width ? this.time(x) : null;
    this.showValues(y); this.redraw();
  }

  showValues(y) {
    const t = this.cursor, { states, notes, dissonance, density, velocity, parts } = this.data;
    if (t === null) { this.readout.textContent = this.readout.dataset.hint; return; }
    const values = [["time", clock(t, 2)]], number = (v) => Number.isFinite(v) ? +v.toPrecision(3) : "–";
    const part = parts.find((p) => t >= p.begin && t < p.end), i = after(states.time, t) - 1;
    if (part) values.push(["", part.label]);
    if (i >= 0) values.push(["attempt", states.attempt[i] + 1], ["step", states.step[i]], ["loss", number(states.loss[i])], ["gradient", number(states.gradient[i])]);
    values.push(["dissonance", number(dissonance.at(t))], ["notes/s", number(density.at(t))], ["velocity", number(velocity.at(t))]);
    const roll = this.tracks[0], near = (this.to - this.from) / this.width * 3;
    if (y >= roll.top && y <= roll.top + roll.size) {
      let best = -1, distance = 2;
      const key = roll.range[0] + (roll.top + roll.size - y) / roll.size * (roll.range[1] - roll.range[0]);
      for (let n = 0; n < notes.key.length && notes.start[n] <= t + near; n++) {
        const beside = Math.max(0, notes.start[n] - t, t - notes.end[n]) / near, far = Math.abs(notes.key[n] - key) + beside;
        if ((beside <= 1 || notes.tail[n] >= t) && far <= distance) { best = n; distance = far; }
      }
      if (best >= 0) values.push(["note", `${pitch(notes.key[best])}, velocity ${notes.velocity[best]}, loss at onset ${number(notes.loss[best])}`]);
    }
    this.readout.replaceChildren(...values.map(([name, value]) => {
      const one = document.createElement("span"), label = document.createElement("i");
      label.textContent = name && `${name} `; one.append(label, String(value)); return one;
    }));
  }

  addListeners() {
    const { canvas } = this, place = (e) => { const box = canvas.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; };
    const jump = (x) => {
      const { begin, end } = this.data, half = (this.to - this.from) / 2, at = begin + (x - this.left) / this.width * (end - begin);
      this.show(at - half, at + half);
    };
    canvas.addEventListener("pointerdown", (e) => {
      const [x, y] = place(e);
      canvas.setPointerCapture(e.pointerId);
      this.pointers.set(e.pointerId, { x, y, inOverview: y < 28 });
      if (y < 28) jump(x); else this.point(x, y);
    });
    canvas.addEventListener("pointermove", (e) => {
      const [x, y] = place(e), held = this.pointers.get(e.pointerId);
      if (!held) { this.point(x, y); return; }
      if (held.inOverview) { jump(x); return; }
      const other = [...this.pointers].find(([id]) => id !== e.pointerId)?.[1];
      if (other) this.zoom(Math.max(20, Math.abs(held.x - other.x)) / Math.max(20, Math.abs(x - other.x)), this.time((x + other.x) / 2));
      else { const moved = (held.x - x) / this.width * (this.to - this.from); this.show(this.from + moved, this.to + moved); }
      held.x = x; this.point(x, y);
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (e) => this.pointers.delete(e.pointerId));
    canvas.addEventListener("pointerleave", () => { this.cursor = null; this.showValues(0); this.redraw(); });
    canvas.addEventListener("dblclick", () => this.all());
    canvas.addEventListener("wheel", (e) => {
      const [x, y] = place(e), length = this.to - this.from;
      if (e.ctrlKey || e.metaKey) this.zoom(Math.exp(e.deltaY * 0.004), this.time(x));
      else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) { const by = (e.deltaX || e.deltaY) / this.width * length; this.show(this.from + by, this.to + by); }
      else return;
      e.preventDefault(); this.point(x, y);
    }, { passive: false });
    canvas.addEventListener("keydown", (e) => {
      const by = (this.to - this.from) / 5;
      const action = { ArrowLeft: () => this.show(this.from - by, this.to - by), ArrowRight: () => this.show(this.from + by, this.to + by), "+": () => this.zoom(0.6), "-": () => this.zoom(1 / 0.6), Home: () => this.all() }[e.key];
      if (action) { action(); e.preventDefault(); }
    });
    for (const button of this.root.querySelectorAll("button"))
      button.addEventListener("click", () => ({ in: () => this.zoom(0.5), out: () => this.zoom(2), all: () => this.all() })[button.dataset.zoom]());
  }
}

window.timelines = [...document.querySelectorAll(".timeline")].map((root) => new Timeline(root));
