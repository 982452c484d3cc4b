# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The sound of a note has the partials that the voice lists, and no others."""

import numpy as np

from descant.synth.offline import blocks
from descant.synth.settings import SynthSettings
from descant.synth.voice import make_voice
from descant.types import LearningStatus, Note, State

VOICE = "fm"
KEY, FREQUENCY, LOSS = 57, 220.0, 0.1
RATE = 48_000


def test_the_sound_has_the_partials_that_the_voice_lists():
    settings = SynthSettings(voice=VOICE, decay_bass=60.0, decay_treble=60.0)
    note = Note(0, 1, True, KEY, 127, 127 << 7)
    state = State(
        0, 1, 1, 1, 0, 1, LearningStatus.LEARNING, 1, "cubic", (), (), LOSS, 0.0, (), ()
    )  # without ids of notes: it tunes all
    sound = np.concatenate([left.copy() for left, _ in blocks([note, state], settings, tail=1.5)])
    second = sound[RATE // 4 :][:RATE]  # one bin of its spectrum is 1 Hz
    spectrum = np.abs(np.fft.rfft(second * np.blackman(RATE)))
    voice = make_voice(settings, RATE)
    found, expected = np.zeros(len(spectrum), bool), np.zeros(len(spectrum), bool)
    found[spectrum > 0.01 * spectrum.max()] = True
    frequencies, amplitudes = voice.partials(np.array([FREQUENCY]), np.array([LOSS]))
    for frequency in frequencies[amplitudes > 0.02 * amplitudes.max()]:
        expected[round(frequency) - 3 : round(frequency) + 4] = True
        assert found[round(frequency)]
    assert not np.any(found & ~expected)
