// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What the figures of sections "cubic" and "knot" have in common: places and controls.
import { choice, figure, make, slider } from "./controls.js";
import { ParameterTable } from "./learning_table.js";
import { learningRates, lossWords, stretchWords } from "./learning_words.js";

const LOSS_WORDS = [
  ["mse", "squares"],
  ["half_mse", "half the squares"],
  ["mae", "distances"],
];
const OPTIMISER_WORDS = [
  ["descent", "descent"],
  ["momentum", "momentum"],
  ["adam", "Adam"],
];
const LARGEST_SEED = 2 ** 53;
let learningFields = 0;

// Picture, words and buttons on the left, the loss's course and the table on the right. `names`: of
// the parameters; `words`: a parameter in words. `line` is for the learner's numbers, `news` for what
// has just happened, which is read out.
export function learningFrame({ title, caption, ratio, names, words }) {
  const picture = figure(title, caption, { ratio });
  const notice = make("span", { className: "learning-notice", ariaHidden: "true" });
  picture.element.append(notice);
  const course = figure("The course of the loss over the steps, on a logarithmic axis", "", { ratio: 1.4 });
  const table = new ParameterTable(names, words);
  const line = make("p", { className: "learning-line" });
  const news = make("p", { className: "learning-news" });
  news.setAttribute("role", "status");
  const hint = make("p", { className: "hint" }, "A bar points to where the loss rises, its length on a logarithmic scale. A step goes the other way.");
  const buttons = make("div", { className: "learning-buttons" });
  const element = make(
    "div",
    { className: "learning" },
    picture.element,
    make("div", { className: "learning-words" }, line, news),
    buttons,
    make("div", { className: "learning-side" }, course.element, table.element, hint),
  );
  return { element, buttons, canvas: picture.canvas, course: course.canvas, table, line, news, notice };
}

// Show a word over the picture for a moment, in the colour of a role.
export function flashNotice(notice, text, role) {
  notice.textContent = text;
  notice.className = `learning-notice ${role}`;
  void notice.offsetWidth; // begins the animation again
  notice.classList.add("shown");
}

// Show a state of the learner in words: how far it is and what is heard of it.
export function showLine(line, { steps, loss }, stretch, most) {
  line.innerHTML = `Step <b>${steps}</b> · <b class="loss">loss ${lossWords(loss)}</b> · overtones ${stretchWords(stretch, most)}`;
}

// A field for the seed: the same seed gives the same draws as in a concert.
export function seedField({ value, onChange }) {
  learningFields += 1;
  const id = `learning-seed-${learningFields}`;
  const input = make("input", { type: "number", inputMode: "numeric", id, min: 0, max: LARGEST_SEED, step: 1, value });
  let current = value;
  const label = make("label", { className: "label", htmlFor: id }, "Seed");
  // `again`: even if it is the same seed.
  const take = (again) => {
    const wanted = Math.round(Number(input.value));
    const valid = input.value !== "" && wanted >= 0 && wanted <= LARGEST_SEED;
    const changes = valid && (again || wanted !== current);
    if (valid) current = wanted;
    input.value = current;
    if (changes) onChange(current);
  };
  input.addEventListener("change", () => take(false));
  input.addEventListener("keydown", ({ key }) => key === "Enter" && take(true));
  const element = make("div", { className: "learning-seed" }, label, input);
  element.title = "The same seed gives the same draws, here and in a concert";
  return { element, input };
}

// A slider over round learning rates from `low` to `high`.
export function rateSlider({ low, high, value, onInput }) {
  const rates = learningRates(low, high);
  return slider({
    label: "Learning rate α",
    min: 0,
    max: rates.length - 1,
    step: 1,
    value: Math.max(0, rates.indexOf(value)),
    describe: (index) => String(rates[index]),
    onInput: (index) => onInput(rates[index]),
  });
}

export function lossChoice({ value, onChange }) {
  return choice({ label: "Loss", options: LOSS_WORDS, value, onChange });
}

export function optimiserChoice({ value, onChange }) {
  return choice({ label: "Optimiser", options: OPTIMISER_WORDS, value, onChange });
}
