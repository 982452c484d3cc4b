# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sessions of a learner whose settings are drawn from their whole ranges, the ends among them."""

from __future__ import annotations

import math
import random
from collections.abc import Collection
from typing import Any

from descant.learner.core import Learner
from descant.learner.registry import FAMILIES, TRIGGERS
from descant.learner.settings import LearnerSettings
from descant.parameters import Descriptor, ParameterError
from descant.types import Note, State
from support.golden_events import packed_event, random_events
from support.notes import MS
from support.state_hash import sha256

CHOICES: dict[str, tuple[Any, ...]] = {
    "trigger": tuple(sorted(TRIGGERS.built_in)),
    "family": tuple(sorted(FAMILIES.built_in)),
    "held_rate": (0.0, 31.7, 60.0, 97.3, 1000.0),
    "knot_batch": (0, 1, 7, 64, 200, 10_000),
}
MOST_POINTS = 200  # for most draws: more take long and show nothing else


def random_settings(
    chance: random.Random, base: LearnerSettings, names: Collection[str]
) -> LearnerSettings:
    """`base` with the settings `names` drawn, so that they fit each other."""
    while True:
        descriptors = LearnerSettings.descriptors()
        drawn = {name: _value(chance, name, descriptors[name]) for name in names}
        try:
            return base.replace(**drawn)
        except ParameterError:
            continue


def random_session(seed: int) -> dict[str, Any]:
    """First settings, a script of events and changes, and number and hash of Python's states."""
    chance = random.Random(seed)
    names = sorted(set(LearnerSettings.descriptors()) - {"arithmetic"})
    first = random_settings(chance, LearnerSettings(), names)
    learner, script, states = Learner(first), [], []
    for event in random_events(chance, 60):
        outputs = []
        if chance.random() < 0.08:
            some = chance.sample(names, chance.randrange(1, 5))
            changed = random_settings(chance, learner.settings, some)
            at = event.time_ns - chance.choice((0, 5 * MS))
            script.append(["change", at, changed.values()])
            outputs += learner.change(changed, time_ns=at)
        script.append(["event", packed_event(event)])
        outputs += learner.take(event) if isinstance(event, Note) else learner.take_pedal(event)
        states += [output for output in outputs if isinstance(output, State)]
    return {"settings": first.values(), "script": script, "found": [len(states), sha256(states)]}


def _value(chance: random.Random, name: str, descriptor: Descriptor) -> Any:
    """The default, an end of the range, or anything in it."""
    default = LearnerSettings.defaults()[name]
    choices = CHOICES.get(name) or descriptor.choices
    if isinstance(default, bool):
        choices = (False, True)
    if choices:
        return chance.choice(choices)
    low, high = descriptor.ge, descriptor.le
    assert low is not None
    assert high is not None
    if name in ("points", "knot_points") and chance.random() < 0.8:
        return chance.randint(int(low), MOST_POINTS)
    if isinstance(default, int):
        return chance.choice((default, int(low), int(high), chance.randint(int(low), int(high))))
    anything = chance.uniform(low, high)
    if low >= 0.0:  # of all magnitudes
        anything = chance.choice((anything, low + math.exp(chance.uniform(-15, math.log(high)))))
    return chance.choice((default, low, high, min(anything, high)))
