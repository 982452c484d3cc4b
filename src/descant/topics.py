# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The topics of the graph: name, type, quality of service, who publishes and subscribes, meaning.

Nodes, recorder, replay, bag readers and tests take names, types and quality of service from here;
docs/architecture.md and msg/*.msg are checked against it. Reasons for the numbers stand below.
"""

from __future__ import annotations

from dataclasses import dataclass

KEPT = 2_048
"""Messages that a publisher keeps for late joiners. Fast DDS walks over them with the topic locked,
in a time that grows with their square: 20 ms for these, 5 s for 30,000, in which no subscriber
receives anything."""

WAITING = 65_536
"""Messages that may wait at a subscriber; an empty queue costs nothing."""

BURST = 2_048
"""Messages that a publisher keeps until every subscriber has them. A glissando is 88 notes a
second: a subscriber that is so many behind is dead."""

LEASE_S = 2.0
"""Seconds without any sign of life after which a publisher with a lease counts as dead."""


@dataclass(frozen=True, slots=True)
class Qos:
    """Quality of service of one end of a topic; `depth` is the number of messages kept.

    `transient_local`: a late joiner receives the messages that the publisher keeps. `lease_s`: the
    longest time without a sign of life (automatic liveliness), seconds; None for no limit: a
    publisher or subscriber with ROS's defaults has none and must match.
    """

    depth: int
    reliable: bool = True
    transient_local: bool = False
    lease_s: float | None = None


LATCHED = Qos(1, transient_local=True)
"""The latest value, delivered at once to a late joiner."""

LATCHED_TWO = Qos(2, transient_local=True)
"""Subscribers of such a topic that two nodes publish, one at a time."""

HISTORY = Qos(KEPT, transient_local=True)
"""The last `KEPT` messages, delivered to a late joiner. Not for topics of live events: a subscriber
with ROS's defaults may receive nothing for seconds when it joins a publisher that keeps many."""

HISTORY_INPUT = Qos(WAITING, transient_local=True)
"""Subscribers of a topic that several nodes keep: a late joiner receives all of it from each."""

LIVE = Qos(BURST)
"""New messages only, as ROS's defaults have it, with room for a burst."""

LIVE_INPUT = Qos(WAITING)
"""Subscribers of live events: not one may be lost while the node is busy."""

FEW = Qos(10)
"""New messages of a topic with a message a second of each node."""

NEWEST = Qos(1, reliable=False)
"""The newest message only; one that is lost is not sent again."""

PICTURES = Qos(5)
"""Camera pictures at their publisher: reliable, as REP 2003 has it for drivers. With a few kept, a
heartbeat goes with each, so that lost fragments are asked for at once."""

NEWEST_WHOLE = Qos(2)
"""Compressed pictures where they are shown: what is lost is sent again; no queue delays them."""

ALIVE = Qos(1, lease_s=LEASE_S)
"""Both ends of the topics beside watched ones: see `Topic.is_watched`."""

ALIVE_TYPE = "std_msgs/msg/Empty"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `message_type` is 'package/msg/Name'; `publishers` and `subscribers` are nodes.

    `name` is that in a graph without namespaces and remaps; `is_global`: it is the same in every
    namespace. The recorder subscribes to every topic and is not among the subscribers.

    `is_watched`: the death of a publisher is noticed within `LEASE_S`. The lease is on the hidden
    topic `alive_name` beside it, on which nothing is published: on the topic itself it would keep
    publishers with ROS's defaults from matching.
    """

    name: str
    message_type: str
    publishers: tuple[str, ...]
    subscribers: tuple[str, ...]
    publisher_qos: Qos
    subscriber_qos: Qos
    meaning: str
    is_global: bool = False
    is_watched: bool = False

    @property
    def relative(self) -> str:
        """The name by which a node publishes or subscribes: in its namespace, remaps hold."""
        return self.name if self.is_global else self.name[1:]

    @property
    def alive_name(self) -> str:
        """Relative name of the topic that tells whether a publisher is alive."""
        return f"{self.relative}/_alive"


NOTES = Topic(
    "/notes", "descant/msg/NoteEvent",
    ("piano",), ("conductor", "learner", "synth", "synth_standby", "camera", "stage"),
    LIVE, LIVE_INPUT, "keys of the piano going down and up",
)  # fmt: skip
PEDALS = Topic(
    "/pedals", "descant/msg/PedalEvent",
    ("piano",), ("conductor", "learner", "synth", "synth_standby", "stage"),
    LIVE, LIVE_INPUT, "pedals of the piano moving",
)  # fmt: skip
PLAYED = Topic(
    "/played", "descant/msg/Played", ("piano", "learner", "conductor"), ("learner", "conductor"),
    HISTORY, HISTORY_INPUT, "the events of /notes and /pedals again, in blocks, for late joiners",
)  # fmt: skip
PIANO_STATE = Topic(
    "/piano_state", "descant/msg/PianoState",
    ("piano",), ("learner", "synth", "synth_standby", "camera"),
    LATCHED, LATCHED, "MIDI port or file of the piano, twice a second", is_watched=True,
)  # fmt: skip
PART = Topic(
    "/part", "descant/msg/Part", ("conductor",), ("learner", "synth", "synth_standby", "stage"),
    HISTORY, HISTORY, "every change and restart of the part",
)  # fmt: skip
LEARNER_STATE = Topic(
    "/learner_state", "descant/msg/LearnerState", ("learner",), ("synth", "synth_standby", "stage"),
    LIVE, LIVE_INPUT, "the learner after every event that changed it",
)  # fmt: skip
EPISODE = Topic(
    "/episode", "descant/msg/Episode", ("learner",), ("stage",),
    LATCHED, LATCHED, "target, start and sample points of the current episode",
)  # fmt: skip
LEARNER_SETTINGS = Topic(
    "/learner_settings", "descant/msg/LearnerSettings", ("learner",), ("conductor",),
    HISTORY, HISTORY, "the learner's parameters, from which event on each set holds",
    is_watched=True,
)  # fmt: skip
SYNTH_STATE = Topic(
    "/synth_state", "descant/msg/SynthState", ("synth", "synth_standby"), (),
    LATCHED, LATCHED_TWO,
    "sink, level and voices of the synthesiser that is heard, ten times a second",
)  # fmt: skip
CAMERA_IMAGE = Topic(
    "/camera/image_raw", "sensor_msgs/msg/Image", ("camera",), ("stage",),
    PICTURES, NEWEST, "pictures of the camera, bgr8",
)  # fmt: skip
CAMERA_COMPRESSED = Topic(
    "/camera/image_raw/compressed", "sensor_msgs/msg/CompressedImage", ("camera",), ("stage",),
    PICTURES, NEWEST_WHOLE, "the same pictures as JPEG, for other machines and for bags",
)  # fmt: skip
CAMERA_INFO = Topic(
    "/camera/camera_info", "sensor_msgs/msg/CameraInfo", ("camera",), (),
    PICTURES, NEWEST, "size of each picture; the camera is not calibrated",
)  # fmt: skip
CAMERA_STATE = Topic(
    "/camera_state", "descant/msg/CameraState", ("camera",), (),
    LATCHED, LATCHED, "source and frame rate of the camera, once a second",
)  # fmt: skip
STAGE_STATE = Topic(
    "/stage_state", "descant/msg/StageState", ("stage",), (),
    LATCHED, LATCHED, "canvas and frame rate of the stage, once a second",
)  # fmt: skip
RECORDER_STATE = Topic(
    "/recorder_state", "descant/msg/RecorderState", ("recorder",), (),
    LATCHED, LATCHED, "bag and free disk space of the recorder, once a second",
)  # fmt: skip
CUE = Topic(
    "/cue", "descant/msg/Cue", ("stage",), ("conductor", "synth", "synth_standby"),
    LIVE, LIVE, "commands of the performer: next part, part, restart, panic",
)  # fmt: skip
DIAGNOSTICS = Topic(
    "/diagnostics", "diagnostic_msgs/msg/DiagnosticArray",
    ("piano", "learner", "conductor", "synth", "synth_standby", "camera", "stage", "recorder"), (),
    FEW, FEW, "levels of every node for ROS's own monitors, once a second", is_global=True,
)  # fmt: skip

TOPICS = (
    NOTES, PEDALS, PLAYED, PIANO_STATE, PART, LEARNER_STATE, EPISODE, LEARNER_SETTINGS,
    SYNTH_STATE, CAMERA_IMAGE, CAMERA_COMPRESSED, CAMERA_INFO, CAMERA_STATE, STAGE_STATE,
    RECORDER_STATE, CUE, DIAGNOSTICS,
)  # fmt: skip
