# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Pianos, and nodes that hold what they played, simulated without DDS or a clock.

Every node is matched with each topic of the others after a while, by chance; messages of one topic
of one publisher arrive in their order, those of different ones in any.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from random import Random
from typing import Any

from descant.event_blocks import EventBlock, EventBlocks, FirstBlocks, UnblockedEvents
from descant.piano.decoder import MidiDecoder
from descant.types import NANOSECONDS, SUSTAIN, Event, Note

JOINING_S, TICK_S = 10.0, 0.5
BEGIN_S = 1_000
DELAY_S, SLOW_S = 0.05, 0.2  # longest of a live event, and of a block


class World:
    """What happens, in order of time."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now = 0.0
        self.pianos: list[Piano] = []
        self.holders: list[Holder] = []
        self._due: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = itertools.count()
        self._last: dict[tuple[object, ...], float] = {}

    @property
    def now_ns(self) -> int:
        """The time as nanoseconds since the epoch."""
        return int((BEGIN_S + self.now) * NANOSECONDS)

    def after(self, delay_s: float, call: Callable[..., None], *arguments: Any) -> None:
        """Call it later."""
        due = (self.now + delay_s, next(self._numbers), call, arguments)
        heapq.heappush(self._due, due)

    def send(
        self, stream: tuple[object, ...], most_s: float, call: Callable[..., None], *args: Any
    ) -> None:
        """Deliver a message of `stream`, behind those sent before."""
        at = max(self.now + self.chance.uniform(0, most_s), self._last.get(stream, 0.0) + 1e-6)
        self._last[stream] = at
        self.after(at - self.now, call, *args)

    def run(self, until_s: float) -> None:
        """Let happen what is due."""
        while self._due and self._due[0][0] <= until_s:
            self.now, _, call, arguments = heapq.heappop(self._due)
            call(*arguments)


class Node:
    """A process that publishes blocks."""

    def __init__(self, world: World, start_s: float) -> None:
        self.world, self.alive, self.run = world, False, 0
        self.joined_s = -JOINING_S
        self._said: list[EventBlock] = []
        self.listeners: dict[str, list[Holder]] = {"notes": [], "pedals": [], "played": []}
        world.after(start_s, self._begin)

    def _begin(self) -> None:
        self.alive, self.run = True, self.world.now_ns
        self._say(EventBlock(self.run, 0, (), ()))
        self._ticking()

    def _ticking(self) -> None:
        if self.alive:
            self.tick()
            self.world.after(TICK_S, self._ticking)

    def tick(self) -> None:
        """Publish what is due."""

    def joined(self) -> None:
        """A subscriber of blocks was matched."""
        self.joined_s = self.world.now

    def match(self, holder: Holder, topic: str) -> None:
        """Deliver to `holder` from now on; of blocks also those before."""
        if not (self.alive and holder.alive) or holder in self.listeners[topic]:
            return
        self.listeners[topic].append(holder)
        if topic == "played":
            for block in self._said:
                self._deliver(block, holder)
            self.joined()

    def _say(self, block: EventBlock) -> None:
        self._said.append(block)
        for holder in self.listeners["played"]:
            self._deliver(block, holder)

    def _deliver(self, block: EventBlock, holder: Holder) -> None:
        self.world.send((self, "played", holder), SLOW_S, holder.take_block, block)


class Piano(Node):
    """Plays by chance until it is killed, or ends in order."""

    def __init__(self, world: World, start_s: float, end_s: float, *, rate_hz: float) -> None:
        super().__init__(world, start_s)
        self.played: list[Event] = []
        self._rate_hz, self._sent = rate_hz, 0
        world.pianos.append(self)
        world.after(end_s, self._end)

    def _begin(self) -> None:
        self._decoder = MidiDecoder(run_ns=self.world.now_ns)
        self._blocks = EventBlocks(self.world.now_ns)
        super()._begin()
        self.world.after(self.world.chance.choice([0.0, 0.1, 0.5, 2.0]), self._play)
        for holder in self.world.holders:
            holder.discover(self)

    def _end(self) -> None:
        if self.world.chance.random() < 0.3:
            self._publish()
        self.alive = False

    def _play(self) -> None:
        chance = self.world.chance
        for number in range(chance.choice([1, 1, 2, 5, 20]) if self.alive else 0):
            key, kind = chance.randrange(50, 60), chance.choice([0x90, 0x90, 0x80, 0xB0])
            data = (kind, SUSTAIN if kind == 0xB0 else key, chance.randrange(1, 128))
            for event in self._decoder.feed(data, self.world.now_ns + number):
                self._sound(event)
        if self.alive:
            self.world.after(chance.expovariate(self._rate_hz), self._play)

    def _sound(self, event: Event) -> None:
        self.played.append(event)
        self._blocks.add(event)
        topic = "notes" if isinstance(event, Note) else "pedals"
        for holder in self.listeners[topic]:
            self.world.send((self, topic, holder), DELAY_S, holder.take, event, self._sent)
        self._sent += isinstance(event, Note)

    def tick(self) -> None:
        self._publish(joining=self.world.now < self.joined_s + JOINING_S)

    def joined(self) -> None:
        super().joined()
        self.world.after(0.01, self._publish)

    def _publish(self, *, joining: bool = True) -> None:
        while self.alive and (block := self._blocks.pop(joining=joining)) is not None:
            self._say(block)


class Holder(Node):
    """Publishes the blocks of others again, as conductor and learner do."""

    def __init__(self, world: World, start_s: float) -> None:
        super().__init__(world, start_s)
        self._seen: set[EventBlock] = set()
        self._heard: set[Event] = set()
        self.first_blocks = FirstBlocks()
        world.holders.append(self)

    def _begin(self) -> None:
        self._events = UnblockedEvents(self.world.now_ns)
        super()._begin()
        for node in (*self.world.pianos, *self.world.holders):
            if node.alive and node is not self:
                self.discover(node)
                if isinstance(node, Holder):
                    node.discover(self)

    def discover(self, node: Node) -> None:
        """Be matched with its topics, blocks at last."""
        chance, delay = self.world.chance, self.world.chance.choice([0.01, 0.1, 0.3, 1.0])
        for topic in ("notes", "pedals", "played"):
            self.world.after(delay, node.match, self, topic)
            delay += chance.uniform(0.0, 0.2 if topic == "pedals" else 0.002)

    def take(self, event: Event, before: int) -> None:
        """Receive an event live."""
        if self.alive:
            self._heard.add(event)
            self._events.add(event, self.world.now)
            self.hear(event, before)

    def hear(self, event: Event, before: int) -> None:
        """Process it."""

    def knows(self, event: Event) -> bool:
        """Whether it was received in a block, or live."""
        return event in self._heard or any(event in block.events for block in self._seen)

    def take_block(self, block: EventBlock) -> None:
        """Receive a block."""
        if not self.alive or block in self._seen:
            return
        self._seen.add(block)
        if block.events:
            self._say(block)
        else:
            self.first_blocks.add(block, self.world.now)
        self._events.add_block(block)
        self.hear_block(block)

    def hear_block(self, block: EventBlock) -> None:
        """Process it."""

    def joined(self) -> None:
        super().joined()
        self.world.after(0.2, lambda: self._publish(self.joined_s))

    def tick(self) -> None:
        now = self.world.now
        if now < self.joined_s + JOINING_S or self._events.is_overdue(now):
            self._publish(now - 1.0)

    def _publish(self, before_s: float) -> None:
        for block in self._events.pop(before_s):
            self._seen.add(block)
            self._say(block)
