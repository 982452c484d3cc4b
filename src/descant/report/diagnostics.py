# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the nodes' diagnostics say went wrong in a recording, and from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from descant.report.bag_data import BagData
from descant.report.formatting import DASH, clock

MOST_ROWS = 100


class Trouble(NamedTuple):
    """A status that was not ok from `start` to `end`, seconds; to the recording's end for None."""

    start: float
    end: float | None
    status: str
    level: str
    message: str


def troubles(data: BagData) -> list[Trouble]:
    """Every time that a status was not ok, by its start."""
    columns = data.columns["diagnostics"]
    found: list[Trouble] = []
    current: dict[str, int] = {}  # status -> place in `found`
    names = ("time", "node", "name", "level", "message")
    for time, node, name, level, message in zip(*(columns[n] for n in names), strict=True):
        status = f"{node}: {name}" if node else name
        if status in current:
            place = current.pop(status)
            found[place] = found[place]._replace(end=time)
        if level != "ok":
            current[status] = len(found)
            found.append(Trouble(time, None, status, level, message))
    return found


def diagnostics_table(data: BagData) -> str:
    """The troubles as HTML; '' where the recording has no diagnostics."""
    if not data.columns["diagnostics"]["time"]:
        return ""
    found = troubles(data)
    if not found:
        return "<h3>Diagnostics</h3>\n<p>No node reported a warning or an error.</p>\n"
    more = len(found) - MOST_ROWS
    rest = f"<p>And {more:,} more, in the table diagnostics of an export.</p>\n" if more > 0 else ""
    return (
        '<h3>Diagnostics</h3>\n<div class="scroll"><table><thead><tr>'
        "<th>from</th><th>to (min:s)</th>"
        '<th class="words">status</th><th>level</th><th class="words">reason</th></tr></thead>'
        f"<tbody>{''.join(_rows(found[:MOST_ROWS]))}</tbody></table></div>\n{rest}"
    )


def _rows(found: Sequence[Trouble]) -> Iterator[str]:
    for trouble in found:
        end = DASH if trouble.end is None else clock(trouble.end)
        yield (
            f"<tr><td>{clock(trouble.start)}</td><td>{end}</td>"
            f'<td class="words">{escape(trouble.status)}</td><td>{escape(trouble.level)}</td>'
            f'<td class="words">{escape(trouble.message)}</td></tr>'
        )
