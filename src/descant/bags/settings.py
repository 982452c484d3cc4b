# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the recorder."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter


@dataclass(frozen=True, kw_only=True)
class RecorderSettings(Settings):
    """Where and how a performance is recorded; fixed while the bag is open."""

    bag: str = parameter(
        "",
        "folder of the bag; if it exists, a number is appended; empty: descant_DATE-TIME",
        live=False,
    )
    topics: tuple[str, ...] = parameter(
        ("",),
        "patterns of topics that are recorded besides those of the namespace: camera/image_raw "
        "(raw pictures are recorded only if named here), /other/**",
        live=False,
    )
    exclude: tuple[str, ...] = parameter(
        ("",),
        "patterns of topics that are not recorded, whatever else holds",
        live=False,
    )
    flush: float = parameter(
        0.25,
        "longest time until a message is passed to the operating system: what a killed recorder "
        "loses",
        unit="s",
        ge=0.05,
        le=0.5,
        live=False,
    )
    sync: float = parameter(
        5.0,
        "longest time until a message is written to the disk (fsync): what a power failure loses; "
        "0: decided by the operating system",
        unit="s",
        ge=0.0,
        le=300.0,
        live=False,
    )
    reserve: int = parameter(
        100,
        "recording stops, and the bag is closed, when less disk space than this is free",
        unit="MiB",
        ge=0,
        le=1_000_000,
        live=False,
    )
    queue: int = parameter(
        256,
        "most memory for messages that wait for a slow disk; pictures may fill half of it",
        unit="MiB",
        ge=1,
        le=65_536,
        live=False,
    )
    compression: str = parameter(
        "zstd",
        "compression of the chunks in the bag's MCAP file",
        choices=("zstd", "lz4", "none"),
        live=False,
    )
