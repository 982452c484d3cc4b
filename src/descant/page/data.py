# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the page takes from the package: parameters, programmes, shaders, the bundled performance.

So that no fact stands in the JavaScript a second time.
"""

from __future__ import annotations

import base64
from importlib import metadata
from importlib import resources as package_files
from typing import Any

from descant.conductor.settings import ConductorSettings
from descant.learner.knot import PRESETS
from descant.learner.settings import LearnerSettings
from descant.parameters import Settings
from descant.programme.reading import load_programme
from descant.resources import load_profile, resource
from descant.stage.settings import StageSettings
from descant.synth.settings import SynthSettings

NODES: dict[str, type[Settings]] = {
    "conductor": ConductorSettings,
    "learner": LearnerSettings,
    "synth": SynthSettings,
    "stage": StageSettings,
}
PROGRAMMES = {"paper": "paper", "original": "original", "studies": "paper"}
"""Programme -> the profile that it is played with."""


def page_data() -> dict[str, Any]:
    """JSON for the page; `ui/main.js` documents the keys."""
    return {
        "version": metadata.version("descant"),
        "parameters": {node: _descriptors(kind) for node, kind in NODES.items()},
        "programmes": {name: _programme(name, profile) for name, profile in PROGRAMMES.items()},
        "presets": [list(preset) for preset in PRESETS],
        "shaders": _shaders(),
        "performance": base64.b64encode(resource("midi", "performance.mid").read_bytes()).decode(
            "ascii"
        ),
    }


def _descriptors(kind: type[Settings]) -> dict[str, dict[str, Any]]:
    """Parameter -> default, and low, high, choices, what it means where there are such.

    `ui/shared.js` adds what is left out here.
    """
    defaults = kind.defaults()
    described = {
        name: {"low": d.ge, "high": d.le, "choices": list(d.choices), "what": d.description}
        for name, d in kind.descriptors().items()
    }
    return {
        name: {"default": defaults[name], **{k: v for k, v in given.items() if v not in (None, [])}}
        for name, given in described.items()
    }


def _programme(name: str, profile: str) -> dict[str, Any]:
    """Title, profile, parts, and the profile's values that differ from the defaults, by node."""
    programme = load_programme(name)
    given = load_profile(profile)
    parts = [
        {
            "name": part.name,
            "title": part.title,
            **{s: dict(part.overrides(s)) for s in ("learner", "synth", "stage")},
        }
        for part in programme.parts
    ]
    settings = {node: kind.of(_known(kind, given.get(node, {}))) for node, kind in NODES.items()}
    base = {node: _changed(value) for node, value in settings.items()}
    return {"title": programme.title, "profile": profile, "parts": parts, "base": base}


def _known(kind: type[Settings], values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in kind.descriptors()}


def _changed(settings: Settings) -> dict[str, Any]:
    defaults = type(settings).defaults()
    return {n: v for n, v in settings.values().items() if v != defaults[n]}


def _shaders() -> dict[str, str]:
    folder = package_files.files("descant.stage") / "shaders"
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir()}
