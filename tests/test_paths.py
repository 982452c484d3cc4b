# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Typed paths: what `~` means, and where it means nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from descant.camera.settings import parse_picture_source
from descant.errors import UserError
from descant.path_arguments import INPUT, OUTPUT_FOLDER
from descant.paths import user_path
from descant.piano.settings import parse_midi_source
from descant.programme.reading import find as programme_file


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/a home")


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("~", "/a home"),
        ("~/x/y.mid", "/a home/x/y.mid"),
        ("x~/y", "x~/y"),
        ("~nobody-of-that-name/x", "~nobody-of-that-name/x"),
        ("", "."),
    ],
)
def test_home_is_what_the_shell_means(home: None, typed: str, path: str) -> None:
    assert user_path(typed) == Path(path)
    assert user_path(Path(typed)) == Path(path)


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_home_a_tilde_is_one_line(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("HOME")
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # an unknown user's
    else:
        monkeypatch.setenv("HOME", value)
    with pytest.raises(UserError, match=r"^~/x: there is no home folder: set HOME"):
        user_path("~/x")
    assert user_path("/x") == Path("/x")


@pytest.mark.parametrize(
    "path",
    [
        lambda: parse_midi_source("file:~/x/y.mid").path,
        lambda: parse_midi_source("bag:~/x/y.mid").path,
        lambda: parse_picture_source("file:~/x/y.mid").path,
        lambda: programme_file("~/x/y.mid"),
        lambda: INPUT.convert("~/x/y.mid", None, None),
        lambda: OUTPUT_FOLDER.convert("~/x/y.mid", None, None),
    ],
)
def test_home_means_the_same_in_every_parameter(home: None, path: Callable[[], Path]) -> None:
    """Those of synth, recorder and stage: tests/nodes/test_participants.py."""
    assert path() == Path("/a home/x/y.mid")


def test_a_nul_is_one_line() -> None:
    for typed in ("~\0/x", "/x\0"):
        with pytest.raises(UserError, match="no path has a NUL"):
            user_path(typed)
