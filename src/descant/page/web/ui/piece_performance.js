// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// One performance of a programme: MIDI messages in, everything that happens out. No clock, no sound.
//
// The order and the rules are those of core/perform.js, so that the saved events, performed again,
// give the same states. For the same reason a part is only changed by what the saved file can hold:
// the presses of the soft pedal, which are played for the visitor where a button asks for a part.
import { Conductor } from "../core/conductor.js";
import { Learner } from "../core/learner.js";
import { PartLayers } from "../core/layers.js";
import { MidiDecoder } from "../core/midi.js";
import { advanceTo } from "../core/perform.js";

export const PIECE_NODES = ["learner", "synth", "stage"];
const PIECE_SOFT = [0xb0, 67]; // a message of the soft pedal begins so

// The settings of each node before any part: defaults, and the values of the programme's profile.
export function pieceBase(page, programme) {
  const nodes = [...PIECE_NODES, "conductor"];
  return Object.fromEntries(nodes.map((node) => [node, { ...page.defaults(node), ...programme.base[node] }]));
}

export class PiecePerformance {
  // `base`: node -> settings; `fixed`: node -> {parameter: value}, as `--set` of the commands;
  // `emit(event)` gets notes, pedals, episodes, states and parts, in their order.
  constructor({ programme, base, fixed = {}, emit }) {
    this.programme = programme;
    this.base = base;
    this.emit = emit;
    this.events = []; // notes and pedals as they were taken
    this.notes = 0; // keys that were struck
    this.timeNs = 0; // of the last event
    this.states = 0;
    this._decoder = new MidiDecoder();
    this._conductor = new Conductor(base.conductor, programme, 0);
    this._fix(fixed);
    this._layer();
    this._learner = new Learner(this.settings.learner);
    emit(this._conductor.part);
  }

  get part() {
    return this._conductor.part;
  }

  // Take the bytes of one MIDI message at `timeNs`.
  play(bytes, timeNs) {
    this.timeNs = Math.max(this.timeNs, timeNs);
    for (const event of this._decoder.feed(bytes, this.timeNs)) this._take(event);
  }

  // Make the steps of held keys that are due.
  advance(timeNs) {
    for (const output of advanceTo(this._learner, timeNs)) this._publish(output);
  }

  // Release every key and pedal.
  releaseAll(timeNs) {
    this.timeNs = Math.max(this.timeNs, timeNs);
    for (const event of this._decoder.releaseAll(this.timeNs)) this._take(event);
  }

  // Press the soft pedal until part `number` is played; return whether it is.
  goTo(number, timeNs) {
    const { presses } = this.base.conductor;
    for (let left = 2 * this.programme.parts.length; left && this.part.number !== number; left -= 1) {
      this.play([...PIECE_SOFT, 0], timeNs);
      for (let press = 0; press < presses && this.part.number !== number; press += 1) {
        this.play([...PIECE_SOFT, 127], timeNs);
        this.play([...PIECE_SOFT, 0], timeNs);
      }
    }
    return this.part.number === number;
  }

  // Whether `goTo` can reach part `number` from here.
  reaches(number) {
    const { presses, round } = this.base.conductor;
    return presses > 0 && (round || number > this.part.number);
  }

  // Let other values hold in all parts, from `timeNs` on.
  change(fixed, timeNs) {
    this._fix(fixed);
    this._layer();
    for (const output of this._learner.change(this.settings.learner, timeNs)) this._publish(output);
  }

  _take(event) {
    const learner = this._learner;
    for (const output of advanceTo(learner, event.timeNs)) this._publish(output);
    this.events.push(event);
    if (event.kind === "note" && event.on) this.notes += 1;
    this.emit(event);
    const outputs = event.kind === "note" ? learner.take(event) : learner.takePedal(event);
    for (const output of outputs) this._publish(output);
    const part = this._conductor.take(event);
    if (part) this._begin(part);
  }

  _begin(part) {
    this._layer();
    for (const output of this._learner.change(this.settings.learner, part.timeNs)) this._publish(output);
    this.emit(part);
  }

  _publish(output) {
    if (output.kind === "state") this.states += 1;
    this.emit(output);
  }

  _fix(fixed) {
    this._layers = Object.fromEntries(
      PIECE_NODES.map((node) => [node, new PartLayers(this.base[node], node, fixed[node] ?? {})]),
    );
  }

  // Compute the settings of each node in the current part.
  _layer() {
    this.settings = Object.fromEntries(PIECE_NODES.map((node) => [node, this._layers[node].begin(this.part)]));
  }
}
