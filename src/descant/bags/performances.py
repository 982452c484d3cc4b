# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Choose the performance of a bag: topics have any namespace and name, and there may be several.

A topic of Descant's types belongs to the namespace in which it would have its usual name:
/hall_a/notes to /hall_a. One that was renamed belongs to the innermost of these around it. Another
namespace with nothing that the chosen one has belongs to its performance: a shared piano, say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from descant import topics
from descant.errors import UserError
from descant.namespaces import ROOT
from descant.plain_text import plain

Key = tuple[str, str]
"""Name and type of a topic."""
_PACKAGE = "descant/msg/"
_CORE = frozenset(
    topic.message_type
    for topic in (
        topics.NOTES, topics.PEDALS, topics.PLAYED, topics.PART, topics.LEARNER_STATE,
        topics.EPISODE, topics.LEARNER_SETTINGS,
    )
)  # fmt: skip
"""Types of which a performance consists; a stage alone is none."""
_OLD_NAMES = {"/camera/image_raw": ("/camera/image",)}  # before 0.5
_LONGEST_NAME = 255  # what ROS allows
_MOST, _LONGEST = 5, 80  # namespaces in a remark, characters of each


def _usual_names() -> dict[str, dict[str, str]]:
    """Type -> names that it has or had, the longest first -> name in the table of topics."""
    names = defaultdict[str, dict[str, str]](dict)
    for topic in sorted(topics.TOPICS, key=lambda topic: -len(topic.name)):
        if not topic.is_global:
            known = (topic.name, *_OLD_NAMES.get(topic.name, ()))
            names[topic.message_type] |= dict.fromkeys(known, topic.name)
    return names


_USUAL = _usual_names()


class _Place(NamedTuple):
    """Where a topic belongs: its namespace, and the usual name of what it carries."""

    namespace: str
    role: str


@dataclass(frozen=True)
class PerformanceChoice:
    """The performance that is read.

    `namespace` is its namespace, `parts` are all in which it has topics, `others` those of other
    performances in the bag, `left_out` the topics that are not read. `again`: a topic -> the one
    that carries the same; what is on both is read once. `usual_names`: the name of a topic of the
    table of topics -> that in the table.
    """

    namespace: str
    parts: tuple[str, ...]
    others: tuple[str, ...]
    left_out: frozenset[Key]
    again: Mapping[Key, Key]
    usual_names: Mapping[str, str]

    def has_node(self, name: str) -> bool:
        """Whether the node is not one of another performance; those of two may be on one topic."""
        around = [space for space in _around(name) if space in self.parts or space in self.others]
        if around or not name.startswith("/"):
            return not around or around[0] in self.parts
        parent = name.rpartition("/")[0]
        return any(part.startswith(f"{parent}/") for part in self.parts)

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for a person where another performance could have been read."""
        if not self.others:
            return ()
        return (
            f"performances of several namespaces: that in {_listed([self.namespace])} is read, left"
            f" out: {_listed(self.others)}; another is chosen by its namespace",
        )


def _listed(names: Sequence[str]) -> str:
    shown = [plain(name[:_LONGEST]) for name in names[:_MOST]]
    more = len(names) - _MOST
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def choose(counts: Mapping[Key, int], namespace: str | None = None) -> PerformanceChoice:
    """Choose among the topics of a bag, with the number of their messages.

    The performance in `namespace`; else that in the namespace of the recorder (of several that
    around all others), or that with most messages. Raises `UserError` where there is none in
    `namespace`.
    """
    places = _places(key for key, count in counts.items() if count)
    groups = defaultdict[str, Counter[str]](Counter)  # namespace -> messages by role
    core = Counter[str]()  # namespace -> messages of which a performance consists
    for key, place in places.items():
        if key[1].startswith(_PACKAGE):
            groups[place.namespace][place.role] += counts[key]
            core[place.namespace] += counts[key] * (key[1] in _CORE)
    performances = sorted(space for space in groups if core[space])
    chosen = _chosen(namespace, performances, core, places)
    others = _others(groups, chosen)
    left_out = frozenset(key for key, place in places.items() if place.namespace in others)
    return PerformanceChoice(
        chosen,
        tuple(sorted(set(groups) - others)),
        tuple(space for space in performances if space in others),
        left_out,
        _again(counts, {key: place.role for key, place in places.items() if key not in left_out}),
        {name: place.role for (name, kind), place in places.items() if kind in _USUAL},
    )


def _places(keys: Iterable[Key]) -> dict[Key, _Place]:
    keys = list(keys)
    usual = {key: place for key in keys if (place := _usual_place(*key))}
    spaces = {place.namespace for place in usual.values()}
    places = {}
    for key in keys:
        name, kind = key
        around = next((space for space in _around(name) if space in spaces), None)
        parent = name.rpartition("/")[0] or ROOT
        role = name
        if kind.startswith(_PACKAGE):
            role = next(reversed(_USUAL.get(kind, {name: name}).values()))
        elif around == ROOT:
            around = ""  # of nobody
        places[key] = usual.get(key, _Place(parent if around is None else around, role))
    return places


def _usual_place(name: str, kind: str) -> _Place | None:
    for usual, role in _USUAL.get(kind, {}).items():
        if name.endswith(usual):
            return _Place(name.removesuffix(usual) or ROOT, role)
    return None


def _shared(one: str, other: str) -> int:
    """The number of the first names of two namespaces that are the same."""
    pairs = zip(one.split("/")[1:], other.split("/")[1:], strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1] != "", pairs)))


def _around(name: str) -> Iterator[str]:
    """The namespaces around a topic, the innermost first; the root alone of what is no name."""
    while len(name) <= _LONGEST_NAME and (name := name.rpartition("/")[0]):
        yield name
    yield ROOT


def _chosen(
    namespace: str | None,
    performances: Sequence[str],
    core: Mapping[str, int],
    places: Mapping[Key, _Place],
) -> str:
    if namespace is not None and performances:
        if namespace not in performances:
            there = _listed(performances)
            raise UserError(f"no performance in the namespace {namespace} of this bag; in: {there}")
        return namespace
    recorders = {
        place.namespace
        for key, place in places.items()
        if key[1] == topics.RECORDER_STATE.message_type
    }
    own = recorders.intersection(performances)
    # A recorder takes what is in its own namespace: that of the root records halls as well.
    outermost = [space for space in own if all(_is_in(other, space) for other in recorders)]
    if outermost or len(own) == 1:
        return (outermost or [*own])[0]
    return max(performances, key=lambda space: core[space], default=ROOT)


def _is_in(namespace: str, outer: str) -> bool:
    return f"{namespace}/".startswith(f"{outer.rstrip('/')}/")


def _others(groups: Mapping[str, Counter[str]], chosen: str) -> set[str]:
    """The namespaces with anything that the chosen one has, or one that is nearer to it."""
    others, roles = set(groups) - {chosen}, set(groups[chosen])

    def distance(space: str) -> tuple[int, int, str]:
        return -_shared(space, chosen), -groups[space].total(), space

    for space in sorted(others, key=distance):
        # Learner and conductor publish what was played as well.
        if roles.isdisjoint(groups[space].keys() - {topics.PLAYED.name}):
            others.remove(space)
            roles |= set(groups[space])
    return others


def _again(counts: Mapping[Key, int], roles: Mapping[Key, str]) -> dict[Key, Key]:
    """Topics of one type and role: all but that with most messages, or with the usual name."""
    alike = defaultdict[tuple[str, str], list[Key]](list)
    for (name, kind), role in roles.items():
        if kind.startswith(_PACKAGE):
            alike[kind, role].append((name, kind))
    found = {}
    for (_, role), keys in alike.items():
        first, *others = sorted(keys, key=lambda k: (-counts[k], not k[0].endswith(role), k))
        found.update(dict.fromkeys(others, first))
    return found
