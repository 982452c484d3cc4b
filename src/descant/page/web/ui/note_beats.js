// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// Two sines alone, held: what two partials of a chord do to each other.

const NOTE_BEAT_LEVEL = 0.16; // of each of the two
const NOTE_BEAT_RAMP = 0.02; // s to full level and back
const NOTE_BEAT_GLIDE = 0.02; // s, time constant of a new frequency

export class NoteBeats {
  // `onStop` is called when another section begins to play.
  constructor(page, onStop) {
    this.page = page;
    this.nodes = null;
    this.stop = () => {
      this.end();
      onStop();
    };
  }

  // `frequencies`: two, in Hz.
  async begin(frequencies) {
    this.page.claim(this.stop);
    this.wanted = frequencies;
    const running = await this.page.sound.resume();
    if (!running || !this.wanted || this.nodes) return;
    const { context } = this.page.sound;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(NOTE_BEAT_LEVEL, context.currentTime, NOTE_BEAT_RAMP);
    gain.connect(context.destination);
    const sines = this.wanted.map((frequency) => new OscillatorNode(context, { frequency }));
    for (const sine of sines) {
      sine.connect(gain);
      sine.start();
    }
    this.nodes = { gain, sines };
  }

  // Glide to other frequencies while it sounds.
  retune(frequencies) {
    if (!this.nodes) return;
    this.nodes.sines.forEach((sine, i) =>
      sine.frequency.setTargetAtTime(frequencies[i], sine.context.currentTime, NOTE_BEAT_GLIDE),
    );
  }

  get sounding() {
    return this.nodes !== null;
  }

  end() {
    this.wanted = null;
    if (!this.nodes) return;
    const { gain, sines } = this.nodes;
    this.nodes = null;
    const now = gain.context.currentTime;
    gain.gain.cancelScheduledValues(now);
    gain.gain.setTargetAtTime(0, now, NOTE_BEAT_RAMP);
    for (const sine of sines) sine.stop(now + 12 * NOTE_BEAT_RAMP);
    sines[0].onended = () => gain.disconnect();
  }
}
