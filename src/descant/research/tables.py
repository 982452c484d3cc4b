"""Every table of an export."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from descant.learner.family import load_family
from descant.learner.registry import FAMILIES
from descant.research.node_tables import NODE_TABLES
from descant.research.schema import STAMP, Column, Table, recording_table, time_columns

RUN = Column("run", "id", "ns", "start of the learner's process, since the epoch")
EPISODE = Column("episode", "count", "", "number of the episode in the run, from 1")
PART = Column("part", "count", "", "number of the part at that time, 1 .. 32; null if not recorded")
SEED = Column("seed", "id", "", "seed of everything random in the episode")
FAMILY = Column("family", "text", "", "function family: cubic, knot, ..")
TARGET = Column("target", "reals", "", "parameters of the target function")


PERFORMANCES = recording_table(
    "performances",
    "One recording.",
    Column("bag", "text", "", "name of the bag's folder or file"),
    Column("start_ns", "time", "ns", "log time of the first message, since the epoch"),
    Column("duration", "real", "s", "from the first message to the last, by log time"),
    Column("messages", "count", "", "messages in the bag"),
    Column("damage", "text", "", "what is damaged or cut off in the bag; '' for nothing"),
)
NOTES = recording_table(
    "notes",
    "One note, in the order of the releases; notes still held at the end come last.",
    Column("id", "id", "", "number of the note, unique over restarts of the piano"),
    *time_columns("onset", "key down"),
    *time_columns("release", "key up; null where no release was recorded"),
    Column("duration", "real", "s", "from onset to release; null without a release"),
    Column("key", "count", "", "MIDI key, 21 .. 108 on a piano, 69 = A4"),
    Column("velocity", "count", "", "1 .. 127"),
    Column("velocity_14bit", "count", "", "1 .. 16383, the high-resolution velocity"),
    Column("release_velocity", "count", "", "0 .. 127; null without a release"),
    Column("sustain", "count", "", "right pedal at the onset, 0 (up) .. 127 (down)"),
    Column("sostenuto", "count", "", "middle pedal at the onset, 0 .. 127"),
    Column("soft", "count", "", "left pedal at the onset, 0 .. 127"),
    PART,
)
PEDALS = recording_table(
    "pedals",
    "One movement of a pedal, in the order of the stamps.",
    *STAMP,
    Column("pedal", "text", "", "sustain, sostenuto or soft"),
    Column("value", "count", "", "0 (up) .. 127 (down)"),
)
PARTS = recording_table(
    "parts",
    "One section of the recording in which one part of the programme was played.",
    *time_columns("begin", "stamp of the change"),
    *time_columns("end", "the next change, or the last message of the recording"),
    Column("part", "count", "", "number of the part in the programme, 1 .. 32"),
    Column("name", "text", "", "name of the part; '' in recordings of version 0.1"),
    Column("title", "text", "", "title of the part; '' in recordings of version 0.1"),
    Column("start", "count", "", "increases by one with every change and every restart"),
    Column("cause", "text", "", "what changed the part: launch, soft pedal, key 21, cue, .."),
    Column(
        "description",
        "text",
        "",
        "name, title and parameters of the part, as one JSON object; "
        "'' in recordings of version 0.1",
    ),
)
EPISODES = recording_table(
    "episodes",
    "One episode of learning: one target, and all attempts at it; in the order of their ends.",
    RUN,
    EPISODE,
    *time_columns("start", "stamp of its beginning"),
    Column("length", "real", "s", "from the start to its last state"),
    PART,
    Column("steps", "count", "", "gradient steps, in all attempts together"),
    Column("attempts", "count", "", "attempts: one more than the number of divergences"),
    Column("states", "count", "", "states recorded"),
    Column("start_loss", "real", "", "loss of the first state"),
    Column("end_loss", "real", "", "loss of the last state"),
    Column("convergence_rate", "real", "1/step", "slope of ln(loss) over the last attempt's "
           "steps, negative where it falls; null with fewer than two losses above 0"),
    Column("converged", "flag", "", "the last state was at or below the threshold"),
    Column("complete", "flag", "", "its step 0 is in the recording"),
    FAMILY,
    SEED,
    Column("parameter_names", "texts", "", "names of theta; null without an Episode message"),
    TARGET,
    Column("start_theta", "reals", "", "parameters in the first state"),
    Column("end_theta", "reals", "", "parameters in the last state"),
    Column("x", "reals", "", "sample points; null without an Episode message"),
    Column("y", "reals", "", "the target function at them"),
    wide=True,
)  # fmt: skip
FRAMES = recording_table(
    "frames",
    "One camera picture, without its pixels.",
    Column("topic", "text", "", "name of the topic"),
    *STAMP,
    Column("width", "count", "pixel", "of the picture"),
    Column("height", "count", "pixel", "of the picture"),
    Column("encoding", "text", "", "of the pixels: rgb8, bgr8, .."),
    Column("interval", "real", "s", "since the stamp of the picture before; null for the first"),
    Column("lateness", "real", "s", "log time minus stamp"),
)
LATENCIES = recording_table(
    "latencies",
    "One received message of any topic whose messages carry a stamp; events that are only in the "
    "blocks of /played were not received and are not here.",
    Column("topic", "text", "", "name of the topic"),
    *time_columns("logged", "log time: when the recorder received it"),
    Column("lateness", "real", "s", "log time minus stamp: from the cause to the recorder"),
    Column("transport", "real", "s", "log time minus publish time"),
    Column("size", "count", "byte", "of the serialized message"),
)
SETTINGS = recording_table(
    "settings",
    "The learner's parameters from one time on.",
    RUN,
    *STAMP,
    Column("events", "count", "", "number of notes of the run after which they hold"),
    Column("sustain", "flag", "", "the sustain pedal was down"),
    Column("settings", "text", "", "all parameters, as one JSON object"),
)


@cache
def family_parameters() -> Mapping[str, tuple[str, ...]]:
    """Name -> parameter names of each function family of the package."""
    return {name: load_family(name).parameter_names for name in FAMILIES.built_in}


@cache
def parameter_names() -> tuple[str, ...]:
    """The names of all parameters of the package's families, each once."""
    return tuple(dict.fromkeys(name for each in family_parameters().values() for name in each))


@cache
def states() -> Table:
    """The table of the learner's states: lists, and a column for each named parameter."""
    named = [
        Column(f"{vector}_{name}", "real", "", f"{what} {name}; null where the family has none")
        for vector, what in (
            ("theta", "parameter"),
            ("target", "the target's"),
            ("gradient", "derivative of the loss by"),
        )
        for name in parameter_names()
    ]
    return recording_table(
        "states",
        "One state of the learner.",
        RUN,
        *STAMP,
        Column("events", "count", "", "number of notes the learner had received in the run"),
        Column("cause", "id", "", "id of the note that caused it"),
        EPISODE,
        Column("attempt", "count", "", "number of divergences before it in the episode"),
        Column("step", "count", "", "gradient steps in this attempt; 0 = the start itself"),
        Column("status", "text", "", "learning, converged or diverged"),
        Column("loss", "real", "", ">= 0, of the kind in the settings: partials from the second on "
               "sound at 1 + loss times their frequency"),
        Column("residual", "real", "", "mean of f_theta - f over the sample points, signed"),
        Column("gradient_norm", "real", "", "Euclidean length of the gradient"),
        FAMILY,
        SEED,
        TARGET,
        Column("theta", "reals", "", "parameters of the learned function"),
        Column("gradient", "reals", "", "d loss / d theta at theta"),
        Column("notes", "ids", "", "ids of the notes it detunes; empty for all that sound"),
        PART,
        *named,
    )  # fmt: skip


def every_table() -> tuple[Table, ...]:
    """All tables of an export, in the order of the documentation."""
    return (
        PERFORMANCES, NOTES, PEDALS, PARTS, states(), EPISODES, SETTINGS, FRAMES, LATENCIES,
        *(node.table for node in NODE_TABLES.values()),
    )  # fmt: skip


def markdown() -> str:
    """All tables for docs/research.md."""
    return "\n\n".join(table.markdown() for table in every_table())
