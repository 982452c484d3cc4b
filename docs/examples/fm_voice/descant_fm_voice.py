# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A voice of one's own: a sine whose phase is modulated by another (FM synthesis)."""

import numpy as np
from scipy.special import factorial, jv

from descant.synth.voice import VoiceObjects

INDEX = 1.5  # highest deviation of the carrier's phase, in radians
RATIO = 2.0  # modulator to carrier; with 1 a sideband would lie at 0 Hz
ORDERS = np.arange(-6, 7)  # sidebands; those beyond have amplitudes below 0.001
GOLDEN = 0.618033988749895


class FmVoice:
    """Carrier f, modulator 2 f (1 + s): odd harmonics at the stretch s = 0, else inharmonic."""

    peak = 1.0  # of a note at level 1, whatever the index
    mean_square = 0.5

    def __init__(self, settings, sample_rate):
        self._highest = 0.45 * sample_rate  # Hz
        self._widest = RATIO * (1.0 + settings.max_detune)

    def partials(self, frequency, stretch):
        """Sideband n has the frequency |f + n 2 f (1 + s)| and the amplitude |J_n(index)|."""
        modulator = RATIO * frequency * (1.0 + stretch)
        frequencies = np.abs(frequency[:, None] + ORDERS * modulator[:, None])
        return frequencies, np.abs(jv(ORDERS, self._index(frequency)[:, None]))

    def build(self, pyo, number, signals):
        """Three objects; phases differ from note to note, so that chords do not peak at once."""
        twice = pyo.Sig(signals.frequency, mul=RATIO)
        offset = 0.3 + 0.4 * (number * GOLDEN % 1.0)  # of the carrier's phase, which is 0 .. 1
        modulator = pyo.Sine(twice, phase=number * GOLDEN**2 % 1.0, mul=0.0, add=offset)
        carrier = pyo.Sine(440.0, phase=modulator, mul=signals.level)

        def tune(fundamental):
            carrier.setFreq(fundamental)
            modulator.setMul(float(self._index(np.array(fundamental)) / (2.0 * np.pi)))

        return VoiceObjects((twice, modulator, carrier), input=carrier, output=carrier, tune=tune)

    def _index(self, frequency):
        """As high as INDEX, and so low that sidebands too high for the sample rate are faint."""
        next_order = (self._highest / frequency - 1.0) // self._widest + 1.0
        next_order = np.maximum(next_order, 1.0)  # J_n(x) < (x / 2)^n / n!
        return np.minimum(INDEX, 2.0 * (0.001 * factorial(next_order)) ** (1.0 / next_order))
