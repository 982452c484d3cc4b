# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a player held down is released in stage and conductor when it leaves the graph."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from descant import topics
from descant.conductor.core import Conductor
from descant.nodes import stage
from descant.nodes.common.conversion import to_note_event, to_pedal_event
from descant.nodes.conductor import ConductorNode
from descant.stage.scene import StageEvent
from descant.types import SUSTAIN, Note, Pedal
from support.graph import domain_id
from support.node import Listener, listener, wait_until

pytestmark = pytest.mark.graph
KEY, PEDAL = Note(1, 7, True, 60, 90, 11520), Pedal(2, SUSTAIN, 127)


class Picture:
    """In place of a stage that draws."""

    canvas_text = description = ""
    draws = False

    def __init__(self, *_: object, **__: object) -> None:
        self.events: list[StageEvent] = []
        self.put = self.events.append


@pytest.fixture
def player() -> Iterator[Listener]:
    domain = domain_id()
    rclpy.init(args=[], domain_id=domain)
    try:
        with listener(domain) as ears:
            yield ears
    finally:
        rclpy.shutdown()


def play_and_leave(player: Listener, node: Node, left: list[object]) -> None:
    """Play until `node` has received something, leave, and wait for one more entry of `left`."""
    notes, pedals = player.publisher(topics.NOTES), player.publisher(topics.PEDALS)
    executor = SingleThreadedExecutor()
    executor.add_node(node)

    def spun() -> None:
        executor.spin_once(timeout_sec=0.02)

    def matched() -> bool:
        spun()
        return all(p.get_subscription_count() == 1 for p in (notes, pedals))

    wait_until(matched, "the node on both topics")
    for _ in range(20):  # it looks for players ten times a second
        spun()
    notes.publish(to_note_event(KEY))
    pedals.publish(to_pedal_event(PEDAL))
    turns = itertools.count()
    wait_until(lambda: spun() or next(turns) > 20, "the events")
    before = len(left)
    player.node.destroy_publisher(notes)
    wait_until(lambda: spun() or len(left) > before, "the release")
    executor.shutdown()
    node.destroy_node()


def test_the_stage_lifts_keys_and_pedals(player: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture()
    monkeypatch.setattr(stage, "LiveStage", lambda *_, **__: picture)
    monkeypatch.setattr(stage.StageNode, "_publish_state", lambda *_: None)
    play_and_leave(player, stage.StageNode(), picture.events)
    lifted = picture.events[2:]
    assert picture.events[:2] == [KEY, PEDAL] or picture.events[:2] == [PEDAL, KEY]
    assert [(e.id, e.on, e.key) for e in lifted if isinstance(e, Note)] == [(7, False, 60)]
    assert [(e.pedal, e.value) for e in lifted if isinstance(e, Pedal)] == [(SUSTAIN, 0)]


def test_the_conductor_forgets_presses(player: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[object] = []

    def forget(core: Conductor) -> None:
        forgotten.append(core)

    monkeypatch.setattr(Conductor, "forget_presses", forget)
    play_and_leave(player, ConductorNode(), forgotten)
    assert len(forgotten) == 1
