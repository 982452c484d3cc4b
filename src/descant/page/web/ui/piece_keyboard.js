// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The piano drawn on the page, for mouse and fingers: one row of keys, or a row for each hand.
import { make } from "./controls.js";

const BLACK = new Set([1, 3, 6, 8, 10]);
const BLACK_LENGTH = 0.62; // of a white key's
const BLACK_WIDTH = 0.6;
const WHITE_FINE = 18; // px: narrowest white key for a mouse, and for a finger
const WHITE_COARSE = 41;
const WHOLE_PIANO = [[21, 52]]; // lowest key, number of white keys
const FIVE_OCTAVES = [[36, 36]];
const SOFTEST = 34;
const LOUDEST = 118;
const OCTAVE_NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

// The name of a piano key: 60 is C4, middle C.
export function keyName(key) {
  return `${OCTAVE_NAMES[key % 12]}${Math.floor(key / 12) - 1}`;
}

export class PieceKeyboard {
  // `press(key, velocity)` and `release(key)` are called; `shift(hand, octaves)` when the visitor asks
  // for other octaves of the rows.
  constructor({ press, release, shifted }) {
    Object.assign(this, { _press: press, _release: release, _shifted: shifted });
    this.element = make("div", { className: "piano", ariaLabel: "Piano keyboard" });
    this.element.setAttribute("role", "group");
    this._lowest = [36, 60]; // of the two rows
    this._rows = [];
    this._keys = new Map(); // key -> its elements
    this._pointers = new Map(); // pointer -> the key that it holds
    this._lit = new Map(); // key -> how many hold it
    this._zones = [];
    this._signs = new Map();
    this._listen();
    new ResizeObserver(() => this._layout()).observe(this.element);
    this._coarse = matchMedia("(pointer: coarse)");
    this._coarse.addEventListener("change", () => this._layout(true));
  }

  // Light or darken a key that is played, by whomever.
  light(key, on) {
    const count = Math.max(0, (this._lit.get(key) ?? 0) + (on ? 1 : -1));
    this._lit.set(key, count);
    this._keys.get(key)?.forEach((element) => element.classList.toggle("down", count > 0));
  }

  // Darken all keys; return those that were lit.
  darken() {
    const keys = [...this._lit.keys()];
    this._lit.clear();
    for (const elements of this._keys.values()) for (const e of elements) e.classList.remove("down");
    return keys;
  }

  // What the keys do: [{from, to, kind, words}], shown above them.
  setZones(zones) {
    this._zones = zones;
    this._layout(true);
  }

  // Piano key -> the sign of the computer's key that plays it.
  setSigns(signs) {
    this._signs = signs;
    for (const [key, elements] of this._keys) for (const e of elements) e.lastChild.textContent = signs.get(key) ?? "";
  }

  // Let go of every pointer.
  releaseAll() {
    for (const id of [...this._pointers.keys()]) this._lift(id);
  }

  _listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => {
      if (event.button || !event.target.closest(".keys")) return;
      event.preventDefault();
      element.setPointerCapture(event.pointerId);
      this._pointers.set(event.pointerId, null);
      this._move(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (!this._pointers.has(event.pointerId)) return;
      const all = event.getCoalescedEvents?.() ?? [];
      for (const each of all.length ? all : [event]) this._move(each);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
      element.addEventListener(name, (event) => this._lift(event.pointerId));
    for (const name of ["contextmenu", "selectstart", "dragstart"])
      element.addEventListener(name, (event) => event.preventDefault());
  }

  // A pointer is on another place: it leaves its key and strikes the one that is there.
  _move(event) {
    const found = this._at(event.clientX, event.clientY);
    const held = this._pointers.get(event.pointerId);
    const key = found?.key ?? null;
    if (key === held) return;
    if (held !== null) this._release(held);
    this._pointers.set(event.pointerId, key);
    if (found) this._press(key, Math.round(SOFTEST + (LOUDEST - SOFTEST) * found.height));
  }

  _lift(id) {
    const held = this._pointers.get(id) ?? null;
    if (!this._pointers.delete(id) || held === null) return;
    this._release(held);
  }

  // The key at a place of the window, and how far down it is, 0 to 1.
  _at(x, y) {
    for (const { element, keys } of this._rows) {
      const box = element.getBoundingClientRect();
      const [across, down] = [(x - box.left) / box.width, (y - box.top) / box.height];
      if (across < 0 || across >= 1 || down < 0 || down > 1) continue;
      const over = keys.filter((k) => across >= k.left && across < k.left + k.width);
      const key = over.find((k) => k.black && down < BLACK_LENGTH) ?? over.find((k) => !k.black);
      if (key) return { key: key.key, height: key.black ? down / BLACK_LENGTH : down };
    }
    return null;
  }

  // Draw the rows that fit the width. Without `anew` only where the number of keys changes.
  _layout(anew = false) {
    const width = this.element.clientWidth;
    if (!width) return;
    const narrowest = this._coarse.matches ? WHITE_COARSE : WHITE_FINE;
    let rows = [WHOLE_PIANO, FIVE_OCTAVES].find(([[, whites]]) => whites * narrowest <= width);
    if (!rows) {
      const tracks = getComputedStyle(this.element).gridTemplateColumns.split(" ");
      const beside = Math.max(1, tracks.filter((track) => parseFloat(track) > 0).length); // hands in a row
      const whites = Math.max(7, Math.floor(width / beside / WHITE_COARSE));
      rows = this._lowest.map((lowest) => [lowest, whites]);
    }
    const name = JSON.stringify(rows);
    if (name === this._name && !anew) return;
    this._name = name;
    this.releaseAll();
    this._keys.clear();
    this._rows = rows.map(([lowest, whites]) => this._row(lowest, whites));
    const boxes = rows.map((row, hand) => this._rowBox(this._rows[hand], hand, rows.length > 1));
    this.element.replaceChildren(...boxes);
    for (const [key, count] of this._lit) if (count) this._keys.get(key)?.forEach((e) => e.classList.add("down"));
    this.setSigns(this._signs);
  }

  _row(lowest, whites) {
    const keys = pianoKeys(lowest, whites);
    const element = make("div", { className: "keys" });
    for (const { key, black, left, width } of keys) {
      const name = key % 12 ? "" : keyName(key);
      const sign = make("i");
      const one = make("div", { className: black ? "key black" : "key" }, make("b", {}, name), sign);
      one.dataset.key = key;
      one.style.cssText = `left:${100 * left}%;width:${100 * width}%`;
      element.append(one);
      if (!this._keys.has(key)) this._keys.set(key, []);
      this._keys.get(key).push(one);
    }
    return { element, keys };
  }

  _rowBox(row, hand, two) {
    const box = make("div", { className: "hand" });
    if (two) box.append(this._octaves(hand, row.keys));
    if (this._zones.length) box.append(this._zoneStrip(row.keys));
    box.append(row.element);
    return box;
  }

  _octaves(hand, keys) {
    const name = ["Left hand", "Right hand"][hand];
    const ends = `${keyName(keys[0].key)} to ${keyName(keys.at(-1).key)}`;
    const arrow = (words, sign, octaves) => {
      const button = make("button", { type: "button", className: "octave", ariaLabel: `${name}: an octave ${words}` }, sign);
      button.onclick = () => this._shift(hand, octaves);
      return button;
    };
    const text = make("span", {}, make("b", {}, name), ` ${ends}`);
    return make("div", { className: "octaves" }, arrow("lower", "◂", -1), text, arrow("higher", "▸", 1));
  }

  _shift(hand, octaves) {
    const whites = this._rows[hand].keys.filter((k) => !k.black).length;
    const lowest = this._lowest[hand] + 12 * octaves;
    if (lowest < 24 || lowest + (12 * whites) / 7 > 121) return;
    this._lowest[hand] = lowest;
    this._layout(true);
    this._shifted?.(hand);
    this.element.querySelectorAll(".octaves")[hand]?.children[octaves < 0 ? 0 : 2].focus();
  }

  // Where keys of each kind lie, as coloured strips with words.
  _zoneStrip(keys) {
    const strip = make("div", { className: "zones", ariaHidden: "true" });
    const whites = keys.filter((k) => !k.black);
    for (const { from, to, kind, words } of this._zones) {
      const inside = whites.filter((k) => k.key >= from && k.key < to);
      if (!inside.length) continue;
      const zone = make("span", { className: kind }, words);
      const right = inside.at(-1).left + inside.at(-1).width;
      zone.style.cssText = `left:${100 * inside[0].left}%;width:${100 * (right - inside[0].left)}%`;
      strip.append(zone);
    }
    return strip;
  }
}

// Places of the keys from the white key `lowest` on, as fractions of the row.
function pianoKeys(lowest, whites) {
  const keys = [];
  for (let key = lowest, place = 0; place < whites; key += 1) {
    const black = BLACK.has(key % 12);
    const width = (black ? BLACK_WIDTH : 1) / whites;
    if (!black) keys.push({ key, black, left: place++ / whites, width });
    else if (place) keys.push({ key, black, left: place / whites - width / 2, width });
  }
  return keys;
}
