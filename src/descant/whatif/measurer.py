"""Recompute and measure one variant of a performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from descant.dissonance.over_time import prepare_dissonance
from descant.dissonance.performance_dissonance import PerformanceDissonance
from descant.dissonance.sampled_notes import RATE
from descant.dissonance.state_arrays import state_arrays
from descant.parameters import Value
from descant.types import State
from descant.whatif.grid import Variant, by_section
from descant.whatif.measures import Measures, measure
from descant.whatif.performance_source import PerformanceSource

CACHED = 8  # prepared dissonances, each for other overrides of the synthesiser


class VariantMeasurer:
    """Measures variants of `source`; what does not depend on the learner is computed once."""

    def __init__(self, source: PerformanceSource, rate: float = RATE) -> None:
        """`rate`: samples of the dissonance per second."""
        self._source = source
        self._rate = rate
        self._prepared: dict[tuple[tuple[str, Value], ...], PerformanceDissonance] = {}

    def measure(self, variant: Variant) -> Measures:
        """The measures of one variant; equal variants have equal measures."""
        changes = by_section(variant)
        states = self._source.states(changes.get("learner", {}))
        return self.measure_states(states, changes.get("synth", {}))

    def measure_states(self, states: Sequence[State], synth: Mapping[str, Value]) -> Measures:
        """The measures of `states`, with the overrides `synth` of the synthesiser."""
        arrays = state_arrays(states)
        dissonance = self._dissonance({**self._source.part.synth, **synth}).mean(arrays)
        return measure(arrays, self._source.end_ns, dissonance)

    def _dissonance(self, fixed: Mapping[str, Value]) -> PerformanceDissonance:
        key = tuple(sorted(fixed.items()))
        if key not in self._prepared:
            if len(self._prepared) >= CACHED:
                del self._prepared[next(iter(self._prepared))]
            source = self._source
            self._prepared[key] = prepare_dissonance(
                source.events, source.parts, source.synth,
                rate=self._rate, end_ns=source.end_ns, fixed=fixed,
            )  # fmt: skip
        return self._prepared[key]
