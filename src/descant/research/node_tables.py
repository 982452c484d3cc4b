# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The tables of the nodes' own states, and the messages they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from descant import topics
from descant.research.schema import STAMP, Column, Table, recording_table, time_columns

STATUS = Column("status", "string", "", "name of the status, as in the message's definition")

PIANO = recording_table(
    "piano_states",
    "State of the piano node, about twice a second.",
    *STAMP,
    STATUS,
    Column("position", "float64", "s", "in the file; 0 for a port"),
    Column("duration", "float64", "s", "of the file; 0 for a port"),
    Column("held", "int64", "", "keys down, 0 .. 128"),
    Column("events", "int64", "", "notes and pedal movements published in its run"),
)
SYNTH = recording_table(
    "synth_states",
    "State of the synth node, about ten times a second.",
    *STAMP,
    STATUS,
    Column("sink", "string", "", "jack, portaudio, wav:PATH or none"),
    Column("sample_rate", "float64", "Hz", "of the sink"),
    Column("peak", "float64", "dBFS", "highest sample since the state before, <= 0"),
    Column("gain_reduction", "float64", "dB", "of the limiter, >= 0"),
    Column("voices", "int64", "", "voices sounding, releasing ones included"),
    Column("held", "int64", "", "notes held by a finger or a pedal"),
    Column("stolen", "int64", "", "voices stolen from a sounding note, in its run"),
    Column("late_events", "int64", "", "notes over 20 ms after their stamp, in its run"),
    Column("restarts", "int64", "", "times the sink was opened again, in its run"),
    Column("gaps", "int64", "", "times without sound ready, in its run; null before version 0.6"),
    Column("xruns", "int64", "", "late periods of the server, in its run; null before version 0.6"),
)
STAGE = recording_table(
    "stage_states",
    "State of the stage node, about once a second.",
    *STAMP,
    Column("part", "int64", "", "number of the part on show"),
    Column("canvas", "string", "", "window, fullscreen or offscreen, and what it draws with"),
    Column("frame_rate", "float64", "1/s", "frames shown, since the state before"),
    Column("frame_time", "float64", "ms", "to draw one frame, median"),
    Column("dropped", "int64", "", "camera pictures never shown, in its run"),
    Column("camera_delay", "float64", "ms", "from a picture's stamp to its frame, median; NaN"),
    Column("camera_age", "float64", "s", "since the newest camera picture; NaN if none"),
)
CAMERA = recording_table(
    "camera_states",
    "State of the camera node, about once a second.",
    *STAMP,
    STATUS,
    Column("source", "string", "", "device:0, file:NAME, keyboard"),
    Column("width", "int64", "pixel", "of the published pictures"),
    Column("height", "int64", "pixel", "of the published pictures"),
    Column("frame_rate", "float64", "1/s", "pictures published, since the state before"),
    Column("pictures", "int64", "", "published in its run"),
    Column("repeated", "int64", "", "pictures the same as the one before, in its run"),
)
RECORDER = recording_table(
    "recorder_states",
    "State of the recorder node, about once a second.",
    *STAMP,
    STATUS,
    Column("messages", "int64", "", "written in its run"),
    Column("bytes", "int64", "", "written in its run"),
    Column("free_bytes", "int64", "", "left on the disk"),
    Column("dropped", "int64", "", "not recorded in its run; null before version 0.5"),
)
DIAGNOSTICS = recording_table(
    "diagnostics",
    "One change of the level of one status on /diagnostics; the first level of each is a row too.",
    *time_columns("time", "when the message was sent"),
    Column("node", "string", "", "full name of the node"),
    Column("name", "string", "", "what is diagnosed"),
    Column("level", "string", "", "ok, warn, error or stale"),
    Column("message", "string", "", "the reason, for a person"),
    Column("hardware", "string", "", "the hardware it is about"),
)


NODE_TABLES: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    topics.PIANO_STATE.message_type: (PIANO, ("waiting", "playing", "lost", "finished")),
    topics.SYNTH_STATE.message_type: (SYNTH, ("silent", "sounding", "lost")),
    topics.STAGE_STATE.message_type: (STAGE, ()),
    topics.CAMERA_STATE.message_type: (CAMERA, ("waiting", "seeing", "lost", "finished")),
    topics.RECORDER_STATE.message_type: (RECORDER, ("recording", "stopped", "failed")),
}
"""Message type -> its table, whose columns are stamp and fields of the message, and the names of
its statuses by their number; none where it has no status."""
_LATER: Mapping[str, Mapping[str, None]] = {
    SYNTH.name: {"gaps": None, "xruns": None},
    RECORDER.name: {"dropped": None},
}
"""Table -> its last columns, whose fields the messages of earlier versions do not have."""


def state_fields(table: Table) -> tuple[Sequence[str], dict[str, Any]]:
    """What is read of a message: the fields behind performance and stamp, and optional ones."""
    later = _LATER.get(table.name, {})
    return [name for name in table.names[3:] if name not in later], {"optional": later}
