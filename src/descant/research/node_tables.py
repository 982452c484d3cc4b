"""The tables of the nodes' own states, and the messages they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from descant import topics
from descant.research.schema import STAMP, Column, Table, recording_table

STATUS = Column("status", "text", "", "name of the status, as in the message's definition")

PIANO = recording_table(
    "piano_states",
    "State of the piano node, about twice a second.",
    *STAMP,
    STATUS,
    Column("position", "real", "s", "in the file; 0 for a port"),
    Column("duration", "real", "s", "of the file; 0 for a port"),
    Column("held", "count", "", "keys down, 0 .. 128"),
    Column("events", "count", "", "notes and pedal movements published in its run"),
)
SYNTH = recording_table(
    "synth_states",
    "State of the synth node, about ten times a second.",
    *STAMP,
    STATUS,
    Column("sink", "text", "", "jack, portaudio, wav:PATH or none"),
    Column("sample_rate", "real", "Hz", "of the sink"),
    Column("peak", "real", "dBFS", "highest sample since the state before, <= 0"),
    Column("gain_reduction", "real", "dB", "of the limiter, >= 0"),
    Column("voices", "count", "", "voices sounding, releasing ones included"),
    Column("held", "count", "", "notes held by a finger or a pedal"),
    Column("stolen", "count", "", "voices stolen from a sounding note, in its run"),
    Column("late_events", "count", "", "notes over 20 ms after their stamp, in its run"),
    Column("restarts", "count", "", "times the sink was opened again, in its run"),
)
STAGE = recording_table(
    "stage_states",
    "State of the stage node, about once a second.",
    *STAMP,
    Column("part", "count", "", "number of the part on show"),
    Column("canvas", "text", "", "window, fullscreen or offscreen, and what it draws with"),
    Column("frame_rate", "real", "1/s", "frames shown, since the state before"),
    Column("frame_time", "real", "ms", "to draw one frame, median"),
    Column("dropped", "count", "", "camera pictures never shown, in its run"),
    Column("camera_delay", "real", "ms", "from a picture's stamp to its frame, median; NaN"),
    Column("camera_age", "real", "s", "since the newest camera picture; NaN if none"),
)
CAMERA = recording_table(
    "camera_states",
    "State of the camera node, about once a second.",
    *STAMP,
    STATUS,
    Column("source", "text", "", "device:0, file:NAME, keyboard"),
    Column("width", "count", "pixel", "of the published pictures"),
    Column("height", "count", "pixel", "of the published pictures"),
    Column("frame_rate", "real", "1/s", "pictures published, since the state before"),
    Column("pictures", "count", "", "published in its run"),
    Column("repeated", "count", "", "pictures the same as the one before, in its run"),
)


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A table whose columns are a message's stamp and fields. `status_names` are those of the
    message's status, by number; none where it has no status."""

    table: Table
    status_names: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the message's fields, in the order of the columns behind the stamp."""
        return self.table.names[1 + len(STAMP) :]


NODE_TABLES: Mapping[str, NodeTable] = {
    topics.PIANO_STATE.message_type: NodeTable(PIANO, ("waiting", "playing", "lost", "finished")),
    topics.SYNTH_STATE.message_type: NodeTable(SYNTH, ("silent", "sounding", "lost")),
    topics.STAGE_STATE.message_type: NodeTable(STAGE),
    topics.CAMERA_STATE.message_type: NodeTable(CAMERA, ("waiting", "seeing", "lost", "finished")),
}
"""Message type -> its table."""
