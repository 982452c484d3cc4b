# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant parameters`: print every parameter of every node, with range and meaning."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from descant.console import print_table
from descant.errors import UserError
from descant.parameters import Settings, has_texts

# node -> (module, class) of its settings
SETTINGS = {
    "piano": ("descant.piano.settings", "PianoSettings"),
    "learner": ("descant.learner.settings", "LearnerSettings"),
    "conductor": ("descant.conductor.settings", "ConductorSettings"),
    "synth": ("descant.synth.settings", "SynthSettings"),
    "camera": ("descant.camera.settings", "CameraSettings"),
    "stage": ("descant.stage.settings", "StageSettings"),
    "recorder": ("descant.bags.settings", "RecorderSettings"),
    "render": ("descant.render.settings", "RenderSettings"),
}


def settings_of(node: str) -> type[Settings]:
    """Return the settings class of `node`; `UserError` lists the nodes."""
    if node not in SETTINGS:
        raise UserError(f"no parameters of '{node}'; known nodes: {', '.join(SETTINGS)}")
    module, name = SETTINGS[node]
    kind: type[Settings] = getattr(importlib.import_module(module), name)
    return kind


@click.command()
@click.argument("nodes", nargs=-1)
def command(nodes: tuple[str, ...]) -> None:
    """Print the parameters of NODES (default: all) with default, unit, range and meaning."""
    kinds = {node: settings_of(node) for node in nodes or SETTINGS}
    for node, kind in kinds.items():
        print_table(
            ("parameter", "default", "unit", "range", "meaning"), list(_rows(kind)), title=node
        )
        click.echo()


def _rows(kind: type[Settings]) -> Iterator[tuple[str, ...]]:
    for name, descriptor in kind.descriptors().items():
        default = kind.defaults()[name]
        start_only = "" if descriptor.live else " (set at the start only)"
        yield (
            name,
            " ".join(default) if has_texts(default) else str(default),
            descriptor.unit,
            descriptor.range_text(),
            descriptor.description + start_only,
        )
