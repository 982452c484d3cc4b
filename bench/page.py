# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page of figures: docs/benchmarks.md, whose tables are written and whose prose is not.

What a benchmark gave stands between `<!-- figures: NAME -->` and `<!-- end -->`; only that is
written, and read again at the next run, as what the new figures are compared with. Everything else
on the page is anybody's to write. The region `summary` counts the others and lists what falls
short. Text in, text out: no clock, no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from results import Figures, Row, bound, number, ratio

HEAD = "| what | figure | beside | baseline | ratio | target | | before | change |"
RULE = "|---|--:|---|--:|--:|--:|---|--:|--:|"
COUNTS_HEAD = "| benchmark | taken | took | others before it | targets met |"
COUNTS_RULE = "|---|---|--:|--:|--:|"
SHORT_HEAD = "| | what | figure | beside | ratio | asked |"
SHORT_RULE = "|---|---|--:|---|--:|--:|"
SHORT = "**falls short**"
REGION = re.compile(r"<!-- figures: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)
TITLE = re.compile(r"\*\*(.+?)\*\*(?: \((.*)\))?")
FAILED = re.compile(r"^\*\*Failed on .*$\n?", re.MULTILINE)
TAKEN = re.compile(r"Taken on ([\d-]+)(?: in ([\d,.]+) s)?")
BUSY = re.compile(r"(\d+%) busy")
SUMMARY = "summary"
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Taken:
    """When, where and how long figures were taken.

    `load` is the mean number of processes that ran in the minute before, `busy` the share of the
    processor (0..1) that was in use in the two seconds before.
    """

    date: str
    seconds: float
    machine: str
    load: float
    busy: float
    runs: int = 1

    def line(self, versions: Sequence[str]) -> str:
        """All of it, as it stands above the tables."""
        runs = f", medians of {self.runs} runs" if self.runs > 1 else ""
        return (
            f"Taken on {self.date} in {self.seconds:.0f} s{runs}: {self.machine}; before it load "
            f"{self.load:.2f}, {self.busy:.0%} busy. {', '.join(versions)}."
        )


def regions(page: str) -> dict[str, str]:
    """What is written, by name."""
    return {name: body for name, body in REGION.findall(page) if name != SUMMARY}


def put(page: str, name: str, body: str) -> str:
    """The page with this region; at its end where there was none."""
    if f"<!-- figures: {name} -->" not in page:
        page = f"{page.rstrip()}\n\n## {name}\n<!-- figures: {name} -->\n<!-- end -->\n"
    region = f"<!-- figures: {name} -->\n{body.strip()}\n<!-- end -->"
    return REGION.sub(lambda found: region if found[1] == name else found[0], page)


def section(taken: Taken, tables: Sequence[Figures], before: Sequence[Figures]) -> str:
    """A region: where and when, then each table beside what was there before."""
    versions = dict.fromkeys(version for table in tables for version in table.versions)
    old = dict(_keyed(before))
    parts = [taken.line(tuple(versions))]
    for table in tables:
        how = f" ({table.how})" if table.how else ""
        lines = [_line(row, old.get(key)) for key, row in _keyed([table])]
        parts.append(f"**{table.title}**{how}\n\n" + "\n".join((HEAD, RULE, *lines)))
    return "\n\n".join(parts)


def failed(body: str, date: str, reason: str) -> str:
    """The region as it was, and above it that it could not be taken again."""
    kept = FAILED.sub("", body).strip()
    words = " ".join(reason.split()).replace("*", "")
    after = " What follows is older." if kept else ""
    return f"**Failed on {date}: {words}.**{after}\n\n{kept}"


def tables(body: str) -> list[Figures]:
    """The tables of a region."""
    found: list[Figures] = []
    for line in body.splitlines():
        if title := TITLE.fullmatch(line):
            found.append(Figures(title[1], (), title[2] or ""))
        elif found and line.startswith("| ") and line != HEAD:
            table = found.pop()
            found.append(Figures(table.title, (*table.rows, _row(_cells(line))), table.how))
    return found


def seconds(body: str) -> float | None:
    """How long it took, where that is known."""
    said = TAKEN.search(body)
    return float(said[2].replace(",", "")) if said and said[2] else None


def summary(page: str) -> str:
    """The region that counts the others, and says what falls short."""
    written = regions(page)
    lines = [COUNTS_HEAD, COUNTS_RULE, *(_count(*region) for region in written.items()), ""]
    lines += _failures(written)
    short = [(name, *found) for name, body in written.items() for found in shortfalls(body)]
    if not short:
        return "\n".join([*lines, "Nothing falls short."])
    lines += ["What falls short:", "", SHORT_HEAD, SHORT_RULE]
    for name, title, row in short:
        figure = f"{number(row.figure)} {row.unit}"
        asked = (f"{name}: {title}", row.what, figure, row.baseline_name)
        lines.append(f"| {' | '.join((*asked, ratio(row), bound(row)))} |")
    return "\n".join(lines)


def shortfalls(body: str) -> list[tuple[str, Row]]:
    """The rows of a region that do not meet their target, each with its table's title."""
    return [(t.title, row) for t in tables(body) for row in t.rows if row.met is False]


def _count(name: str, body: str) -> str:
    said, took, others = TAKEN.search(body), seconds(body), BUSY.search(body)
    verdicts = [row.met for table in tables(body) for row in table.rows if row.met is not None]
    cells = (
        name,
        said[1] if said else "",
        "" if took is None else f"{took:.0f} s",
        others[1] if others else "",
        f"{sum(verdicts)} of {len(verdicts)}" if verdicts else "",
    )
    return f"| {' | '.join(cells)} |"


def _failures(written: dict[str, str]) -> Iterator[str]:
    for name, body in written.items():
        for found in FAILED.finditer(body):
            yield f"{found.group().strip()} ({name})\n"


def change(row: Row, old: Row | None) -> str:
    """How figure and ratio have changed, in percent of what they were."""
    if old is None:
        return ""
    return f"{_percent(row.figure, old.figure)} (ratio {_percent(row.ratio, old.ratio)})"


def changes(now: Sequence[Figures], before: Sequence[Figures]) -> Iterator[str]:
    """A line for each figure that was there before."""
    old = dict(_keyed(before))
    for (title, what, beside), row in _keyed(now):
        if then := old.get((title, what, beside)):
            yield (
                f"{title}: {what}, beside {beside}: {number(then.figure)} -> "
                f"{number(row.figure)} {row.unit}, {change(row, then)}"
            )


def _percent(now: float, then: float) -> str:
    return f"{now / then - 1.0:+.0%}" if then else "none"


def _keyed(given: Sequence[Figures]) -> Iterator[tuple[Key, Row]]:
    for table in given:
        for row in table.rows:
            yield (table.title, _plain(row.what), _plain(row.baseline_name)), row


def _plain(text: str) -> str:
    """A text that can stand in a cell."""
    return text.replace("|", "/").strip()


def _line(row: Row, old: Row | None) -> str:
    row = _as_shown(row)  # so that the verdict is that of the figures one can read
    verdict = {None: "", True: "met", False: SHORT}[row.met]
    cells = (
        _plain(row.what),
        f"{number(row.figure)} {row.unit}",
        _plain(row.baseline_name),
        f"{number(row.baseline)} {row.unit}",
        ratio(row),
        bound(row),
        verdict,
        "" if old is None else f"{number(old.figure)} {old.unit}",
        change(row, old),
    )
    return f"| {' | '.join(cells)} |"


def _as_shown(row: Row) -> Row:
    figure, baseline = (_number(number(value)) for value in (row.figure, row.baseline))
    return replace(row, figure=figure, baseline=baseline)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(cells: list[str]) -> Row:
    what, figure, beside, baseline, _, target = cells[:6]
    value, _, unit = figure.partition(" ")
    sense, _, limit = target.partition(" ")
    return Row(
        what, _number(value), beside, _number(baseline.partition(" ")[0]), unit,
        float(limit) if limit else None, more_is_better=sense == ">=",
    )  # fmt: skip


def _number(text: str) -> float:
    return float("nan" if text == "none" else text.replace(",", ""))
