# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording for tests of the report: made without a graph, with faults in it."""

from __future__ import annotations

from pathlib import Path

from descant.bags.writer import BagWriter
from descant.conductor.settings import ConductorSettings
from descant.report.analysis import Analysis, analyse
from descant.report.bag_data import load_bag
from descant.types import NANOSECONDS
from support.bags import START_NS, message, topic
from support.performed import performed_bag, strokes


def played(folder: Path, count: int = 400, *, every_ms: int = 150) -> Path:
    """A bag of `count` strokes, with everything a graph records but pictures."""
    events = strokes(count, every_ms=every_ms)
    return performed_bag(folder, events, conductor=ConductorSettings())


def analysed(folder: Path, count: int = 400) -> Analysis:
    """The same, read and measured."""
    return analyse(load_bag(played(folder, count)))


def faulty(folder: Path) -> Path:
    """One note, and a synthesiser that is late twice, is lost, starts again and is late once."""
    writer = BagWriter(folder)
    writer.add_topic(topic("/notes", "NoteEvent"))
    writer.add_topic(topic("/synth_state", "SynthState"))
    stroke = message("NoteEvent", stamp=START_NS, id=1, kind=1, key=60, velocity=64,
                     velocity_14bit=8192)  # fmt: skip
    writer.write("/notes", START_NS, START_NS, stroke)
    for second, (status, late, restarts) in enumerate(
        [(1, 0, 0), (1, 2, 0), (2, 2, 0), (2, 2, 0), (1, 2, 1), (1, 1, 0)], start=1
    ):
        time_ns = START_NS + second * NANOSECONDS
        data = message("SynthState", stamp=time_ns, status=status, sink="jack", message="",
                       late_events=late, restarts=restarts)  # fmt: skip
        writer.write("/synth_state", time_ns, time_ns, data)
    writer.close()
    return writer.folder
