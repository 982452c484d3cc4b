# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What one part is: a name, a title, and the parameters in which it differs from the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError, Settings, Value, json_object
from descant.stage.settings import StageSettings
from descant.synth.settings import SynthSettings

SECTIONS: Mapping[str, type[Settings]] = MappingProxyType(
    {"learner": LearnerSettings, "synth": SynthSettings, "stage": StageSettings}
)
"""Node -> its settings: whose parameters a part may override."""

KEYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "trigger": ("learner", "trigger"),
        "family": ("learner", "family"),
        "curve": ("stage", "curve"),
        "past_episodes": ("stage", "past_episodes"),
        "camera": ("stage", "camera_brightness"),
        "distortion": ("stage", "distortion"),
        "distortion_signals": ("stage", "distortion_signals"),
        "bubbles": ("stage", "bubble_events"),
        "detune": ("synth", "detune"),
    }
)
"""Key of a part in the YAML file -> (section, parameter) that it sets."""

RESERVED = ("part", "start", "seed", "arithmetic")
"""Parameters of the whole performance, or of where it is; no part can override them."""

VERSION = 1
LONGEST_JSON = 65_536  # characters
LONGEST_TITLE = 100  # characters, of a name or a title


@dataclass(frozen=True)
class PartDescription:
    """One part of a programme. `learner`, `synth` and `stage` map parameters to their values.

    Every parameter that is not in them keeps the value that the node was started with.
    """

    name: str
    title: str
    learner: Mapping[str, Value] = field(default_factory=dict)
    synth: Mapping[str, Value] = field(default_factory=dict)
    stage: Mapping[str, Value] = field(default_factory=dict)

    def overrides(self, section: str) -> Mapping[str, Value]:
        """The overrides of 'learner', 'synth' or 'stage'."""
        found: Mapping[str, Value] = getattr(self, section)
        return found

    def parameter(self, section: str, name: str) -> Value:
        """The value of a parameter in this part: its override, else the parameter's default."""
        value: Value = self.overrides(section).get(name, SECTIONS[section].defaults()[name])
        return value

    def to_json(self) -> str:
        """One JSON object; `from_json` gives the same description back."""
        sections = {section: dict(self.overrides(section)) for section in SECTIONS}
        return json.dumps({"version": VERSION, "name": self.name, "title": self.title, **sections})

    @staticmethod
    def from_json(text: str) -> PartDescription:
        """The description that `to_json` wrote; `ParameterError` for any other text."""
        return _from_json(text)


NONE = PartDescription("", "")
"""Of a part that nothing is known about: no override at all."""


@lru_cache(maxsize=256)
def _from_json(text: str) -> PartDescription:
    if len(text) > LONGEST_JSON:
        raise ParameterError(f"a part's description has at most {LONGEST_JSON} characters")
    values = json_object(text, "a part's description is")
    version = values.get("version")
    if version != VERSION:
        raise ParameterError(f"a part's description of version {version!r}, expected {VERSION}")
    sections = {section: _section(values, section) for section in SECTIONS}
    return PartDescription(_text(values, "name"), _text(values, "title"), **sections)


def _text(values: Mapping[str, Any], key: str) -> str:
    text = values.get(key)
    if not isinstance(text, str) or not text.isprintable() or len(text) > LONGEST_TITLE:
        raise ParameterError(
            f"'{key}' in a part's description is a text of at most {LONGEST_TITLE} characters"
        )
    return text


def _section(values: Mapping[str, Any], section: str) -> dict[str, Value]:
    given = values.get(section, {})
    if not isinstance(given, dict):
        raise ParameterError(f"'{section}' in a part's description is not an object")
    return {name: checked_override(section, name, value) for name, value in given.items()}


def checked_override(section: str, name: str, value: Any) -> Value:
    """`value` as a part may give it to a parameter; `ParameterError` says why it may not."""
    kind = SECTIONS[section]
    found = kind.checked(name, value)
    if name in RESERVED:
        raise ParameterError(f"parameter '{name}' cannot differ from part to part")
    if not kind.descriptors()[name].live:
        raise ParameterError(f"parameter '{name}' is fixed at the start: no part can change it")
    return found
