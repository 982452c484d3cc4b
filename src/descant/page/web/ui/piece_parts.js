// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Buttons for the parts of a programme, each with what the keys do in it.
import { make } from "./controls.js";

export class PieceParts {
  // `goTo(number)` is called, number from 1.
  constructor({ goTo }) {
    this._goTo = goTo;
    this.element = make("div", { className: "parts", ariaLabel: "Parts" });
    this.element.setAttribute("role", "group");
  }

  show(programme) {
    this._buttons = programme.parts.map(({ title }, index) => {
      const number = make("b", {}, index + 1);
      const one = make("button", { type: "button" }, number, make("span", {}, title));
      one.onclick = () => this._goTo(index + 1);
      return one;
    });
    this.element.replaceChildren(...this._buttons);
  }

  // The part that is being played.
  mark(number) {
    this._buttons?.forEach((one, index) => one.setAttribute("aria-pressed", index + 1 === number));
  }
}
