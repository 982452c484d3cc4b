# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a voice has to offer: the sound of one note. docs/voices.md adds one from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from descant.arrays import Floats
from descant.synth.settings import VOICES, SynthSettings


class VoiceSignals(NamedTuple):
    """The pyo signals that drive one note. The engine makes them and moves them."""

    level: Any
    """Amplitude of the note."""
    overtone_level: Any
    """The same, times 1 - s where the parameter `detune_fades` is on."""
    frequency: Any
    """f (1 + s) in Hz, of the note's fundamental f and its stretch s."""


class VoiceObjects(NamedTuple):
    """The pyo objects of one note of the pool."""

    objects: tuple[Any, ...]
    """Every object that was made, in that order; the engine stops them while the note is silent."""
    input: Any
    """Its `add` is set to the output of another note: the sum of all notes costs nothing."""
    output: Any
    """The note's sound, at `level`, and what `input` adds."""
    tune: Callable[[float], None]
    """Called with the fundamental in Hz while the note is silent."""


class Voice(Protocol):
    """One sound for all notes of an engine, made by calling the entry point with the settings and
    the sample rate in Hz. Parameters that are not live stay as they are there.
    """

    @property
    def peak(self) -> float:
        """Highest absolute sample of a note at level 1."""

    @property
    def mean_square(self) -> float:
        """Mean of the squared samples of a note at level 1."""

    def partials(self, frequency: Floats, stretch: Floats) -> tuple[Floats, Floats]:
        """Frequencies (Hz) and amplitudes (>= 0, level 1) of the partials of n notes.

        `frequency` are the fundamentals in Hz and `stretch` the stretches, both of shape (n,); both
        results have the shape (n, partials). An amplitude of 0 leaves a partial out.
        """

    def build(self, pyo: Any, number: int, signals: VoiceSignals) -> VoiceObjects:
        """Make the objects of note `number` (0, 1, 2 ..) of the pool on pyo's running server."""


def make_voice(settings: SynthSettings, sample_rate: float) -> Voice:
    """The voice that `settings` name; `ParameterError` where it cannot be loaded or made."""
    voice: Voice = VOICES.make(settings.voice, settings, sample_rate)
    return voice
