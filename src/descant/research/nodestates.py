"""Which fields of the nodes' own states become tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NodeTable:
    """The table of a node's own states: its `fields` stand behind the stamp and, where the message
    has one, the status in `words`."""

    name: str
    words: tuple[str, ...]
    fields: tuple[str, ...]


NODES = {
    "descant/msg/PianoState": NodeTable(
        "piano_states",
        ("waiting", "playing", "lost", "finished"),
        ("position", "duration", "held", "events"),
    ),
    "descant/msg/SynthState": NodeTable(
        "synth_states",
        ("silent", "sounding", "lost"),
        ("sink", "sample_rate", "peak", "gain_reduction", "voices", "held", "stolen",
         "late_events", "restarts"),
    ),
    "descant/msg/CameraState": NodeTable(
        "camera_states",
        ("waiting", "seeing", "lost", "finished"),
        ("source", "width", "height", "frame_rate", "pictures", "repeated"),
    ),
    "descant/msg/StageState": NodeTable(
        "stage_states",
        (),
        ("part", "canvas", "frame_rate", "frame_time", "dropped", "camera_delay", "camera_age"),
    ),
}  # fmt: skip
