# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant page`: write the interactive web page, and open it."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

import click

from descant.errors import UserError
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, OUTPUT_PAGE, keep_inputs
from descant.remarks import remark
from descant.streams import print_text
from descant.whole_file import write_whole


@click.command(name="page")
@click.argument("bag", required=False, type=INPUT, metavar="[BAG]")
@click.option(
    "-o", "--output", type=OUTPUT_PAGE, metavar="FILE",
    help="HTML file to write; an existing one is replaced.  [default: a temporary file, opened]",
)  # fmt: skip
@click.option("--open/--no-open", "opens", default=None,
              help="Open the page in a browser.  [default: only without -o]")  # fmt: skip
@bag_namespace
def command(
    bag: Path | None, *, output: Path | None, opens: bool | None, namespace: str | None
) -> None:
    """Write the interactive page: the piece explained and playable in any browser, in one file.

    It needs no network. With BAG, a recording, its last section walks through that recording.
    """
    from descant.page.assembly import page  # noqa: PLC0415 -- when it is needed
    from descant.page.data import page_data  # noqa: PLC0415 -- the same

    if output is not None:
        keep_inputs(output, bag)
    recording = None
    if bag is not None:
        from descant.page.recording import recording_data  # noqa: PLC0415 -- the same

        recording = recording_data(bag, namespace)
        remark(bag, *recording["remarks"])
    path = output or _temporary_folder() / "descant.html"
    content = page(page_data(), recording).encode("utf-8")
    write_whole(path, content)
    print_text(f"{path}: {len(content) / 1e3:.0f} kB")
    if output is None if opens is None else opens:
        _open(path)


def _temporary_folder() -> Path:
    """A new folder that a browser can read after this command has ended."""
    return Path(tempfile.mkdtemp(prefix="descant-page-"))


def _open(path: Path) -> None:
    address = path.resolve().as_uri()
    try:
        opened = webbrowser.open(address)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        raise UserError(f"no browser to open the page in; open {address} yourself")
