# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant bag`: show what is in a recording, or repair one that was cut off."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from descant.bags.info import BagInfo, info
from descant.bags.repair import repair
from descant.console import print_table
from descant.path_arguments import INPUT
from descant.remarks import remark
from descant.streams import print_text
from descant.types import NANOSECONDS


@click.group(short_help="Show what is in a recording, or repair one that was cut off.")
def command() -> None:
    """Show or repair a recording. BAG is a folder or an MCAP file; ROS is not needed."""


@command.command("info")
@click.argument("bag", type=INPUT)
def show(bag: Path) -> None:
    """Print topics, counts, times and size of BAG, and whether it is whole."""
    found = info(bag)
    remark(bag, *found.remarks)
    for name, value in _facts(found):
        print_text(f"{name:<10}{value}")
    rows = [(t.name, t.message_type, str(count)) for t, count in found.topics.items()]
    print_table(("topic", "type", "messages"), rows, right=("messages",))


@command.command("repair")
@click.argument("bag", type=INPUT)
@click.option("--replace", is_flag=True, help="Do not keep the old file as NAME.mcap.orig.")
def repair_bag(bag: Path, *, replace: bool) -> int:
    """Repair a BAG that was cut off: keep every whole message, write index and metadata.yaml."""
    result = repair(bag, keep=not replace)
    for file in result.files:
        kept = f"; the old file is {file.original.name}" if file.original else ""
        if replace and kept:
            kept += ", kept since more than its end is damaged or it has more than messages"
        line = f"{file.file.name}: {file.damage}; {file.messages} messages recovered{kept}"
        print_text(line)
    if result.metadata_written:
        click.echo(f"metadata.yaml written: {result.messages} messages")
    if result.lack:
        remark(bag, f"before, {result.lack}")
    if result.missing:
        remark(
            bag, *(f"not complete, {line}; metadata.yaml is as it was" for line in result.missing)
        )
    elif not result.files and not result.metadata_written:
        print_text(f"{bag} is whole ({result.messages} messages): nothing to repair")
    return int(bool(result.missing))


def _facts(found: BagInfo) -> list[tuple[str, str]]:
    facts = [("bag", str(found.path)), ("files", ", ".join(f.name for f in found.files))]
    if found.start_ns is not None:
        start = datetime.fromtimestamp(found.start_ns / NANOSECONDS).astimezone()
        facts.append(("start", start.isoformat(sep=" ", timespec="milliseconds")))
    facts.append(("duration", f"{found.duration_ns / NANOSECONDS:.3f} s"))
    facts.append(("size", f"{found.bytes / 1e6:.3f} MB"))
    facts.append(("messages", str(found.messages)))
    if found.recording:
        facts.append(("state", "being recorded now"))
    elif not found.damage:
        facts.append(("state", "complete"))
    else:
        facts.extend(("state", text) for text in found.damage)
        facts.append(("repair", f"descant bag repair {found.path}"))
    return facts
