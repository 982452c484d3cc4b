// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// MIDI pianos by Web MIDI, which is asked for only on a click.
const MIDI_ABSENT =
  "This browser has no Web MIDI: Safari and every browser on iPhone and iPad have none. Chrome, Edge and Firefox on a computer or Android have it. The keys of the page and of the computer play meanwhile.";

export class MidiPianos {
  // `play(bytes)` gets each message, `say(words)` what is to be told, `changed()` when pianos come
  // and go.
  constructor({ play, say, changed }) {
    Object.assign(this, { _play: play, _say: say, _changed: changed });
    this._access = null;
    this._chosen = ""; // id of one input; "": all
    this._held = new Map(); // id of an input -> Map of "channel key" -> bytes that release it
  }

  get connected() {
    return this._access !== null;
  }

  // [id, name] of each piano that is plugged in.
  pianos() {
    if (!this._access) return [];
    return [...this._access.inputs.values()]
      .filter((input) => input.state === "connected")
      .map((input) => [input.id, input.name || "a MIDI piano without a name"]);
  }

  // Ask for the pianos; call it in a visitor's click.
  async connect() {
    if (!navigator.requestMIDIAccess) return this._say(MIDI_ABSENT);
    this._say("The browser asks whether the page may use MIDI.");
    try {
      this._access = await navigator.requestMIDIAccess();
    } catch (error) {
      const blocked = error.name === "SecurityError" || error.name === "NotAllowedError";
      const help = blocked ? "; it can be allowed in the site's settings (for a page opened as a file, some browsers never do)" : "";
      return this._say(`The browser does not let this page use MIDI${help}.`);
    }
    this._access.onstatechange = (event) => this._onChange(event.port);
    this._attach();
  }

  // Listen to one input alone, or to all ("").
  choose(id) {
    this._chosen = id;
    for (const other of [...this._held.keys()]) if (id && other !== id) this._release(other);
    this._attach();
  }

  _attach() {
    const names = this.pianos();
    for (const input of this._access.inputs.values()) {
      const used = !this._chosen || input.id === this._chosen;
      input.onmidimessage = used ? (event) => this._onMessage(input.id, event.data) : null;
    }
    if (names.length) this._say(`Connected: ${names.map(([, name]) => name).join(", ")}.`);
    else this._say("No MIDI piano is plugged in. It is used as soon as it is.");
    this._changed();
  }

  _onChange(port) {
    if (port.type !== "input") return;
    if (port.state === "disconnected") this._release(port.id);
    this._attach();
  }

  _onMessage(id, data) {
    const kind = data[0] & 0xf0;
    if (kind === 0xf0) return; // clock, active sensing
    if (!this._held.has(id)) this._held.set(id, new Map());
    const held = this._held.get(id);
    const name = `${data[0] & 15} ${data[1]}`;
    if (kind === 0x90 && data[2]) held.set(name, [data[0] - 16, data[1], 64]);
    else if (kind === 0x90 || kind === 0x80) held.delete(name);
    else if (kind === 0xb0 && [64, 66, 67].includes(data[1])) {
      if (data[2]) held.set(`pedal ${name}`, [data[0], data[1], 0]);
      else held.delete(`pedal ${name}`);
    }
    this._play([...data]);
  }

  _release(id) {
    for (const bytes of this._held.get(id)?.values() ?? []) this._play(bytes);
    this._held.delete(id);
  }
}
