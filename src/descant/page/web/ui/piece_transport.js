// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Play, pause and place of a file: the bundled performance, or a visitor's.
import { button, make } from "./controls.js";
import { clockTime } from "./piece_words.js";

const PLACE_PERIOD = 250; // ms between two changes of the shown place

export class PieceTransport {
  constructor(session, { perform, open, begin }) {
    Object.assign(this, { _session: session, _begin: begin, _perform: perform, _due: 0 });
    this._play = button({ label: "Play the performance", primary: true, onClick: () => this._toggle() });
    this._own = button({ label: "The performance of this page", onClick: () => perform() });
    this._again = button({ label: "Play from its start", onClick: () => this._restart() });
    const file = make("input", { type: "file", accept: ".mid,.midi,.smf,.kar,.rmi,.fil,audio/midi", className: "off-screen", tabIndex: -1, ariaLabel: "MIDI file" });
    file.onchange = () => {
      if (file.files[0]) open(file.files[0]);
      file.value = "";
    };
    const choose = button({ label: "Open a MIDI file", onClick: () => file.click(), hint: "Or drop one here." });
    this._place = make("input", { type: "range", min: 0, max: 1, step: "any", value: 0, ariaLabel: "Place in the performance" });
    this._place.addEventListener("input", () => (this._moving = true));
    this._place.addEventListener("change", () => this._seek());
    this._time = make("output", { ariaLive: "off" });
    this._marks = make("div", { className: "marks", ariaHidden: "true" });
    const way = make("div", { className: "way" }, this._place, this._marks);
    this._bar = make("div", { className: "place" }, way, this._time);
    this.element = make("div", { className: "transport" }, make("div", { className: "row" }, this._play.element, this._again.element, this._own.element, choose.element, file), this._bar);
    this.moved();
  }

  // The file, or whether it plays, has changed.
  moved() {
    const { file, playing } = this._session;
    const name = file?.name ? `“${file.name}”` : "the performance";
    this._play.label = playing ? `Pause ${name}` : `Play ${name}`;
    this._again.disabled = !file;
    this._own.element.hidden = !file?.name;
    this._bar.hidden = !file;
    this._due = 0;
    if (file) this._showMarks(file);
    this.draw();
  }

  // Show the place, a few times a second.
  draw() {
    const now = performance.now();
    const { file } = this._session;
    if (!file || this._moving || now < this._due) return;
    this._due = now + PLACE_PERIOD;
    this._show(this._session.positionNs, file.durationNs);
  }

  _show(position, duration) {
    this._place.max = duration;
    this._place.value = position;
    this._place.style.setProperty("--from", "0%");
    this._place.style.setProperty("--to", `${(100 * position) / duration}%`);
    const words = `${clockTime(position)} of ${clockTime(duration)}`;
    if (this._time.textContent === words) return;
    this._time.textContent = words;
    this._place.setAttribute("aria-valuetext", words);
  }

  _showMarks({ parts, durationNs }) {
    const marks = parts.map(({ number, timeNs }) => {
      const mark = make("span", {}, number);
      mark.style.left = `${(100 * timeNs) / durationNs}%`;
      return mark;
    });
    this._marks.replaceChildren(...(parts.length > 1 ? marks : []));
  }

  _toggle() {
    if (!this._session.file) return this._perform();
    if (this._session.playing) return this._session.pause();
    this._begin(() => this._session.resume());
  }

  _restart() {
    const { playing } = this._session;
    this._session.restart(this._session.file.first);
    if (playing) this._begin(() => this._session.resume());
  }

  _seek() {
    this._moving = false;
    this._session.seek(Number(this._place.value));
  }
}
