// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Keep what was played: save it, listen to it, send a link to its settings.
import { button, make, row } from "./controls.js";
import { copyText, saveTake, takeCommands } from "./piece_files.js";
import { formatPieceLink } from "./piece_link.js";
import { clockTime } from "./piece_words.js";

const NOTHING_PLAYED = "Nothing was played yet.";

export class PieceKeeping {
  constructor(session, data, { begin, tell }) {
    Object.assign(this, { _session: session, _data: data, _begin: begin, _tell: tell });
    const save = button({ label: "Save as a MIDI file", onClick: () => this._save(session.take()) });
    const listen = button({ label: "Listen to it", onClick: () => this._listen() });
    const copy = button({ label: "Copy a link to these settings", onClick: () => this._copyLink() });
    this._earlier = make("div", { className: "row" });
    this._commands = make("pre", { className: "commands", hidden: true, tabIndex: 0, ariaLabel: "Commands" });
    this.element = make("div", {}, row(save, listen, copy), this._earlier, this._commands);
  }

  // Show a button for each earlier performance in which the visitor played.
  show() {
    const buttons = this._session.takes.map((take) => {
      const length = clockTime(take.events.at(-1).timeNs);
      return button({ label: `Save the earlier one of ${length}`, onClick: () => this._save(take) }).element;
    });
    this._earlier.replaceChildren(...buttons);
  }

  _save(take) {
    if (!take.notes) return this._tell(NOTHING_PLAYED);
    const name = saveTake(take);
    const late = take.changed ? "\n# Settings were changed while you played; these are the last." : "";
    this._commands.textContent = takeCommands(name, take, this._data).join("\n") + late;
    this._commands.hidden = false;
    this._tell(`Saved as ${name}. The commands make a film of it, or perform it under other settings.`);
  }

  _listen() {
    const { events, notes } = this._session.take();
    if (!notes) return this._tell(NOTHING_PLAYED);
    this._begin(() => {
      this._session.load("what you played", { events, durationNs: events.at(-1).timeNs });
      this._session.resume();
    });
  }

  async _copyLink() {
    const { programmeName: programme, performance, fixed } = this._session;
    const settings = { "learner.seed": performance.settings.learner.seed };
    for (const [node, values] of Object.entries(fixed))
      for (const [name, value] of Object.entries(values)) settings[`${node}.${name}`] = value;
    const link = formatPieceLink({ programme, part: performance.part.number, settings });
    const address = location.href.replace(/#.*/, "") + link;
    this._tell((await copyText(address)) ? "The link is copied." : `The link: ${address}`);
  }
}
