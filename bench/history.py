# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What it costs the others, and how long it takes, when a node comes late to a long performance.

    python bench/history.py [--notes 30000] [--repeats 3]

Three processes: a piano (a publisher with the piano's topics and quality of service) that has
played so many notes and plays on, 50 a second; a listener that wants only what is new, as the synth
is one; a latecomer that wants all, as the learner is one. The piano's way, new notes on /notes and
all in blocks on /played, beside a piano that keeps every note on /notes itself. At last a
subscriber with ROS's defaults joins twenty times: from being matched to its first note.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import rclpy
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from results import Row, show

from descant import topics
from descant.decoding import from_note_event
from descant.event_blocks import BLOCK, EventBlocks
from descant.fastdds import FILE
from descant.msg import NoteEvent, Played
from descant.nodes.common.conversion import to_note_event, to_played
from descant.nodes.common.endpoints import publisher, subscription
from descant.types import Note

PROFILE = Path(__file__).parents[1] / "config" / "fastdds.xml"
RATE_HZ = 50.0
TELL_S = 0.25
MATCHED_S = 6.0  # until the listener hears, and a while more
PATIENCE_S = 30.0
"""What takes longer is infinite."""
DOMAINS = itertools.count(40)  # one for each graph: those killed are remembered for a while
DEEP = "deep"
"""The piano that keeps every note on /notes."""
ALL = topics.Qos(topics.WAITING, transient_local=True)
JOINS = {"blocks": 20, DEEP: 1}


def piano(notes: int, *, deep: bool) -> None:
    """Play so many at once, then on and on."""
    node = rclpy.create_node("piano")
    notes_topic = publisher(node, topics.NOTES, ALL if deep else None)
    blocks, number, began, joined = EventBlocks(run=1), 0, time.monotonic(), threading.Event()
    played = publisher(node, topics.PLAYED, joined=joined.set)
    threading.Thread(target=rclpy.spin, args=(node,), daemon=True).start()
    while True:
        number += 1
        note = Note(time.time_ns(), number, number % 2 == 1, 60, 64, 64 << 7)
        notes_topic.publish(to_note_event(note))
        if not deep:
            blocks.add(note)
            joining = joined.is_set()  # as the piano's node for ten seconds
            while number % 25 == 0 and (block := blocks.pop(joining=joining)) is not None:
                played.publish(to_played(block))
        if number > notes:
            time.sleep(max(0.0, began + (number - notes) / RATE_HZ - time.monotonic()))
        else:
            began = time.monotonic()


class Ears:
    """Counts what it hears, and tells the longest pause and the notes it has, a JSON line each."""

    def __init__(self, node: Node, *, all_of_it: bool, deep: bool) -> None:
        self.last, self.pause, self.have = time.monotonic(), 0.0, set[int]()
        subscription(node, topics.NOTES, self.hear, ALL if all_of_it and deep else None)
        if all_of_it:
            subscription(node, topics.PLAYED, self.say)

    def hear(self, message: NoteEvent) -> None:
        """A note."""
        now = time.monotonic()
        self.pause, self.last = max(self.pause, now - self.last), now
        self.have.add(from_note_event(message).id)

    def say(self, message: Played) -> None:
        """A block of them."""
        self.have.update(note.id for note in message.notes)

    def tell(self) -> None:
        """The longest pause since the last call, and whether there is no hole."""
        pause = max(self.pause, time.monotonic() - self.last if self.have else 0.0)
        whole = bool(self.have) and len(self.have) == max(self.have)
        print(json.dumps({"pause": pause, "whole": whole, "has": len(self.have)}), flush=True)
        self.pause = 0.0


def listen(*, all_of_it: bool, deep: bool) -> None:
    """Listen and tell."""
    node = rclpy.create_node("latecomer" if all_of_it else "listener")
    ears = Ears(node, all_of_it=all_of_it, deep=deep)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    due = time.monotonic() + TELL_S
    while True:
        executor.spin_once(max(0.0, due - time.monotonic()))
        if time.monotonic() >= due:
            due += TELL_S
            ears.tell()


def join() -> None:
    """Tell after what time a matched subscriber with ROS's defaults has its first note."""
    node = rclpy.create_node("default")
    times: list[float] = []
    event = SubscriptionEventCallbacks(matched=lambda _: times.append(time.monotonic()))
    node.create_subscription(
        NoteEvent, "notes", lambda _: times.append(time.monotonic()), 10, event_callbacks=event
    )
    end = time.monotonic() + PATIENCE_S
    while len(times) < 2 and time.monotonic() < end:
        rclpy.spin_once(node, timeout_sec=end - time.monotonic())
    first = times[1] - times[0] if len(times) > 1 else float("inf")
    print(json.dumps({"first": first}), flush=True)


@contextmanager
def child(*words: object) -> Iterator[subprocess.Popen[str]]:
    """This file in another role, in a process of its own."""
    command = [sys.executable, __file__, *map(str, words)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def told(process: subprocess.Popen[str]) -> dict[str, float]:
    """Its next line."""
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


def joins(notes: int, words: tuple[str, ...]) -> tuple[float, float]:
    """The listener's longest pause while a latecomer joins, and until when that one has all, in
    seconds from its start.
    """
    with child("--role", "piano", "--notes", notes, *words), child("--role", "listener") as ears:
        end = time.monotonic() + MATCHED_S
        while not (hears := told(ears)["has"] > 0) or time.monotonic() < end:
            if not hears and time.monotonic() > end + PATIENCE_S:
                raise SystemExit("the listener hears nothing")
        with child("--role", "latecomer", *words) as late:
            began, whole, pause = time.monotonic(), False, 0.0
            while not whole and time.monotonic() < began + PATIENCE_S:
                said = told(late)
                whole = said["has"] >= notes and bool(said["whole"])
                pause = max(pause, told(ears)["pause"])
            took = time.monotonic() - began
        for _ in range(4):
            pause = max(pause, told(ears)["pause"])
    return pause, took if whole else float("inf")


def first_notes(notes: int, way: str) -> float:
    """The longest time of several joins, in seconds."""
    words = ("--deep",) if way == DEEP else ()
    found: list[float] = []
    with child("--role", "piano", "--notes", notes, *words), child("--role", "listener") as ears:
        while not told(ears)["has"]:
            pass
        for _ in range(JOINS[way]):
            with child("--role", "default") as late:
                found.append(told(late)["first"])
                late.wait(PATIENCE_S)  # it ends in order
    return max(found)


def compare(notes: int, repeats: int) -> list[Row]:
    """The rows, as medians; the first notes as the longest of all."""
    taken: dict[str, list[tuple[float, float]]] = {"blocks": [], DEEP: []}
    first = dict[str, float]()
    for _ in range(repeats):
        for way, found in taken.items():
            os.environ["ROS_DOMAIN_ID"] = str(next(DOMAINS))
            found.append(joins(notes, ("--deep",) if way == DEEP else ()))
    for way in taken:
        os.environ["ROS_DOMAIN_ID"] = str(next(DOMAINS))
        first[way] = first_notes(notes, way)
    pause, all_there = (
        {way: statistics.median(one[which] for one in found) for way, found in taken.items()}
        for which in (0, 1)
    )
    beside = "all on /notes"
    return [
        Row(f"longest pause of the others, {notes:,} notes", pause["blocks"] * 1e3, beside,
            pause[DEEP] * 1e3, "ms"),
        Row(f"a latecomer has them all, {notes:,} notes", all_there["blocks"], beside,
            all_there[DEEP], "s"),
        Row(f"first note of a default subscriber, {notes:,} notes", first["blocks"] * 1e3, beside,
            first[DEEP] * 1e3, "ms"),
    ]  # fmt: skip


@click.command(help=__doc__.splitlines()[0])
@click.option("--notes", default=(10_000, 60_000), multiple=True, show_default=True)
@click.option("--repeats", default=3, show_default=True)
@click.option("--deep", is_flag=True, hidden=True)
@click.option(
    "--role", type=click.Choice(["piano", "listener", "latecomer", "default"]), hidden=True
)
def main(notes: tuple[int, ...], repeats: int, deep: bool, role: str | None) -> None:
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    if role == "default":
        os.environ.pop(FILE, None)
    else:
        os.environ[FILE] = str(PROFILE)
    if role is None:
        title = f"Coming late; /notes keeps none, blocks of {BLOCK} events"
        rows = [row for count in notes for row in compare(count, repeats)]
        show(title, rows, f"medians of {repeats}; first notes: the longest of {JOINS['blocks']}")
        return
    rclpy.init()
    try:
        if role == "piano":
            piano(notes[0], deep=deep)
        elif role == "default":
            join()
        else:
            listen(all_of_it=role == "latecomer", deep=deep)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
