"""Parameters of the recorder."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter


@dataclass(frozen=True, kw_only=True)
class RecorderSettings(Settings):
    """Where and how a performance is recorded; none of it changes while the bag is open."""

    bag: str = parameter(
        "",
        "folder of the bag; where it exists, a number is put behind it; empty: descant_DATE-TIME",
        live=False,
    )
    flush: float = parameter(
        0.25,
        "messages reach the operating system at least this often: what a killed recorder loses",
        unit="s",
        ge=0.05,
        le=0.5,
        live=False,
    )
    sync: float = parameter(
        5.0,
        "the bag reaches the disk itself at least this often: what a power failure loses; "
        "0 leaves it to the operating system",
        unit="s",
        ge=0.0,
        le=300.0,
        live=False,
    )
    reserve: int = parameter(
        100,
        "recording stops, with the bag closed in order, when less than this is free on the disk",
        unit="MiB",
        ge=0,
        le=1_000_000,
        live=False,
    )
    queue: int = parameter(
        256,
        "memory for messages that a slow disk has not taken yet; pictures get half of it",
        unit="MiB",
        ge=1,
        le=65_536,
        live=False,
    )
    compression: str = parameter(
        "zstd", "compression of the bag's chunks", choices=("zstd", "lz4", "none"), live=False
    )
