// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Set up every section of the page. Each section has one module that exports its set-up function.
import { Page } from "./shared.js";
import { setUpNote } from "./section_note.js";
import { setUpCubic } from "./section_cubic.js";
import { setUpKnot } from "./section_knot.js";
import { setUpDistortions } from "./section_distortions.js";
import { setUpPiece } from "./section_piece.js";
import { setUpNight } from "./section_night.js";

const SECTIONS = {
  note: setUpNote,
  cubic: setUpCubic,
  knot: setUpKnot,
  distortions: setUpDistortions,
  piece: setUpPiece,
  night: setUpNight,
};

// Read JSON that assembly.py compressed by gzip and wrote in base64.
function readJson(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// A section that fails says so in its place and leaves the others alone.
function setUpSection(id, setUp, page) {
  const section = document.getElementById(id);
  try {
    setUp(section, page);
  } catch (error) {
    console.error(error);
    section.querySelector("[data-figure]").textContent = `This figure cannot be shown here (${error.message}).`;
  }
}

// Browsers allow sound only after a gesture: ask for it at each until it runs, and say where it stands.
function followSound(sound) {
  const line = document.getElementById("sound-state");
  const gestures = ["pointerup", "keydown", "touchend"];
  const ask = async () => {
    if (navigator.userActivation?.hasBeenActive === false) return; // a key that counts as none
    const running = await sound.resume();
    line.textContent = running
      ? "Sound is on. Nothing that you do here leaves this page."
      : "This browser gives the page no sound. All that is seen works without it.";
    if (running) for (const name of gestures) removeEventListener(name, ask, true);
  };
  for (const name of gestures) addEventListener(name, ask, true);
}

async function setUpPage() {
  const page = new Page(await readJson("data"), await readJson("recording"));
  for (const [id, setUp] of Object.entries(SECTIONS)) setUpSection(id, setUp, page);
  followSound(page.sound);
  globalThis.descant = page; // for the browser's console and for tests
}

setUpPage().catch((error) => {
  console.error(error);
  document.getElementById("sound-state").textContent =
    `The pictures and the sound need a newer browser (${error.message}). The text is complete.`;
});
