"""The renderer's own parameters, and every room's that a film needs: profile, then `--set`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from descant.camera.settings import CameraSettings
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.overrides import parse_overrides
from descant.parameters import Settings, parameter
from descant.resources import resource
from descant.stage.settings import StageSettings
from descant.synth.settings import SynthSettings

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower")
PROFILES = ("paper", "original")


@dataclass(frozen=True, kw_only=True)
class RenderSettings(Settings):
    """How a film is encoded, and how long it goes on."""

    preset: str = parameter(
        "veryfast", "of the encoder x264: slower makes smaller files", choices=PRESETS
    )
    crf: int = parameter(
        20, "constant quality of x264: 0 is lossless, 18 looks so, 28 is coarse", ge=0, le=51
    )
    audio_rate: int = parameter(
        192_000, "bit rate of the sound (AAC)", unit="bit/s", ge=32_000, le=512_000
    )
    tail: float = parameter(
        3.0, "the film goes on so long after the last event", unit="s", ge=0.0, le=60.0
    )
    fade: float = parameter(
        0.5, "in which the sound fades at the very end", unit="s", ge=0.0, le=10.0
    )


ROOMS: dict[str, type[Settings]] = {
    "learner": LearnerSettings,
    "conductor": ConductorSettings,
    "synth": SynthSettings,
    "stage": StageSettings,
    "camera": CameraSettings,
    "render": RenderSettings,
}


@dataclass(frozen=True)
class Rooms:
    """The settings of every room that takes part in a film."""

    learner: LearnerSettings
    conductor: ConductorSettings
    synth: SynthSettings
    stage: StageSettings
    camera: CameraSettings
    render: RenderSettings


def rooms(profile: str, overrides: Iterable[str], size: tuple[int, int]) -> Rooms:
    """Every room's settings: the defaults, the profile's, those of `--set`, in this order.

    The performer's picture is as large as the film (`size`) unless `--set` says otherwise.
    """
    changes = parse_overrides(overrides, ROOMS)
    shape = {"width": size[0], "height": size[1]}
    before: dict[str, dict[str, Any]] = {"camera": shape, "stage": shape}
    made = {}
    for room, kind in ROOMS.items():
        values = _profile(profile).get(room, {})
        made[room] = kind.of({**values, **before.get(room, {}), **changes[room]})
    return Rooms(**made)  # type: ignore[arg-type]


def _profile(name: str) -> Mapping[str, dict[str, Any]]:
    """Room -> parameters of a profile that ships with the package."""
    if name not in PROFILES:
        raise UserError(f"no profile '{name}'; there are: {', '.join(PROFILES)}")
    content = yaml.safe_load(resource("config", f"{name}.yaml").read_text(encoding="utf-8"))
    return {key.rsplit("/", 1)[-1]: value["ros__parameters"] for key, value in content.items()}
