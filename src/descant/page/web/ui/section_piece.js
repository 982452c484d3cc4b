// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Section "The piece": all parts of a programme, played by the visitor or from a file.
import { button, choice, make } from "./controls.js";
import { bundledPerformance, dropMidi, openMidi } from "./piece_files.js";
import { PieceKeeping } from "./piece_keeping.js";
import { PieceKeyboard } from "./piece_keyboard.js";
import { ComputerKeys } from "./piece_keys.js";
import { parsePieceLink, pieceLinkProblems } from "./piece_link.js";
import { MidiPianos } from "./piece_midi.js";
import { PieceParts } from "./piece_parts.js";
import { PieceSession } from "./piece_session.js";
import { PieceSettings } from "./piece_settings.js";
import { PieceShow } from "./piece_show.js";
import { PieceStatus } from "./piece_status.js";
import { PieceTransport } from "./piece_transport.js";
import { keysToBegin } from "./piece_words.js";
import { reducedMotion } from "./shared.js";

const SCREEN_CHANNEL = 15;
const COMPUTER_CHANNEL = 14;
const TICK_MS = 8;
const PIECE_TITLES = { paper: ": as in the paper", original: ": as the first program had it" };

export function setUpPiece(section, page) {
  const place = section?.querySelector('[data-figure="piece"]');
  if (place) section.piece = new PieceFigure(section, place, page);
}

class PieceFigure {
  constructor(section, place, page) {
    this.page = page;
    this.section = section;
    this.status = new PieceStatus();
    this.bundled = null;
    this._makeInputs();
    this.show = new PieceShow(page, {
      start: () => this.start(),
      perform: () => this.perform(),
      say: (words) => this.status.tell(words),
    });
    this.parts = new PieceParts({ goTo: (number) => this.begin(() => this.session.goTo(number)) });
    this.settings = new PieceSettings(page.data, {
      set: (name, value) => this.session.set(...pieceSetting(name, value)),
      unset: () => this.session.unset(),
    });
    this.session = new PieceSession(page, this._outlet());
    this.keeping = new PieceKeeping(this.session, page.data, {
      begin: (act) => this.begin(act),
      tell: (words) => this.status.tell(words),
    });
    this.transport = new PieceTransport(this.session, {
      perform: () => this.perform(),
      open: (file) => this.open(file),
      begin: (act) => this.begin(act),
    });
    place.append(...this._elements());
    this._listen(place);
    this.useLink();
    this._showProgramme();
    this._invite(false);
  }

  // A gesture of the visitor: let the sound begin, then act.
  async begin(act) {
    this.show.started();
    this.session.wake();
    this._keepTime();
    const sounding = this._resume();
    act?.();
    this.show.silent(!(await sounding));
  }

  // Let the sound begin, where the browser will: a note of a MIDI piano is no touch of the page.
  _resume() {
    return navigator.userActivation?.hasBeenActive === false ? false : this.page.sound.resume();
  }

  start() {
    return this.begin();
  }

  // Play the performance that comes with the page.
  perform() {
    this.bundled ??= bundledPerformance(this.page.data);
    return this.begin(() => {
      if (this.session.file?.name !== "") this.session.load("", this.bundled);
      this.session.resume();
    });
  }

  async open(file) {
    try {
      const { name, ...read } = await openMidi(file);
      this.begin(() => {
        this.status.tell(read.remark && `${name}: ${read.remark}`);
        this.session.load(name, read, this.session.performance.part.number);
        this.session.resume();
      });
    } catch (error) {
      this.status.tell(error.message);
    }
  }

  // Take programme, part and settings from the page's address.
  useLink() {
    const link = parsePieceLink(location.hash, this.page.data);
    if (!link) return;
    const { programme, part, settings } = link.wanted;
    this.session.fixed = {};
    for (const [name, value] of Object.entries(settings)) {
      const [node, values] = pieceSetting(name, value);
      this.session.fixed[node] = { ...this.session.fixed[node], ...values };
    }
    this.session.choose(programme, part);
    this._showProgramme();
    this.status.tell(pieceLinkProblems(link.problems));
    this.section.scrollIntoView();
  }

  _outlet() {
    const { sound } = this.page;
    return {
      note: (event) => {
        sound.take(event);
        this.show.take(event);
        this.keyboard.light(event.key, event.on);
      },
      pedal: (event) => {
        sound.take(event);
        this.show.take(event);
        this.status.pedal(event);
      },
      episode: (event) => {
        this.show.take(event);
        this._invite(true);
      },
      state: (event) => {
        sound.state(event);
        this.show.take(event);
        this.status.state(event);
      },
      part: (event, settings) => {
        sound.change(settings.synth);
        this.show.beginPart(event, reducedMotion.matches ? { ...settings.stage, knot_turn: [0, 0, 0] } : settings.stage);
        this.status.part(event, settings);
        this._showPart(event, settings);
        this._invite(false);
      },
      change: (settings) => {
        sound.change(settings.synth);
        this.status.part(this.session.performance.part, settings, true);
        this._showSettings(settings);
        this._invite();
      },
      silence: () => {
        sound.panic();
        this.show.lift(this.keyboard.darken());
      },
      moved: () => {
        this.transport?.moved();
        this._invite();
      },
    };
  }

  // Say what to do first, until an episode of the part has begun or a file plays.
  _invite(begun = this._begun) {
    this._begun = begun;
    if (this.session) this.show.invite(begun || this.session.playing ? "" : keysToBegin(this.session.performance.settings.learner));
  }

  _makeInputs() {
    const note = (on, channel) => (key, velocity = 64) => {
      const play = () => this.session.play([(on ? 0x90 : 0x80) + channel, key, velocity]);
      if (on) this.begin(play);
      else {
        if (this.page.sound.suspended) this._resume(); // to lift a finger is the touch that browsers ask for
        play();
      }
    };
    this.keyboard = new PieceKeyboard({ press: note(true, SCREEN_CHANNEL), release: note(false, SCREEN_CHANNEL) });
    this.computer = new ComputerKeys({
      press: note(true, COMPUTER_CHANNEL),
      release: note(false, COMPUTER_CHANNEL),
      pedal: (down) => this.session.play([0xb0 + COMPUTER_CHANNEL, 64, down ? 127 : 0]),
      changed: () => this.keyboard.setSigns(this.computer.signs()),
      active: () => this._isNear(),
    });
    this.midi = new MidiPianos({
      play: (bytes) => this.begin(() => this.session.play(bytes)),
      say: (words) => this.status.tell(words),
      changed: () => this._showPianos(),
    });
  }

  _elements() {
    const names = Object.entries(this.page.data.programmes).map(([name, { title }]) => [name, title + (PIECE_TITLES[name] ?? "")]);
    this.programme = choice({
      label: "Programme",
      options: names,
      value: this.session.programmeName,
      onChange: (name) => this._choose(name),
    });
    this.pianos = make("div", { className: "row" });
    this._showPianos();
    this.show.element.append(this.status.element, this.keyboard.element);
    return [
      this.parts.element,
      this.show.element,
      this.transport.element,
      this._actions(),
      this.programme.element,
      pieceDetails("More ways to play", this._hints(), this.pianos),
      pieceDetails("Change what is learned, and how it sounds", this.settings.element),
      pieceDetails("Keep what you played, or send it", this.keeping.element),
      this.status.message,
    ];
  }

  _actions() {
    const next = button({ label: "Next part", onClick: () => this.begin(() => this._next()) });
    const restart = button({ label: "Begin again", onClick: () => this.begin(() => this.session.restart()) });
    const panic = button({ label: "Silence", onClick: () => this.session.panic(), hint: "All keys and pedals are released." });
    panic.element.append(make("kbd", { ariaHidden: "true" }, "Esc"));
    panic.element.setAttribute("aria-keyshortcuts", "Escape");
    this.next = next;
    return make("div", { className: "row" }, next.element, restart.element, panic.element, this.show.camera.element);
  }

  _next() {
    const { part, programme } = this.session.performance;
    this.session.goTo((part.number % programme.parts.length) + 1);
  }

  _hints() {
    const text = make("p", { className: "hint" });
    text.innerHTML =
      "The computer's keys play too, while this figure is the last that you touched: the lower two rows (<kbd>Z</kbd> to <kbd>/</kbd>) are the left hand, the upper two (<kbd>Q</kbd> to <kbd>]</kbd>) the right. <kbd>←</kbd> <kbd>→</kbd> move the left hand by an octave, with <kbd>Shift</kbd> the right one. <kbd>Space</kbd> is the sustain pedal. On the drawn keys, lower down is louder. On a MIDI piano two quick presses of the soft pedal begin the next part, as on stage.";
    return text;
  }

  _listen(place) {
    const release = () => {
      this.keyboard.releaseAll();
      this.computer.releaseAll();
    };
    window.addEventListener("blur", release);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) return;
      release();
      this.session.sleep();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this._isNear()) this.session.panic();
    });
    for (const name of ["pointerdown", "focusin"])
      document.addEventListener(name, (event) => (this._touched = event.target.closest?.("section") ?? this._touched), true);
    // A button that was clicked does not keep the space key, which is the sustain pedal.
    place.addEventListener("click", (event) => event.detail && event.target.closest("button, summary")?.blur());
    window.addEventListener("hashchange", () => this.useLink());
    dropMidi(place, (file) => this.open(file));
    this.page.sound.watch(() => this.show.silent(this.session.running && this.page.sound.suspended));
    this.page.animate(this.show.canvas, () => this._frame());
  }

  // Whether the visitor plays here: no other section was touched since.
  _isNear() {
    return this._touched === this.section || (!this._touched && this.session.running);
  }

  // The file and held keys go on between two frames, and where the picture is out of sight.
  _keepTime() {
    this._timer ??= setInterval(() => {
      this.session.tick();
      if (this.session.running) return;
      clearInterval(this._timer);
      this._timer = null;
    }, TICK_MS);
  }

  _frame() {
    this.session.tick();
    if (this.session.running || !this._still) this.show.draw();
    this._still = !this.session.running && this._wasStill; // once more after it stands
    this._wasStill = !this.session.running;
    this.status.draw(this.session);
    this.transport.draw();
  }

  _choose(name) {
    this.session.choose(name);
    this._showProgramme();
  }

  _showProgramme() {
    this.programme.value = this.session.programmeName;
    this.parts.show(this.session.programme);
    this._showPart(this.session.performance.part, this.session.performance.settings);
  }

  _showPart(part, settings) {
    this._still = false;
    this.parts.mark(part.number);
    this.keeping?.show();
    this.keyboard.setZones(this.status.zones(settings.learner));
    this._showSettings(settings);
  }

  _showSettings(settings) {
    this.settings.show(settings, this.session?.fixed.learner?.seed ?? settings.learner.seed);
  }

  _showPianos() {
    const connect = button({ label: "Connect a MIDI piano", onClick: () => this.midi.connect() });
    const names = this.midi.pianos();
    const which = [["", "all of them"], ...names];
    const inputs = choice({ label: "MIDI piano", options: which, value: "", onChange: (id) => this.midi.choose(id) });
    this.pianos?.replaceChildren(names.length > 1 ? inputs.element : connect.element);
  }
}

function pieceSetting(name, value) {
  const [node, parameter] = name.split(".");
  return [node, { [parameter]: value }];
}

function pieceDetails(title, ...content) {
  return make("details", {}, make("summary", {}, title), make("div", { className: "inside" }, ...content));
}
