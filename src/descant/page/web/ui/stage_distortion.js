// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Both distortions as numbers: from the values of their signals to shifts and waves; as
// stage/distortion.py.
import { stageClamp, stageModulo, stageUnits } from "./stage_easing.js";
import { stageRandom } from "./stage_bubbles.js";

const SHIFT_SLOTS = 60; // the 2021 program's frames a second
export const DRIVE_REST = 2e-4; // values this small are 0: a thirtieth of a pixel

// Distortion 1: where red, green and blue go, [x, y] in screen units. Each goes in its own direction
// by an amount proportional to its partial gradient.
export function colourShifts(drive, s, weight) {
  const limit = stageUnits(s.shift_limit);
  return s.shift_angles.map((degrees, i) => {
    const distance = weight * stageClamp(stageUnits(s.shift_amplitude) * drive[i], -limit, limit);
    const angle = (degrees * Math.PI) / 180;
    return [distance * Math.cos(angle), distance * Math.sin(angle)];
  });
}

// Whether distortion 1 is drawn at `now`: always, or in each 1/60 s with a probability in proportion
// to the loss, so that it flickers near convergence.
export function isShiftShown(now, loss, s) {
  const probability = s.shift_chance * loss;
  if (s.shift_chance === 0 || !(probability < 1)) return true;
  return stageRandom(s.seed, "shift", Math.max(0, Math.floor(now * SHIFT_SLOTS))) < probability;
}

function countedDrive(drive, s) {
  return [0, 1].map((i) => stageClamp(drive[i], -s.wave_gradient, s.wave_gradient));
}

// Distortion 2 with phases that are integrals of their rates, so that nothing jumps, and amplitudes
// that follow the signals, so that at rest the picture is undistorted.
export class WaveMotion {
  constructor() {
    this._phase = [0, Math.PI / 2];
  }

  advance(drive, dt, s) {
    const counted = countedDrive(drive, s);
    this._phase = this._phase.map((phase, i) => stageModulo(phase + s.wave_rate * counted[i] * dt, 2 * Math.PI));
  }

  // The wave now; `weight` 0 .. 1 scales it as the distortion appears and disappears.
  wave(drive, s, weight) {
    const limit = stageUnits(s.wave_limit);
    const amplitude = countedDrive(drive, s).map(
      (value) => weight * Math.min(Math.abs(value) * stageUnits(s.wave_amplitude), limit),
    );
    const full = Math.hypot(limit, limit);
    const tension = full ? Math.hypot(...amplitude) / full : 0;
    return {
      amplitude,
      phase: this._phase,
      k: (2 * Math.PI) / stageUnits(s.wave_length),
      light: s.bubble_light * (1 - Math.exp(-3 * tension)),
      along: false,
      over: s.bubble_over,
    };
  }
}

// Distortion 2 as the 2021 program had it, `now` seconds into the run: the phase is signal times
// running time; at a signal of 0 a still wave remains.
export function runningWave(drive, now, s, weight, aspect) {
  const k = (2 * Math.PI) / stageUnits(s.wave_length);
  const amplitude = weight * Math.min(stageUnits(s.wave_amplitude), stageUnits(s.wave_limit));
  const turned = countedDrive(drive, s).map((value) => s.wave_rate * value * now + k * aspect);
  return {
    amplitude: [amplitude, amplitude],
    phase: [turned[0], turned[1] + Math.PI / 2].map((phase) => stageModulo(phase, 2 * Math.PI)),
    k,
    light: s.bubble_light * weight,
    along: true,
    over: s.bubble_over,
  };
}
