# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant picture`: draw a recording as one PNG."""

from __future__ import annotations

from pathlib import Path

import click

from descant.errors import UserError
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, OUTPUT_PICTURE, keep_inputs
from descant.remarks import remark
from descant.streams import print_text


@click.command(name="picture")
@click.argument("bag", type=INPUT)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_PICTURE,
    help="PNG file.  [default: the bag's name, beside the bag]",
)
@click.option("--size", default="2400x1350", show_default=True, help="Width x height in pixels.")
@click.option("--title", help="Title at the top.  [default: the bag's name]")
@bag_namespace
def command(
    bag: Path, output: Path | None, size: str, title: str | None, namespace: str | None
) -> None:
    """Draw BAG as a PNG: piano roll and pedals above, the loss of every episode below.

    A note's colour is the loss that detuned it, its brightness the velocity. A line connects each
    bass note with the episode that it started; a ring marks convergence, a cross divergence.
    """
    from descant.bags.reader import read  # noqa: PLC0415 -- matplotlib and mcap only when drawing
    from descant.picture.draw import parse_size, save  # noqa: PLC0415 -- the same

    pixels = parse_size(size)
    name = bag.resolve().name
    target = output or bag.resolve().parent / f"{name}.png"
    keep_inputs(target, bag)
    recording = read(bag, namespace)
    remark(bag, *recording.oddities)
    if not recording.notes:
        raise UserError(f"{bag}: nothing to draw: the recording has no notes")
    save(recording, target, title=name if title is None else title, size=pixels)
    print_text(f"{target}: {pixels[0]} x {pixels[1]} pixels")
