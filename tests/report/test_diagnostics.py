# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Levels of /diagnostics in an export and in a report: a row for each change, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from descant.bags.writer import BagWriter
from descant.report.bag_data import load_bag
from descant.report.diagnostics import MOST_ROWS, Trouble, diagnostics_table, troubles
from descant.research.export import export
from descant.types import NANOSECONDS
from support.bags import START_NS, TYPES, message, topic
from support.reporting import played

Levels = list[tuple[float, str, int, str]]
SHOW: Levels = [
    (1, "/hall/synth: sound", 0, "sounds"),
    (2, "/hall/synth: sound", 2, "no <JACK>"),
    (2, "/hall/camera: pictures", 1, "waiting"),
    (3, "/hall/synth: sound", 2, "no <JACK>; again"),
    (4, "/hall/synth: sound", 0, "sounds"),
    (5, "odd", 3, "silent"),
    (6, "/hall/synth: sound", 9, "of a later version"),
]


def array(name: str, level: int, text: str, stamp_ns: int) -> bytes:
    kinds: dict[str, Any] = TYPES.types
    seconds, rest = divmod(stamp_ns, NANOSECONDS)
    stamp = kinds["builtin_interfaces/msg/Time"](sec=seconds, nanosec=rest)
    status = kinds["diagnostic_msgs/msg/DiagnosticStatus"](
        level=level, name=name, message=text, hardware_id="", values=[]
    )
    header = kinds["std_msgs/msg/Header"](stamp=stamp, frame_id="")
    made = kinds["diagnostic_msgs/msg/DiagnosticArray"](header=header, status=[status])
    return bytes(TYPES.serialize_cdr(made, "diagnostic_msgs/msg/DiagnosticArray"))


def bag(folder: Path, levels: Levels, *, stamped: bool = True) -> Path:
    """A note, and messages of /diagnostics at seconds; where not `stamped`, with stamps of 1970."""
    writer = BagWriter(folder)
    writer.add_topic(topic("/notes", "NoteEvent"))
    writer.add_topic(topic("/diagnostics", "DiagnosticArray", "diagnostic_msgs"))
    stroke = message("NoteEvent", stamp=START_NS, id=1, kind=1, key=60, velocity=64,
                     velocity_14bit=8192)  # fmt: skip
    writer.write("/notes", START_NS, START_NS, stroke)
    for second, name, level, text in levels:
        at = START_NS + int(second * NANOSECONDS)
        writer.write("/diagnostics", at, at, array(name, level, text, at if stamped else 0))
    writer.close()
    return writer.folder


@pytest.mark.parametrize("stamped", [True, False])
def test_each_time_that_a_status_was_not_ok(tmp_path: Path, stamped: bool) -> None:
    data = load_bag(bag(tmp_path / "b", SHOW, stamped=stamped))
    assert not data.damage
    assert troubles(data) == [
        Trouble(2.0, 4.0, "/hall/synth: sound", "error", "no <JACK>"),
        Trouble(2.0, None, "/hall/camera: pictures", "warn", "waiting"),
        Trouble(5.0, None, "odd", "stale", "silent"),
        Trouble(6.0, None, "/hall/synth: sound", "9", "of a later version"),
    ]
    table = diagnostics_table(data)
    assert table.count("<tr>") == 5
    assert "no &lt;JACK&gt;" in table


def test_a_recording_without_trouble_says_so_and_an_old_one_nothing(tmp_path: Path) -> None:
    fine = load_bag(bag(tmp_path / "b", SHOW[:1]))
    assert "No node reported" in diagnostics_table(fine)
    assert diagnostics_table(load_bag(played(tmp_path / "old", 5))) == ""


def test_a_long_list_is_cut_with_its_number(tmp_path: Path) -> None:
    changes: Levels = [
        (1 + i / 10, "/synth: notes", i % 2, "late") for i in range(2 * MOST_ROWS + 6)
    ]
    table = diagnostics_table(load_bag(bag(tmp_path / "b", changes)))
    assert table.count("<tr>") == 1 + MOST_ROWS
    assert "And 3 more" in table


def test_an_export_has_each_change_of_a_level(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet  # type: ignore[import-untyped]

    (tmp_path / "out").mkdir()
    export(bag(tmp_path / "b", SHOW), tmp_path / "out" / "b", ("parquet",))
    rows = parquet.read_table(tmp_path / "out" / "b" / "diagnostics.parquet").to_pylist()
    assert [(r["time"], r["node"], r["name"], r["level"]) for r in rows] == [
        (1.0, "/hall/synth", "sound", "ok"),
        (2.0, "/hall/synth", "sound", "error"),
        (2.0, "/hall/camera", "pictures", "warn"),
        (4.0, "/hall/synth", "sound", "ok"),
        (5.0, "", "odd", "stale"),
        (6.0, "/hall/synth", "sound", "9"),
    ]
