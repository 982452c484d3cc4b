// Set up every section of the page. Each section has one module that exports its set-up function.
import { Page } from "./shared.js";
import { setUpNote } from "./section_note.js";
import { setUpCubic } from "./section_cubic.js";
import { setUpKnot } from "./section_knot.js";
import { setUpDistortions } from "./section_distortions.js";
import { setUpPiece } from "./section_piece.js";
import { setUpNight } from "./section_night.js";

function readJson(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const SECTIONS = {
  note: setUpNote,
  cubic: setUpCubic,
  knot: setUpKnot,
  distortions: setUpDistortions,
  piece: setUpPiece,
  night: setUpNight,
};

const page = new Page(readJson("data"), readJson("recording"));
for (const [id, setUp] of Object.entries(SECTIONS)) setUp(document.getElementById(id), page);
