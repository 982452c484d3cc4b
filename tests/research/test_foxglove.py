# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The Foxglove layout names only what the messages have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from descant.bags.cdr import FORMATS
from descant.bags.definitions import fields_of_types, full_definition
from descant.topics import CAMERA_COMPRESSED

ROOT = Path(__file__).parents[2]
LAYOUT = json.loads((ROOT / "share" / "foxglove" / "descant.json").read_text())
PATH = re.compile(r"^(/[\w/]+)(?:\{(\w+)==(\w+)\})?((?:\.\w+(?:\[\d*:?\d*\])?)*)$")


def topics() -> dict[str, str]:
    """Topic to message type: every .msg file says what it is published on."""
    found = {CAMERA_COMPRESSED.name: CAMERA_COMPRESSED.message_type}
    for path in (ROOT / "msg").glob("*.msg"):
        match = re.search(r"Published by: .* on (/\w+)", path.read_text())
        assert match, f"{path.name} does not add_block its topic"
        found[match[1]] = f"descant/msg/{path.stem}"
    return found


def paths(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("value", "topicPath", "imageTopic"):
                yield value
            else:
                yield from paths(value)
    elif isinstance(node, list):
        for value in node:
            yield from paths(value)


def panels(layout: Any) -> Iterator[str]:
    if isinstance(layout, str):
        yield layout
    else:
        yield from panels(layout["first"])
        yield from panels(layout["second"])


@pytest.mark.parametrize("path", sorted(set(paths(LAYOUT["configById"]))))
def test_every_path_exists_and_what_is_plotted_is_a_plain_number(path: str) -> None:
    match = PATH.match(path)
    assert match, f"not a message path: {path}"
    topic, where, _, steps = match.groups()
    kind = topics()[topic]
    types = fields_of_types(kind, full_definition(kind))
    fields = {field.name: field for field in types[kind.replace("/msg/", "/")]}
    assert where is None or where in fields
    for step in [s for s in steps.split(".") if s]:
        name, _, index = step.partition("[")
        assert name in fields, f"{kind} has no {name}"
        assert fields[name].kind in FORMATS
        assert (fields[name].count is not None) == bool(index)


def test_every_panel_is_shown_and_notes_loss_gradient_picture_part_and_state_are_there() -> None:
    assert sorted(panels(LAYOUT["layout"])) == sorted(LAYOUT["configById"])
    wanted = {"/learner_state.loss", "/learner_state.gradient[:]", "/part.part", "/learner_state"}
    assert wanted | {CAMERA_COMPRESSED.name, "/notes{kind==1}.key"} <= set(paths(LAYOUT))
