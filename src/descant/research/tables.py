# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every table of an export."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from descant.learner.family import load_family
from descant.learner.registry import FAMILIES
from descant.research.node_tables import DIAGNOSTICS, NODE_TABLES
from descant.research.schema import STAMP, Column, Table, recording_table, time_columns

RUN = Column("run", "uint64", "ns", "start of the learner's process, since the epoch")
EPISODE = Column("episode", "int64", "", "number of the episode in the run, from 1")
PART = Column("part", "int64", "", "number of the part at that time, 1 .. 32; null if not recorded")
SEED = Column("seed", "uint64", "", "seed of everything random in the episode")
FAMILY = Column("family", "string", "", "function family: cubic, knot, ..")
TARGET = Column("target", "list<float64>", "", "parameters of the target function")


PERFORMANCES = recording_table(
    "performances",
    "One recording.",
    Column("bag", "string", "", "name of the bag's folder or file"),
    Column("start_ns", "int64", "ns", "log time of the first message, since the epoch"),
    Column("duration", "float64", "s", "from the first message to the last, by log time"),
    Column("messages", "int64", "", "messages in the bag"),
    Column("damage", "string", "", "what is damaged or cut off in the bag; '' for nothing"),
)
NOTES = recording_table(
    "notes",
    "One note, in the order of the releases; notes still held at the end come last.",
    Column("id", "uint64", "", "number of the note, unique over restarts of the piano"),
    *time_columns("onset", "key down"),
    *time_columns("release", "key up; null where no release was recorded"),
    Column("duration", "float64", "s", "from onset to release; null without a release"),
    Column("key", "int64", "", "MIDI key, 21 .. 108 on a piano, 69 = A4"),
    Column("velocity", "int64", "", "1 .. 127"),
    Column("velocity_14bit", "int64", "", "1 .. 16383, the high-resolution velocity"),
    Column("release_velocity", "int64", "", "0 .. 127; null without a release"),
    Column("sustain", "int64", "", "right pedal at the onset, 0 (up) .. 127 (down)"),
    Column("sostenuto", "int64", "", "middle pedal at the onset, 0 .. 127"),
    Column("soft", "int64", "", "left pedal at the onset, 0 .. 127"),
    PART,
)
PEDALS = recording_table(
    "pedals",
    "One movement of a pedal, in the order of the stamps.",
    *STAMP,
    Column("pedal", "string", "", "sustain, sostenuto or soft"),
    Column("value", "int64", "", "0 (up) .. 127 (down)"),
)
PARTS = recording_table(
    "parts",
    "One section of the recording in which one part of the programme was played.",
    *time_columns("begin", "stamp of the change"),
    *time_columns("end", "the next change, or the last message of the recording"),
    Column("part", "int64", "", "number of the part in the programme, 1 .. 32"),
    Column("name", "string", "", "name of the part; '' in recordings of version 0.1"),
    Column("title", "string", "", "title of the part; '' in recordings of version 0.1"),
    Column("start", "int64", "", "increases by one with every change and every restart"),
    Column("cause", "string", "", "what changed the part: launch, soft pedal, key 21, cue, .."),
    Column(
        "description",
        "string",
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
    Column("length", "float64", "s", "from the start to its last state"),
    PART,
    Column("steps", "int64", "", "gradient steps, in all attempts together"),
    Column("attempts", "int64", "", "attempts: one more than the number of divergences"),
    Column("states", "int64", "", "states recorded"),
    Column("start_loss", "float64", "", "loss of the first state"),
    Column("end_loss", "float64", "", "loss of the last state"),
    Column("convergence_rate", "float64", "1/step", "slope of ln(loss) over the last attempt's "
           "steps, negative where it falls; null with fewer than two losses above 0"),
    Column("converged", "bool", "", "the last state was at or below the threshold"),
    Column("complete", "bool", "", "its step 0 is in the recording"),
    FAMILY,
    SEED,
    Column("parameter_names", "list<string>", "",
           "names of theta; null without an Episode message"),
    TARGET,
    Column("start_theta", "list<float64>", "", "parameters in the first state"),
    Column("end_theta", "list<float64>", "", "parameters in the last state"),
    Column("x", "list<float64>", "", "sample points; null without an Episode message"),
    Column("y", "list<float64>", "", "the target function at them"),
    wide=True,
)  # fmt: skip
FRAMES = recording_table(
    "frames",
    "One camera picture, without its pixels.",
    Column("topic", "string", "", "name of the topic"),
    *STAMP,
    Column("width", "int64", "pixel", "of the picture; null for a compressed one that is no JPEG"),
    Column("height", "int64", "pixel", "of the picture; null likewise"),
    Column("encoding", "string", "", "of the pixels: rgb8, bgr8, ..; format of a compressed one"),
    Column("interval", "float64", "s", "since the stamp of the picture before; null for the first"),
    Column("lateness", "float64", "s", "log time minus stamp"),
)
LATENCIES = recording_table(
    "latencies",
    "One received message of any topic whose messages carry a stamp; events that are only in the "
    "blocks of /played were not received and are not here.",
    Column("topic", "string", "", "name of the topic"),
    *time_columns("logged", "log time: when the recorder received it"),
    Column("lateness", "float64", "s", "log time minus stamp: from the cause to the recorder"),
    Column("transport", "float64", "s", "log time minus publish time"),
    Column("size", "int64", "byte", "of the serialized message"),
)
SETTINGS = recording_table(
    "settings",
    "The learner's parameters from one time on.",
    RUN,
    *STAMP,
    Column("events", "int64", "", "number of notes of the run after which they hold"),
    Column("sustain", "bool", "", "the sustain pedal was down"),
    Column("settings", "string", "", "all parameters, as one JSON object"),
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
        Column(f"{vector}_{name}", "float64", "", f"{what} {name}; null where the family has none")
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
        Column("events", "int64", "", "number of notes the learner had received in the run"),
        Column("cause", "uint64", "", "id of the note that caused it"),
        EPISODE,
        Column("attempt", "int64", "", "number of divergences before it in the episode"),
        Column("step", "int64", "", "gradient steps in this attempt; 0 = the start itself"),
        Column("status", "string", "", "learning, converged or diverged"),
        Column("loss", "float64", "", ">= 0, of the kind in the settings: partials from the second "
               "on sound at 1 + loss times their frequency"),
        Column("residual", "float64", "", "mean of f_theta - f over the sample points, signed"),
        Column("gradient_norm", "float64", "", "Euclidean length of the gradient"),
        FAMILY,
        SEED,
        TARGET,
        Column("theta", "list<float64>", "", "parameters of the learned function"),
        Column("gradient", "list<float64>", "", "d loss / d theta at theta"),
        Column("notes", "list<uint64>", "",
               "ids of the notes it detunes; empty for all that sound"),
        PART,
        *named,
    )  # fmt: skip


def every_table() -> tuple[Table, ...]:
    """All tables of an export, in the order of the documentation."""
    return (
        PERFORMANCES, NOTES, PEDALS, PARTS, states(), EPISODES, SETTINGS, FRAMES, LATENCIES,
        *(table for table, _ in NODE_TABLES.values()), DIAGNOSTICS,
    )  # fmt: skip


def markdown() -> str:
    """All tables for docs/research.md."""
    return "\n\n".join(table.markdown() for table in every_table())
