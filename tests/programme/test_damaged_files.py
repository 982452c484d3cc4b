# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Programmes that are damaged, or made to take all memory: read, or mistakes of one line each."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from descant.programme.reading import read_programme
from support.mutations import Mutation, mutate, survives

FILES = sorted((Path(__file__).parents[2] / "share" / "programmes").glob("*.yaml"))


def whole(data: bytes, folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_bytes(data)
    programme, mistakes = read_programme(path)
    assert (programme is None) == bool(mistakes)
    assert all(mistake.text.isprintable() for mistake in mistakes)


def mistaken(data: bytes, folder: Path) -> None:
    path = folder / "x.yaml"
    path.write_bytes(data)
    programme, _ = read_programme(path)
    assert programme is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_damaged_programmes(path: Path) -> None:
    survives(mutate(path.read_bytes(), 20), whole)


@pytest.mark.proof
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_many_damaged_programmes(path: Path) -> None:
    survives(mutate(path.read_bytes(), 2_000, seed=1), whole)


def lists(key: str) -> str:
    """Lists of which each is nine times the one before."""
    lines = [f"a: &a {key}"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghi")]
    return "\n".join([*lines, "parts: [{name: a, title: A, camera: *i, learner: *i}]"])


BOMBS = {
    "brackets": "[" * 600,
    "levels": "- " * 30_000,
    "lists": lists("[1, 2, 3]"),
    "merged": "a: &a {x: 1}\nb: &b {<<: [*a, *a]}\nparts: [{<<: [*b, *b, *b]}]",
    "itself": "parts: &p [*p, &q {learner: *q}]",
    "parts": "parts: [" + "{name: a}," * 1_000 + "]",
    "keys": "parts:\n- learner:\n" + "".join(f"    k{n}: 1\n" for n in range(1_000)),
    "number": f"parts: [{{name: a, title: A, camera: {'9' * 50_000}}}]",
    "sixties": f"parts: [{{name: a, title: A, camera: {':'.join(['1'] * 9_000)}.5}}]",
    "date": "parts: [{name: a, title: A, camera: 2001-99-99}]",
    "binary": "parts: [{name: a, title: A, camera: !!binary '!'}]",
    "character": 'parts: [{name: a, title: "\\UFFFFFFFF"}]',
    "python": "parts: !!python/object/apply:os.system ['true']",
}


@pytest.mark.slow
def test_a_programme_made_to_grow_is_a_mistake() -> None:
    survives([Mutation(name, text.encode()) for name, text in BOMBS.items()], mistaken)
