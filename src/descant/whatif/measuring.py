"""One variant of a performance: played and measured."""

from __future__ import annotations

from collections.abc import Sequence

from descant.synth.settings import SynthSettings
from descant.types import State
from descant.whatif.grid import Variant, by_room
from descant.whatif.measures import Measures, learned
from descant.whatif.roughness import Roughness
from descant.whatif.sounding import sound
from descant.whatif.source import Source
from descant.whatif.state_arrays import said

RATE = 20.0
"""Samples of the dissonance a second; with 40 its mean moved by 0.3 % at most."""
KEPT = 8  # soundings, of as many settings of the synthesiser


class Measuring:
    """Plays a source again and measures it; what variants have in common is computed once."""

    def __init__(self, source: Source, rate: float = RATE) -> None:
        self._source = source
        self._rate = rate
        self._known: dict[SynthSettings, Roughness] = {}

    def of(self, variant: Variant) -> Measures:
        """The measures of one variant. Pure: the same variant gives the same."""
        rooms = by_room(variant)
        synth = self._source.synth
        if "synth" in rooms:
            synth = synth.replace(**rooms["synth"])
        return self.of_states(self._source.states(rooms.get("learner", {})), synth)

    def of_states(self, states: Sequence[State], synth: SynthSettings) -> Measures:
        """The measures of what was said, whoever said it."""
        what = said(states)
        return Measures(learned(what, self._source.end_ns), self._roughness(synth).mean(what))

    def _roughness(self, synth: SynthSettings) -> Roughness:
        if synth not in self._known:
            if len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            source = self._source
            sounding = sound(source.events, synth, self._rate, source.end_ns)
            self._known[synth] = Roughness(sounding, synth)
        return self._known[synth]
