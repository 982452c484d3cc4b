# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synthesiser's parameters; the defaults are the `paper` profile."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from descant.parameters import Settings, parameter
from descant.plugins import Registry
from descant.signals import check_signals
from descant.types import MOST_PARTS

VOICES = Registry(
    "descant.voices",
    "voice",
    {
        "paper": "descant.synth.paper_voice:PaperVoice",
        "bright": "descant.synth.bright_voice:BrightVoice",
    },
)


@dataclass(frozen=True, kw_only=True)
class SynthSettings(Settings):
    """What is heard, and where the sound goes.

    A time of decay or release is the time in which a note falls by `decay_depth`; then it ends.
    `_bass` is the time of the lowest key (21), `_treble` that of the highest (108); in between the
    time shrinks by the same factor with every key. With a `decay_split` the two hold below and
    from that key on.
    """

    REMOVED: ClassVar[Mapping[str, str]] = MappingProxyType({"detune_from": "detune"})

    sink: str = parameter(
        "auto",
        "where the sound goes: auto, jack, portaudio, portaudio:DEVICE, wav:PATH or none",
        live=False,
    )
    sample_rate: int = parameter(
        48_000,
        "sample rate of every sink but JACK, which has its own",
        unit="Hz", ge=8_000, le=192_000, live=False,
    )  # fmt: skip
    block: int = parameter(
        256,
        "frames of sound computed at once, a power of two; with JACK at most its period",
        unit="frames", ge=16, le=1_024, live=False,
    )  # fmt: skip
    ahead: float = parameter(
        0.0025,
        "sound that is computed ahead of JACK's callback, by a thread, in whole periods: more "
        "bridges longer stalls, and notes sound later; 0: computed in the callback",
        unit="s", ge=0.0, le=0.25, live=False,
    )  # fmt: skip
    standby: bool = parameter(
        False,
        "two synths share JACK's output: one is heard, and the other takes over within 0.1 s when "
        "it dies or stands still",
        live=False,
    )
    voices: int = parameter(
        64, "notes that can sound at once, released ones included", ge=1, le=512, live=False
    )
    voice: str = parameter(
        "paper",
        "sound of a note: paper (a sine and overtones), bright (more overtones in the bass) or an "
        "installed voice",
        live=False,
    )
    level: float = parameter(
        -6.0, "peak level of one note at full velocity", unit="dBFS", ge=-60.0, le=0.0
    )
    spread: float = parameter(
        0.7, "stereo width: 0 all keys in the middle, 1 lowest key left, highest right", ge=0, le=1
    )

    part: int = parameter(
        1, "number of the part that sounds until a part arrives on /part", ge=1, le=MOST_PARTS
    )
    a4: float = parameter(440.0, "frequency of the key A4 (69)", unit="Hz", ge=380.0, le=500.0)
    detune: str = parameter(
        "loss", "signal of the learner that stretches the overtones, as loss or 0.05 * residual"
    )
    detune_scale: float = parameter(
        1.0, "stretch of the overtones where the signal of `detune` is 1", ge=-100.0, le=100.0
    )
    max_detune: float = parameter(
        1.0,
        "highest absolute stretch of the overtones (never below -0.9); overtones that would come "
        "near half the sample rate at this stretch are left out",
        ge=0.0, le=4.0, live=False,
    )  # fmt: skip
    detune_fades: bool = parameter(
        False, "overtones get softer with their stretch s: amplitude times 1 - s", live=False
    )
    glide: float = parameter(
        0.04, "time in which overtones move to a new stretch", unit="s", ge=0.0, le=5.0
    )
    partials: int = parameter(
        4, "number of sines in a note, the fundamental included", ge=1, le=16, live=False
    )
    partial_balance: tuple[float, ...] = parameter(
        (1.0, 0.5, 0.3, 0.18),
        "amplitudes of the partials 1, 2, 3 ..; beyond the list they fall with the square of "
        "the partial's number",
        ge=0.0, le=1.0, live=False,
    )  # fmt: skip

    attack: float = parameter(
        0.006, "time from a note's onset to its full level", unit="s", ge=0.001, le=2.0
    )
    decay_bass: float = parameter(
        16.0, "decay time of the lowest key while it is held", unit="s", ge=0.05, le=60.0
    )
    decay_treble: float = parameter(
        2.0, "decay time of the highest key while it is held", unit="s", ge=0.05, le=60.0
    )
    decay_split: int = parameter(
        0, "key from which the treble decay and release hold; 0: they change by key", ge=0, le=127
    )
    decay_depth: float = parameter(
        60.0, "fall in level after which a note ends", unit="dB", ge=20.0, le=96.0
    )
    release_bass: float = parameter(
        0.5, "time in which the lowest key dies away when damped", unit="s", ge=0.003, le=10.0
    )
    release_treble: float = parameter(
        0.15, "time in which the highest key dies away when damped", unit="s", ge=0.003, le=10.0
    )

    use_velocity: bool = parameter(
        True, "velocity sets the level of a note; off: every note is at full velocity"
    )
    velocity_floor: float = parameter(
        40.0, "level of the softest velocity below that of the loudest", unit="dB", ge=0.0, le=80.0
    )
    velocity_exponent: float = parameter(
        0.5, "exponent in gain = -velocity_floor * (1 - velocity ** exponent) dB", ge=0.1, le=4.0
    )
    use_pedals: bool = parameter(True, "the pedals act on the notes; off: they are ignored")
    half_pedal_low: int = parameter(
        32, "sustain pedal value up to which the dampers act fully", ge=0, le=126
    )
    half_pedal_high: int = parameter(
        88, "sustain pedal value from which the dampers are off the strings", ge=1, le=127
    )
    soft_pedal: float = parameter(
        4.0, "attenuation by the soft pedal when it is fully down", unit="dB", ge=0.0, le=24.0
    )

    cutoff: float = parameter(
        0.0, "cutoff frequency of the low-pass on the output; 0: off", unit="Hz", ge=0, le=20_000
    )
    cutoff_wanders: bool = parameter(
        False, "the low-pass on the output moves at random between cutoff_low and cutoff_high"
    )
    cutoff_low: float = parameter(
        1_000.0, "lowest cutoff frequency of the wandering low-pass", unit="Hz", ge=50, le=20_000
    )
    cutoff_high: float = parameter(
        3_000.0, "highest cutoff frequency of the wandering low-pass", unit="Hz", ge=50, le=20_000
    )
    cutoff_rate: float = parameter(
        1.0, "random targets of the wandering low-pass per second", unit="Hz", ge=0.01, le=20.0
    )
    cutoff_seed: int = parameter(
        1, "random seed of the wandering low-pass", ge=0, le=2**31 - 1, live=False
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_signals("detune", self.detune, most=1)
        VOICES.check("voice", self.voice)


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Other live parameters from `time_ns` on; those that are not live stay as at the start."""

    time_ns: int
    settings: SynthSettings


def settings_at(
    time_ns: int, settings: SynthSettings, changes: Sequence[SettingsChange]
) -> SynthSettings:
    """The settings at `time_ns` with `settings` from the start and `changes` sorted by time."""
    index = bisect(changes, time_ns, key=lambda change: change.time_ns)
    return changes[index - 1].settings if index else settings
