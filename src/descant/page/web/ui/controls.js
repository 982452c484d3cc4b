// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Controls and figures: each labelled, usable by mouse, touch and keys, with its value in words.

const controlColours = new Map();
const controlFocus = { count: 0, section: null, figure: null, keys: null };

// Make an element with properties and children: make("p", { className: "hint" }, "text", ..).
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A range from min to max. `describe(value)` gives the value in words, `onInput(value)` is called
// when the visitor moves it. With `log: true` equal ways are equal factors, and `step` is in decades.
// `value` can be set too, which calls nothing.
export function slider({ label, min, max, step, value, describe = String, onInput, log = false, hint }) {
  const id = controlId();
  const position = log ? Math.log10 : Number;
  const input = make("input", { type: "range", id, step, min: position(min), max: position(max) });
  if (log) input.dataset.log = "yes";
  const output = make("output", { htmlFor: id, ariaLive: "off" }); // aria-valuetext is read out
  const element = make("div", { className: "control slider" }, controlLabel(label, id, hint), output, input);
  const read = () => (log ? Number((10 ** Number(input.value)).toPrecision(3)) : Number(input.value));
  const show = (now) => {
    const words = describe(now);
    output.textContent = words;
    input.setAttribute("aria-valuetext", words);
    controlFill(input);
  };
  let current = value;
  input.addEventListener("input", () => {
    current = read();
    show(current);
    onInput?.(current);
  });
  const set = (wanted) => {
    current = wanted;
    input.value = position(wanted);
    show(wanted);
  };
  set(value);
  return controlValue({ element, input }, () => current, set);
}

// A button. `key` (as in KeyboardEvent.key) presses it too while the visitor is in its section.
// `primary` marks the one that a figure is about. `label` can be set later.
export function button({ label, onClick, key, primary = false, hint }) {
  const words = make("span", {}, label);
  const input = make("button", { type: "button", className: primary ? "primary" : "" }, words);
  controlShortcut(input, key, (event) => event.type === "keydown" && !input.disabled && input.click());
  if (hint) input.title = hint;
  input.addEventListener("click", () => onClick());
  const control = { element: input, input };
  Object.defineProperty(control, "label", {
    get: () => words.textContent,
    set: (text) => (words.textContent = text),
  });
  return controlValue(control, () => undefined, () => {});
}

// A button that acts as long as it is held, by pointer, space, enter or `key`.
export function holdButton({ label, onPress, onRelease, key, primary = true, hint }) {
  const input = make("button", { type: "button", className: primary ? "primary hold" : "hold" }, make("span", {}, label));
  let held = false;
  const hold = (wanted) => {
    if (wanted === held || (wanted && input.disabled)) return;
    held = wanted;
    input.setAttribute("aria-pressed", held);
    (held ? onPress : onRelease)();
  };
  if (hint) input.title = hint;
  input.setAttribute("aria-pressed", false);
  controlShortcut(input, key, (event) => hold(event.type === "keydown"));
  input.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    input.setPointerCapture(event.pointerId);
    hold(true);
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
    input.addEventListener(name, () => hold(false));
  // A click without a pointer is a screen reader's, which cannot hold: each changes the state.
  input.addEventListener("click", (event) => event.detail === 0 && hold(!held));
  input.addEventListener("contextmenu", (event) => event.preventDefault());
  for (const name of ["keydown", "keyup"])
    input.addEventListener(name, (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      hold(name === "keydown");
    });
  return controlValue({ element: input, input }, () => held, hold);
}

// A switch that is off or on; `words` are those of its two states.
export function toggle({ label, value = false, onChange, key, words = ["off", "on"], hint }) {
  const state = make("span", { className: "state", ariaHidden: "true" });
  const input = make("button", { type: "button", className: "switch" }, make("span", {}, label), state);
  input.setAttribute("role", "switch");
  if (hint) input.title = hint;
  controlShortcut(input, key, (event) => event.type === "keydown" && !input.disabled && input.click());
  let current;
  const set = (wanted) => {
    current = Boolean(wanted);
    input.setAttribute("aria-checked", current);
    state.textContent = words[Number(current)];
  };
  input.addEventListener("click", () => {
    set(!current);
    onChange?.(current);
  });
  set(value);
  return controlValue({ element: input, input }, () => current, set);
}

// One of several: `options` is [[value, words], ..]. Up to five short ones stand side by side.
export function choice({ label, options, value, onChange, hint }) {
  const length = options.reduce((sum, [, words]) => sum + words.length + 4, 0);
  const build = options.length <= 7 && length <= 72 ? controlRadios : controlSelect;
  return build({ label, options, value, onChange, hint });
}

// Show a value that the page computes: `value` is set to words. Not read out at each change.
export function readout({ label, value = "", role = "" }) {
  const output = make("span", { className: "value" }, value);
  const element = make("div", { className: `readout ${role}` }, make("span", { className: "label" }, label), output);
  return controlValue({ element }, () => output.textContent, (words) => (output.textContent = words));
}

// Controls beside each other: sliders in columns (`panel`), buttons in a row (`row`).
export function panel(...controls) {
  return make("div", { className: "panel" }, ...controls.map((control) => control.element ?? control));
}

export function row(...controls) {
  return make("div", { className: "row" }, ...controls.map((control) => control.element ?? control));
}

// A picture with a caption: `element` to append, `canvas` to draw on. `ratio`: width by height.
// `title` is read to who cannot see it; set `canvas.ariaLabel` when the picture means something else.
export function figure(title, caption = "", { ratio = 16 / 9 } = {}) {
  const canvas = make("canvas", { className: ratio > 4 ? "stage thin" : "stage", ariaLabel: title });
  canvas.setAttribute("role", "img");
  canvas.style.aspectRatio = ratio;
  const text = make("figcaption");
  text.innerHTML = caption;
  return { element: make("figure", {}, canvas, ...(caption ? [text] : [])), canvas, caption: text };
}

// Fit a canvas to its place and the screen's pixels; draw in CSS pixels. A change of size clears it.
export function fitCanvas(canvas) {
  const scale = Math.min(window.devicePixelRatio || 1, 3);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const pixels = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== pixels[0]) canvas.width = pixels[0];
  if (canvas.height !== pixels[1]) canvas.height = pixels[1];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { context, width, height };
}

// The colour of a role on a stage picture, which is dark whatever the visitor prefers; with
// `onPage` its colour on the page. Roles are the variables at the top of page.css.
export function colour(name, onPage = false) {
  const key = `${name} ${onPage} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
  if (!controlColours.has(key)) {
    const style = getComputedStyle(document.documentElement);
    const value = (!onPage && style.getPropertyValue(`--stage-${name}`)) || style.getPropertyValue(`--${name}`);
    controlColours.set(key, value.trim());
  }
  return controlColours.get(key);
}

function controlId() {
  controlFocus.count += 1;
  return `control-${controlFocus.count}`;
}

function controlLabel(label, id, hint) {
  const element = make("label", { className: "label", htmlFor: id }, label);
  if (hint) element.title = hint;
  return element;
}

function controlFill(input) {
  const [low, high] = [Number(input.min), Number(input.max)];
  const place = (value) => `${(100 * (value - low)) / (high - low)}%`;
  const ends = [Number(input.value), !input.dataset.log && low < 0 && high > 0 ? 0 : low].sort((a, b) => a - b);
  input.style.setProperty("--from", place(ends[0]));
  input.style.setProperty("--to", place(ends[1]));
}

function controlValue(control, get, set) {
  return Object.defineProperties(control, {
    value: { get, set },
    disabled: {
      get: () => Boolean(control.input?.disabled),
      set: (wanted) => (control.input.disabled = wanted),
    },
  });
}

function controlRadios({ label, options, value, onChange, hint }) {
  const name = controlId();
  const inputs = options.map(([, words], index) => make("input", { type: "radio", name, id: `${name}-${index}`, ariaLabel: words }));
  const labels = inputs.map((input, index) => make("label", {}, input, make("span", {}, options[index][1])));
  const box = make("div", { className: "options" }, ...labels);
  const element = make("fieldset", { className: "control choice" }, make("legend", { className: "label" }, label), box);
  if (hint) element.title = hint;
  let current;
  const set = (wanted) => {
    current = wanted;
    options.forEach(([option], index) => (inputs[index].checked = option === wanted));
  };
  inputs.forEach((input, index) =>
    input.addEventListener("change", () => {
      current = options[index][0];
      onChange?.(current);
    }),
  );
  set(value);
  return controlValue({ element, input: element }, () => current, set);
}

function controlSelect({ label, options, value, onChange, hint }) {
  const id = controlId();
  const input = make("select", { id }, ...options.map(([, words], index) => make("option", { value: index }, words)));
  const element = make("div", { className: "control choice" }, controlLabel(label, id, hint), input);
  const set = (wanted) => (input.selectedIndex = options.findIndex(([option]) => option === wanted));
  input.addEventListener("change", () => onChange?.(options[input.selectedIndex][0]));
  set(value);
  return controlValue({ element, input }, () => options[input.selectedIndex]?.[0], set);
}

// Show a key on a button, and act on it while the visitor is in the button's section.
function controlShortcut(input, key, act) {
  if (!key) return;
  const name = key === " " ? "space" : key;
  input.setAttribute("aria-keyshortcuts", key === " " ? "Space" : key);
  input.append(make("kbd", { ariaHidden: "true" }, name));
  controlShortcuts().push({ input, key, act });
}

// The one listener of the page for keys of buttons; it knows the section that was touched last.
function controlShortcuts() {
  if (controlFocus.keys) return controlFocus.keys;
  controlFocus.keys = [];
  const enter = (event) => {
    controlFocus.section = event.target.closest?.("section") ?? controlFocus.section;
    controlFocus.figure = event.target.closest?.("[data-figure]") ?? controlFocus.figure;
  };
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, enter, true);
  for (const name of ["keydown", "keyup"]) document.addEventListener(name, controlKey);
  return controlFocus.keys;
}

function controlKey(event) {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest?.("button, a, select, input, summary, [tabindex]")) return;
  if (event.target.closest?.("textarea, input:not([type=range]):not([type=radio])")) return;
  if (!controlFocus.section) return; // a button that is not shown now has none either
  const same = controlFocus.keys.filter(
    ({ input, key }) => key.toLowerCase() === event.key.toLowerCase() && input.closest("section") === controlFocus.section,
  );
  const found = same.find(({ input }) => input.closest("[data-figure]") === controlFocus.figure) ?? same[0];
  if (!found) return;
  if (event.key === " ") event.preventDefault();
  found.act(event);
}
