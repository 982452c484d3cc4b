// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Files and links of the piece: open and save MIDI files, copy the link, name the commands.
import { readMidi, writeMidi } from "../core/midi.js";
import { make } from "./controls.js";

const LARGEST_FILE = 20e6; // bytes

// The bundled performance, as `readMidi` gives it.
export function bundledPerformance(data) {
  return readMidi(Uint8Array.from(atob(data.performance), (letter) => letter.charCodeAt(0)));
}

// Read a visitor's MIDI file; resolves to {name, events, durationNs, remark}. Error: one line.
export async function openMidi(file) {
  if (file.size > LARGEST_FILE) throw new Error(`${file.name}: too large for a MIDI file`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    return { name: file.name, ...readMidi(bytes) };
  } catch (error) {
    throw new Error(`${file.name}: ${error.message}`);
  }
}

// Hand a take to the visitor as a MIDI file; return the file's name.
export function saveTake(take) {
  const name = `descant-${take.programme}-seed${take.seed}.mid`;
  const url = URL.createObjectURL(new Blob([writeMidi(take.events)], { type: "audio/midi" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return name;
}

// The commands that take the saved file, with the settings under which it was played.
export function takeCommands(name, take, data) {
  const { profile = "paper" } = data.programmes[take.programme];
  const sets = Object.entries(take.fixed).flatMap(([node, values]) =>
    Object.entries(values).map(([parameter, value]) => `--set ${node}.${parameter}=${value}`),
  );
  const common = [name, `--profile ${profile}`, `--programme ${take.programme}`, ...sets].join(" ");
  return [`descant render ${common} -o film.mp4`, `descant whatif ${common}`];
}

// Copy a text; resolves to whether that worked.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { value: text, ariaHidden: "true", className: "off-screen" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

// Let MIDI files be dropped on an element; `opened(file)` gets the first.
export function dropMidi(element, opened) {
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    element.classList.add("over");
  });
  element.addEventListener("dragleave", (event) => element.contains(event.relatedTarget) || element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    element.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    opened(file);
  });
}
