# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What may happen, for property tests: MIDI, notes and pedals, parts, parameters at their edges."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from descant import plugins
from descant.learner.family import load_family
from descant.learner.registry import FAMILIES, TRIGGERS
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError, Settings
from descant.piano.decoder import MidiDecoder
from descant.types import MOST_PARTS, PEDALS, Event, Note, Pedal
from support.notes import MS

ROOT = Path(__file__).parents[2]
OUTSIDE = ROOT / "docs" / "examples" / "wave"
PAUSES_MS = (0, 0, 0, 1, 7, 30, 79, 80, 81, 300)
"""Between two events; those about a chord's window, and several events at once."""
LONG_MS = (2_000, 30_000, 3_600_000)
KEYS = (0, 21, 36, 40, 43, 47, 48, 59, 60, 64, 72, 108, 127)
VALUES = (0, 1, 29, 30, 31, 32, 63, 64, 88, 99, 100, 127)
"""Of pedals: what settings have their thresholds at, and beside them."""

S = TypeVar("S", bound=Settings)

keys = st.one_of(st.sampled_from(KEYS), st.integers(0, 127))
pedal_values = st.one_of(st.sampled_from(VALUES), st.integers(0, 127))


def messages() -> SearchStrategy[bytes]:
    """One channel message that says something of keys or pedals, on any channel."""
    controllers = st.sampled_from([*PEDALS, 88, 16, 120, 123, 7])
    return st.one_of(
        _message(0x90, keys, st.sampled_from([0, 1, 64, 127])),
        _message(0x90, keys, st.sampled_from([1, 64, 127])),
        _message(0x80, keys, st.integers(0, 127)),
        _message(0xB0, controllers, pedal_values),
    )


def _message(
    kind: int, first: SearchStrategy[int], second: SearchStrategy[int]
) -> SearchStrategy[bytes]:
    # Mostly the channel that a piano sends on, so that offs find their ons.
    channels = st.one_of(st.just(0), st.just(0), st.integers(0, 15))
    return st.builds(lambda c, a, b: bytes([kind | c, a, b]), channels, first, second)


def times_ns(
    count: int, pauses_ms: tuple[int, ...] = PAUSES_MS, start_ns: int = 0
) -> SearchStrategy[list[int]]:
    """`count` times that never go back, equal ones among them."""

    def summed(pauses: list[int]) -> list[int]:
        now, times = start_ns, []
        for pause in pauses:
            now += pause * MS
            times.append(now)
        return times

    return st.lists(st.sampled_from(pauses_ms), min_size=count, max_size=count).map(summed)


@st.composite
def played(
    draw: DrawFn,
    *,
    most: int = 40,
    pauses_ms: tuple[int, ...] = PAUSES_MS,
    up_at_the_end: bool = False,
) -> list[Event]:
    """What a piano says: every on has its off, or none yet; `up_at_the_end`: all go up at last.

    Key struck again without an off, offs without ons and velocity 0 have gone through the decoder.
    """
    sent = draw(st.lists(messages(), max_size=most))
    times = draw(times_ns(len(sent), pauses_ms))
    decoder, events = MidiDecoder(run_ns=0), []
    for data, time_ns in zip(sent, times, strict=True):
        events += decoder.feed(data, time_ns)
    if up_at_the_end:
        events += decoder.release_all(times[-1] if times else 0)
    return events


def heard(most: int = 40) -> SearchStrategy[list[Event]]:
    """What anyone can put on the topics: ids that come twice, keys beyond a piano's, stamps that
    go backwards.
    """
    times = st.integers(0, 5_000).map(lambda ms: ms * MS)
    notes = st.builds(
        Note, times, st.integers(0, 12), st.booleans(), st.integers(0, 255), st.integers(0, 255),
        st.integers(0, 65_535),
    )  # fmt: skip
    pedals = st.builds(Pedal, times, st.integers(0, 255), st.integers(0, 255))
    return st.lists(st.one_of(notes, notes, pedals), max_size=most)


@cache
def profile(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Node -> parameters of `paper` or `original`."""
    document = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())
    return {node.removeprefix("/**/"): body["ros__parameters"] for node, body in document.items()}


def edges(kind: type[Settings], name: str) -> SearchStrategy[Any]:
    """Values of a parameter: its ends, its default, what lies between."""
    descriptor, default = kind.descriptors()[name], kind.defaults()[name]
    if descriptor.choices:
        return st.sampled_from(descriptor.choices)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, str):
        return st.just(default)
    low, high = descriptor.ge, descriptor.le
    assert low is not None, name
    assert high is not None, name
    if isinstance(default, int):
        ends = [default, int(low), int(high)]
        return st.one_of(st.sampled_from(ends), st.integers(int(low), int(high)))
    between = st.floats(low, high)
    if isinstance(default, tuple):
        one = st.one_of(st.sampled_from([float(low), float(high)]), between)
        return st.one_of(st.just(default), st.tuples(*[one] * len(default)))
    return st.one_of(st.sampled_from([default, float(low), float(high)]), between)


@st.composite
def settings_of(
    draw: DrawFn, kind: type[S], node: str, *, most: int = 5, **instead: SearchStrategy[Any]
) -> S:
    """One of the profiles with up to `most` parameters elsewhere in their ranges.

    `instead` says where some are to be, whatever the profile; what the settings refuse is not
    drawn.
    """
    values = dict(profile(draw(st.sampled_from(["paper", "original"])))[node])
    free = [name for name in kind.descriptors() if name not in instead]
    for name in draw(st.lists(st.sampled_from(free), max_size=most, unique=True)):
        values[name] = draw(edges(kind, name))
    values |= {name: draw(strategy) for name, strategy in instead.items()}
    try:
        return kind.of(values)
    except ParameterError:
        reject()


def learner_settings(**instead: SearchStrategy[Any]) -> SearchStrategy[LearnerSettings]:
    """Of the learner, with few sample points: what is tested is not their number."""
    families = st.sampled_from(FAMILIES.names())
    given: dict[str, SearchStrategy[Any]] = {
        "part": st.integers(1, MOST_PARTS),
        "trigger": st.sampled_from(TRIGGERS.names()),
        "family": st.one_of(st.sampled_from(["cubic", "knot"]), families),
        "points": st.sampled_from([4, 5, 30]),
        "knot_points": st.sampled_from([8, 9, 30]),
        "knot_batch": st.sampled_from([0, 0, 1, 7, 8, 10_000]),
        "held_rate": st.sampled_from([0.0, 0.1, 60.0, 97.3]),
    }
    return settings_of(LearnerSettings, "learner", **(given | instead))


@contextlib.contextmanager
def family_from_outside() -> Iterator[None]:
    """The worked example of docs/families.md, as if it were installed."""
    points = {FAMILIES.group: {"wave": EntryPoint("wave", "descant_wave:Wave", FAMILIES.group)}}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(OUTSIDE))
        patch.setattr(plugins, "installed", lambda group: points.get(group, {}))
        load_family.cache_clear()
        yield
    load_family.cache_clear()
