# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Exporting a recording, beside reading the same file with the `mcap` package alone.

    python bench/export.py [--repeats 5] [--midi FILE]

The bag is the bundled performance with the states of all nodes, once, 4 and 16 times over, without
pictures. Each measurement is a fresh process, which also tells its peak memory; imports are not
counted. `mcap` reads in the order of log times unless told otherwise, which is slower; both are
given. Needs the tests' helpers beside this folder, which write bags without ROS.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
from results import Row, show

from descant.bags.files import bag_files
from descant.resources import resource as resource_file
from descant.types import NANOSECONDS, Event

LENGTHS = (1, 4, 16)
WAYS = {
    "parquet": "export to Parquet",
    "csv": "export to CSV",
    "decode": "our decoder alone, every message",
    "mcap_ros2": "mcap_ros2's decoder, every message",
    "raw": "mcap, file order",
    "raw_sorted": "mcap, as it comes (log time order)",
}


@dataclass(frozen=True)
class Cost:
    """One way over one bag: microseconds a message, and the process's peak memory in MB."""

    microseconds: float
    megabytes: float


def work(way: str, bag: Path) -> int:
    """Go through the bag once; the number of messages."""
    [file] = bag_files(bag)
    if way in ("parquet", "csv"):
        from descant.research.export import export  # noqa: PLC0415 -- not in the memory of others

        with tempfile.TemporaryDirectory() as scratch:
            return export(bag, Path(scratch) / "tables", (way,)).messages
    if way == "decode":
        return _decode(file)
    from mcap.reader import make_reader  # noqa: PLC0415 -- the same

    factories = []
    if way == "mcap_ros2":
        from mcap_ros2.decoder import DecoderFactory  # noqa: PLC0415 -- the same

        factories = [DecoderFactory()]
    with file.open("rb") as stream:
        reader = make_reader(stream, decoder_factories=factories)
        if way == "mcap_ros2":
            return sum(1 for _ in reader.iter_decoded_messages(log_time_order=False))
        return sum(1 for _ in reader.iter_messages(log_time_order=way == "raw_sorted"))


def _decode(file: Path) -> int:
    from descant.bags.cdr import topic_decoder  # noqa: PLC0415 -- as above
    from descant.bags.scan import Scan  # noqa: PLC0415 -- as above

    decoders = {}
    count = 0
    for record in Scan(file).records():
        topic, count = record.topic, count + 1
        if topic.name not in decoders:
            decoders[topic.name] = topic_decoder(topic)
        decoders[topic.name](record.data)
    return count


def child(way: str, bag: Path) -> None:
    """What a fresh process does: once over a small bag to import everything, then the clock."""
    work(way, bag.parent / "1")
    start = time.perf_counter()
    count = work(way, bag)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds / count * 1e6, peak]))


def measured(way: str, bag: Path, repeats: int) -> Cost:
    """Median of `repeats` fresh processes."""
    command = [sys.executable, __file__, "--child", way, str(bag)]
    runs = [
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(repeats)
    ]
    return Cost(*(statistics.median(column) for column in zip(*runs, strict=True)))


def make_bags(folder: Path, midi: Path) -> None:
    """The performance 1, 4 and 16 times over, as folder/1, folder/4 and folder/16."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.performed import midi_file, performed_bag  # noqa: PLC0415 -- found just now

    events = midi_file(midi)
    length = events[-1].time_ns - events[0].time_ns + NANOSECONDS
    for times in LENGTHS:
        performed_bag(folder / str(times), repeated(events, times, length))


def repeated(events: list[Event], times: int, length_ns: int) -> list[Event]:
    """The events `times` over, each round with ids of its own."""
    from dataclasses import replace  # noqa: PLC0415 -- only here

    rounds = []
    for number in range(times):
        for event in events:
            moved = replace(event, time_ns=event.time_ns + number * length_ns)
            rounds.append(
                replace(moved, id=moved.id + number * 1_000_000) if hasattr(moved, "id") else moved
            )
    return rounds


def comparisons(figures: dict[str, Cost]) -> list[Row]:
    """Each way over the longest bag, beside raw reading."""
    rows = []
    for way in ("parquet", "csv", "decode", "mcap_ros2"):
        for raw in ("raw", "raw_sorted"):
            target = 3.0 if way in ("parquet", "csv") and raw == "raw" else None
            figure, beside = figures[way].microseconds, figures[raw].microseconds
            rows.append(Row(WAYS[way], figure, WAYS[raw], beside, "us/message", target))
    return rows


def growth(figures: dict[int, Cost]) -> list[Row]:
    """Time of a message and peak memory over the lengths."""
    once, rows = figures[1], []
    for times in LENGTHS[1:]:
        figure = figures[times]
        what = f"{times} times the length"
        rows += [
            Row(f"time, {what}", figure.microseconds, "once", once.microseconds, "us/message", 1.1),
            Row(f"memory, {what}", figure.megabytes, "once", once.megabytes, "MB peak", 1.2),
        ]
    return rows


@click.command()
@click.option("--repeats", default=5, show_default=True)
@click.option("--midi", type=click.Path(path_type=Path, exists=True), help="Another performance.")
@click.option("--child", "call", nargs=2, hidden=True)
def main(repeats: int, midi: Path | None, call: tuple[str, str] | None) -> None:
    """Measure and print."""
    if call:
        child(call[0], Path(call[1]))
        return
    folder = Path(tempfile.mkdtemp(prefix="descant-export-"))
    try:
        make_bags(folder, midi or resource_file("midi", "performance.mid"))
        longest = folder / str(LENGTHS[-1])
        figures = {way: measured(way, longest, repeats) for way in WAYS}
        how = f"medians of {repeats}"
        show("Export, messages of 16 performances", comparisons(figures), how)
        for way, figure in figures.items():
            click.echo(f"{WAYS[way]:40} {1e6 / figure.microseconds:10.0f} messages a second")
        by_length = {t: measured("parquet", folder / str(t), repeats) for t in LENGTHS}
        show("Export to Parquet, growth", growth(by_length), how)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
