# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The table of faults at the end of a test run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

HEAD = ("fault", "back after", "longest silence", "longest pause of learning", "frames/s")


def print_faults(rows: Sequence[Sequence[object]], write: Callable[[str], None]) -> None:
    """Write `rows` (what; s; s; s; frames a second, the fewest told while it lasted)."""
    if not rows:
        return
    width = max(len(str(row[0])) for row in rows)
    write("faults in a running performance, a note every 0.3 s:")
    write("  ".join([HEAD[0].ljust(width), *HEAD[1:]]))
    for what, back, silence, pause, rate in rows:
        cells = [f"{back:.1f} s", f"{silence:.2f} s", f"{pause:.2f} s", f"{rate:.0f}"]
        columns = (c.rjust(len(head)) for c, head in zip(cells, HEAD[1:], strict=True))
        write("  ".join([str(what).ljust(width), *columns]))
