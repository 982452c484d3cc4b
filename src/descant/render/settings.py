# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The renderer's own parameters, and those of every node that a film needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from descant.camera.settings import CameraSettings
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.overrides import parse_overrides
from descant.parameters import Settings, Value, parameter
from descant.resources import load_profile
from descant.stage.settings import StageSettings
from descant.synth.settings import SynthSettings

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower")


@dataclass(frozen=True, kw_only=True)
class RenderSettings(Settings):
    """How a film is encoded, and how long it goes on after the last event."""

    preset: str = parameter(
        "veryfast", "preset of the encoder x264: slower ones make smaller files", choices=PRESETS
    )
    crf: int = parameter(
        20,
        "constant rate factor of x264: 0 is lossless, 18 looks lossless, 28 is coarse",
        ge=0,
        le=51,
    )
    audio_rate: int = parameter(
        192_000, "bit rate of the sound (AAC)", unit="bit/s", ge=32_000, le=512_000
    )
    tail: float = parameter(
        3.0, "time from the last event to the end of the film", unit="s", ge=0.0, le=60.0
    )
    fade: float = parameter(
        0.5, "time in which the sound fades out at the end of the film", unit="s", ge=0.0, le=10.0
    )


SECTIONS: dict[str, type[Settings]] = {
    "learner": LearnerSettings,
    "conductor": ConductorSettings,
    "synth": SynthSettings,
    "stage": StageSettings,
    "camera": CameraSettings,
    "render": RenderSettings,
}


@dataclass(frozen=True)
class PerformanceSettings:
    """The settings of every section: the profile's, and the values of `--set` over them.

    `fixed` (section -> parameter -> value) are those of `--set`: no part overrides them.
    """

    learner: LearnerSettings
    conductor: ConductorSettings
    synth: SynthSettings
    stage: StageSettings
    camera: CameraSettings
    render: RenderSettings
    fixed: Mapping[str, Mapping[str, Value]]


def load_settings(
    profile: str, overrides: Iterable[str], size: tuple[int, int]
) -> PerformanceSettings:
    """The settings of every section: the defaults, the profile's, those of `--set`, in this order.

    The camera picture is as large as the film (`size`) unless `--set` says otherwise.
    """
    fixed = parse_overrides(overrides, SECTIONS)
    shape = {"width": size[0], "height": size[1]}
    shapes: dict[str, dict[str, Any]] = {"camera": shape, "stage": shape}
    values = load_profile(profile)
    sections = {
        name: kind.of({**values.get(name, {}), **shapes.get(name, {}), **fixed[name]})
        for name, kind in SECTIONS.items()
    }
    return PerformanceSettings(**sections, fixed=fixed)  # type: ignore[arg-type]
