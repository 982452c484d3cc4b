"""Every table of an export. The first column of each is `performance`; times are seconds from the
first message of the recording, and the same moment in nanoseconds since the epoch beside it."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from descant.errors import UserError
from descant.learner import family_registry
from descant.research.schema import Column, Table

MARK = "<!-- tables: written by `python -m descant.research.tables docs/research.md` -->"
KEY = Column("performance", "text", "", "bag's name and the moment of its first message (UTC)")
RUN = Column("run", "id", "ns", "start of the learner's process, since the epoch")
EPISODE = Column("episode", "count", "", "1, 2, 3 .. in the run")
PART = Column("part", "count", "", "part of the piece then, 1 .. 4; null where not recorded")
SEED = Column("seed", "id", "", "of the episode: everything random in it is drawn from this")
FAMILY = Column("family", "text", "", "function family: cubic, knot, ..")
TARGET = Column("target", "reals", "", "parameters of the target function")


def _moment(name: str, meaning: str) -> tuple[Column, Column]:
    """A time in seconds of the recording, and in nanoseconds since the epoch."""
    return (
        Column(name, "real", "s", f"{meaning}, from the recording's start"),
        Column(f"{name}_ns", "time", "ns", f"{meaning}, since the epoch"),
    )


STAMP = _moment("time", "stamp: when its cause happened")
STATUS = Column("status", "text", "", "in words, as in the message's definition")

PERFORMANCES = Table(
    "performances",
    "One recording.",
    (
        KEY,
        Column("bag", "text", "", "name of the bag's folder or file"),
        Column("start_ns", "time", "ns", "log time of the first message, since the epoch"),
        Column("duration", "real", "s", "from the first message to the last, by log time"),
        Column("messages", "count", "", "messages in the bag"),
        Column("damage", "text", "", "what is not whole in the bag; '' for nothing"),
    ),
)
NOTES = Table(
    "notes",
    "One note, in the order of the releases; notes still held at the end come last.",
    (
        KEY,
        Column("id", "id", "", "number of the note, unique over restarts of the piano"),
        *_moment("onset", "key down"),
        *_moment("release", "key up; null where the key was never seen going up"),
        Column("duration", "real", "s", "from onset to release; null without a release"),
        Column("key", "count", "", "MIDI key, 21 .. 108 on a piano, 69 = A4"),
        Column("velocity", "count", "", "1 .. 127"),
        Column("velocity_14bit", "count", "", "1 .. 16383, the high-resolution velocity"),
        Column("release_velocity", "count", "", "0 .. 127; null without a release"),
        Column("sustain", "count", "", "right pedal at the onset, 0 (up) .. 127 (down)"),
        Column("sostenuto", "count", "", "middle pedal at the onset, 0 .. 127"),
        Column("soft", "count", "", "left pedal at the onset, 0 .. 127"),
        PART,
    ),
)
PEDALS = Table(
    "pedals",
    "One movement of a pedal, in the order of the stamps.",
    (
        KEY,
        *STAMP,
        Column("pedal", "text", "", "sustain, sostenuto or soft"),
        Column("value", "count", "", "0 (up) .. 127 (down)"),
    ),
)
PARTS = Table(
    "parts",
    "One stay in a part of the piece.",
    (
        KEY,
        *_moment("begin", "stamp of the change"),
        *_moment("end", "the next change, or the last message of the recording"),
        Column("part", "count", "", "1 .. 4"),
        Column("start", "count", "", "grows by one with every change and every fresh start"),
        Column("cause", "text", "", "launch, soft pedal, key 21, cue, going on"),
    ),
)
EPISODES = Table(
    "episodes",
    "One episode of learning: one target, and all attempts at it; in the order of their ends.",
    (
        KEY,
        RUN,
        EPISODE,
        *_moment("start", "stamp of its beginning"),
        Column("length", "real", "s", "from the start to its last state"),
        PART,
        Column("steps", "count", "", "gradient steps, those of all attempts"),
        Column("attempts", "count", "", "starts made; one more than it diverged"),
        Column("states", "count", "", "states recorded"),
        Column("start_loss", "real", "", "loss of the first state"),
        Column("end_loss", "real", "", "loss of the last state"),
        Column("convergence_rate", "real", "1/step", "slope of ln(loss) over the last attempt's "
               "steps, negative where it falls; null with fewer than two losses above 0"),
        Column("converged", "yes", "", "the last state was at or below the threshold"),
        Column("complete", "yes", "", "its step 0 is in the recording"),
        FAMILY,
        SEED,
        Column("parameter_names", "texts", "", "names of theta; null where no Episode came"),
        TARGET,
        Column("start_theta", "reals", "", "parameters in the first state"),
        Column("end_theta", "reals", "", "parameters in the last state"),
        Column("x", "reals", "", "sample points; null where no Episode came"),
        Column("y", "reals", "", "the target function at them"),
    ),
    wide=True,
)  # fmt: skip
FRAMES = Table(
    "frames",
    "One camera picture, without its pixels.",
    (
        KEY,
        Column("topic", "text", "", "name of the topic"),
        *STAMP,
        Column("width", "count", "pixel", "of the picture"),
        Column("height", "count", "pixel", "of the picture"),
        Column("encoding", "text", "", "of the pixels: rgb8, bgr8, .."),
        Column(
            "interval", "real", "s", "since the stamp of the picture before; null for the first"
        ),
        Column("lateness", "real", "s", "log time minus stamp"),
    ),
)
LATENCIES = Table(
    "latencies",
    "One message of any topic whose messages carry a stamp; what is in blocks of /played alone was "
    "not received, and is not here.",
    (
        KEY,
        Column("topic", "text", "", "name of the topic"),
        *_moment("logged", "log time: when the recorder received it"),
        Column("lateness", "real", "s", "log time minus stamp: from the cause to the recorder"),
        Column("transport", "real", "s", "log time minus publish time"),
        Column("size", "count", "byte", "of the serialized message"),
    ),
)
SETTINGS = Table(
    "settings",
    "The learner's parameters from one moment on.",
    (
        KEY,
        RUN,
        *STAMP,
        Column("events", "count", "", "they hold after this many notes of the run"),
        Column("sustain", "yes", "", "the sustain pedal was down"),
        Column("settings", "text", "", "all parameters, as one JSON object"),
    ),
)
PIANO = Table(
    "piano_states",
    "What the piano node was connected to.",
    (
        KEY,
        *STAMP,
        STATUS,
        Column("position", "real", "s", "into the file; 0 for a port"),
        Column("duration", "real", "s", "of the file; 0 for a port"),
        Column("held", "count", "", "keys down, 0 .. 128"),
        Column("events", "count", "", "notes and pedal movements published in its run"),
    ),
)
SYNTH = Table(
    "synth_states",
    "How the synthesiser was doing, about ten times a second.",
    (
        KEY,
        *STAMP,
        STATUS,
        Column("sink", "text", "", "jack, portaudio, wav:PATH or none"),
        Column("sample_rate", "real", "Hz", "of the sink"),
        Column("peak", "real", "dBFS", "highest sample since the state before, <= 0"),
        Column("gain_reduction", "real", "dB", "of the limiter, >= 0"),
        Column("voices", "count", "", "voices sounding, releasing ones included"),
        Column("held", "count", "", "notes held by a finger or a pedal"),
        Column("stolen", "count", "", "voices taken from a sounding note, in its run"),
        Column("late_events", "count", "", "notes over 20 ms after their stamp, in its run"),
        Column("restarts", "count", "", "times the sink was opened again, in its run"),
    ),
)
STAGE = Table(
    "stage_states",
    "How the picture was doing, about once a second.",
    (
        KEY,
        *STAMP,
        Column("part", "count", "", "the scene on show, 1 .. 4"),
        Column("canvas", "text", "", "window, fullscreen or offscreen, and what it draws with"),
        Column("frame_rate", "real", "1/s", "frames shown, since the state before"),
        Column("frame_time", "real", "ms", "to draw one frame, median"),
        Column("dropped", "count", "", "camera pictures never shown, in its run"),
        Column("camera_delay", "real", "ms", "from a picture's stamp to its frame, median; NaN"),
        Column("camera_age", "real", "s", "since the newest camera picture; NaN if none"),
    ),
)
CAMERA = Table(
    "camera_states",
    "What the camera node saw with, about once a second.",
    (
        KEY,
        *STAMP,
        STATUS,
        Column("source", "text", "", "device:0, file:NAME, keyboard"),
        Column("width", "count", "pixel", "of the published pictures"),
        Column("height", "count", "pixel", "of the published pictures"),
        Column("frame_rate", "real", "1/s", "pictures published, since the state before"),
        Column("pictures", "count", "", "published in its run"),
        Column("repeated", "count", "", "pictures the same as the one before, in its run"),
    ),
)


@cache
def parameter_names() -> tuple[str, ...]:
    """The names of all parameters of the families of the package, each once."""
    names = (family_registry.family(name).parameter_names for name in family_registry.BUILT_IN)
    return tuple(dict.fromkeys(name for each in names for name in each))


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
    columns = (
        KEY,
        RUN,
        *STAMP,
        Column("events", "count", "", "notes the learner had taken in the run"),
        Column("cause", "id", "", "id of the note that caused it"),
        EPISODE,
        Column("attempt", "count", "", "0, 1 ..: starts after a divergence"),
        Column("step", "count", "", "gradient steps in this attempt; 0 = the start itself"),
        Column("status", "text", "", "learning, converged or diverged"),
        Column("loss", "real", "", ">= 0, of the kind in the settings: partials from the second on "
               "sound 1 + loss times too high"),
        Column("residual", "real", "", "mean of f_theta - f over the sample points, signed"),
        Column("gradient_norm", "real", "", "Euclidean length of the gradient"),
        FAMILY,
        SEED,
        TARGET,
        Column("theta", "reals", "", "parameters of the learned function"),
        Column("gradient", "reals", "", "d loss / d theta at theta"),
        Column("notes", "ids", "", "ids of the notes it tunes; none: all that sound"),
        PART,
        *named,
    )  # fmt: skip
    return Table("states", "One state of the learner.", columns)


def every_table() -> tuple[Table, ...]:
    """All tables of an export, in the order of the documentation."""
    return (
        PERFORMANCES, NOTES, PEDALS, PARTS, states(), EPISODES, SETTINGS, FRAMES, LATENCIES,
        PIANO, SYNTH, STAGE, CAMERA,
    )  # fmt: skip


def markdown() -> str:
    """All tables for docs/research.md."""
    return "\n\n".join(table.markdown() for table in every_table())


def rewrite(page: str) -> str:
    """The page of documentation with the tables behind its mark written anew."""
    head, mark, _ = page.partition(MARK)
    if not mark:
        raise UserError(f"no line '{MARK}' in the page")
    return f"{head}{mark}\n{markdown()}\n"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(rewrite(target.read_text(encoding="utf-8")), encoding="utf-8")
