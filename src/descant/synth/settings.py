"""The synthesiser's parameters; the defaults are the `paper` profile."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter


@dataclass(frozen=True, kw_only=True)
class SynthSettings(Settings):
    """What is heard and where it goes.

    Times of decay and release are the times in which a note falls by `decay_depth` and is then
    over. `_bass` is the time at the lowest piano key (21), `_treble` at the highest (108), in
    between the time shrinks by the same factor with every key; with a `decay_split` the two hold
    below and from that key on.
    """

    sink: str = parameter(
        "auto",
        "where the sound goes: auto, jack, portaudio, portaudio:DEVICE, wav:PATH or none",
        live=False,
    )
    sample_rate: int = parameter(
        48_000,
        "sample rate of every sink but JACK, which has its own",
        unit="Hz",
        ge=8_000,
        le=192_000,
        live=False,
    )
    block: int = parameter(
        256,
        "frames computed at once (a power of two); with JACK at most its period",
        unit="frames",
        ge=16,
        le=1_024,
        live=False,
    )
    voices: int = parameter(
        64, "notes that can sound at once, ringing ones included", ge=1, le=512, live=False
    )
    level: float = parameter(
        -6.0, "peak of one note at full velocity", unit="dBFS", ge=-60.0, le=0.0
    )
    spread: float = parameter(
        0.7, "width in stereo: 0 all in the middle, 1 lowest key left, highest right", ge=0, le=1
    )

    a4: float = parameter(440.0, "frequency of the key A4 (69)", unit="Hz", ge=380.0, le=500.0)
    detune_from: str = parameter(
        "loss", "what stretches the overtones", choices=("loss", "residual")
    )
    detune_scale: float = parameter(
        1.0, "stretch of the overtones for a loss (or residual) of 1", ge=-100.0, le=100.0
    )
    max_detune: float = parameter(
        1.0,
        "the stretch stays within plus and minus this (never below -0.9), whatever the loss; "
        "overtones that would come near half the sample rate at it are left out",
        ge=0.0,
        le=4.0,
        live=False,
    )
    detune_fades: bool = parameter(
        False, "overtones get softer with their stretch s: amplitude times 1 - s", live=False
    )
    glide: float = parameter(
        0.04, "time in which overtones move to a new stretch", unit="s", ge=0.0, le=5.0
    )
    partials: int = parameter(
        4, "sines in a note, the fundamental included", ge=1, le=16, live=False
    )
    partial_balance: tuple[float, ...] = parameter(
        (1.0, 0.5, 0.3, 0.18),
        "amplitudes of the partials 1, 2, 3 ..; beyond the list they fall with the square of "
        "the partial's number",
        ge=0.0,
        le=1.0,
        live=False,
    )

    attack: float = parameter(0.006, "time from silence to full", unit="s", ge=0.001, le=2.0)
    decay_bass: float = parameter(
        16.0, "decay of the lowest key while held", unit="s", ge=0.05, le=60.0
    )
    decay_treble: float = parameter(
        2.0, "decay of the highest key while held", unit="s", ge=0.05, le=60.0
    )
    decay_split: int = parameter(
        0, "key from which the treble times hold; 0: they change from key to key", ge=0, le=127
    )
    decay_depth: float = parameter(
        60.0, "fall after which a note is over", unit="dB", ge=20.0, le=96.0
    )
    release_bass: float = parameter(
        0.5, "fall of the lowest key once its damper is down", unit="s", ge=0.003, le=10.0
    )
    release_treble: float = parameter(
        0.15, "fall of the highest key once its damper is down", unit="s", ge=0.003, le=10.0
    )

    use_velocity: bool = parameter(True, "velocity shapes the notes; off: all at full velocity")
    velocity_floor: float = parameter(
        40.0, "how far below full velocity the softest touch lies", unit="dB", ge=0.0, le=80.0
    )
    velocity_exponent: float = parameter(
        0.5, "curve in between: gain = -floor * (1 - velocity ** exponent) dB", ge=0.1, le=4.0
    )
    use_pedals: bool = parameter(True, "the pedals shape the notes; off: they are ignored")
    half_pedal_low: int = parameter(
        32, "sustain pedal value up to which the dampers act fully", ge=0, le=126
    )
    half_pedal_high: int = parameter(
        88, "sustain pedal value from which the dampers are off the strings", ge=1, le=127
    )
    soft_pedal: float = parameter(
        4.0, "how much softer the soft pedal, fully down, makes a note", unit="dB", ge=0.0, le=24.0
    )

    cutoff: float = parameter(
        0.0, "low-pass over everything; 0: none", unit="Hz", ge=0.0, le=20_000.0
    )
    cutoff_wanders: bool = parameter(
        False, "the low-pass wanders at random between the two cutoffs below"
    )
    cutoff_low: float = parameter(1_000.0, "lowest of the wander", unit="Hz", ge=50.0, le=20_000.0)
    cutoff_high: float = parameter(
        3_000.0, "highest of the wander", unit="Hz", ge=50.0, le=20_000.0
    )
    cutoff_rate: float = parameter(
        1.0, "places a second the wander goes to", unit="Hz", ge=0.01, le=20.0
    )
    cutoff_seed: int = parameter(1, "seed of the wander", ge=0, le=2**31 - 1, live=False)
