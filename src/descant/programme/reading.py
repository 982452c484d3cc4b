# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read a programme from its YAML file: every mistake with its line and what was expected there."""

from __future__ import annotations

from pathlib import Path

import yaml

from descant.errors import UserError, did_you_mean
from descant.paths import read_small, user_path
from descant.programme.programme import Programme
from descant.programme.yaml_reader import Mistake, ProgrammeReader
from descant.resources import resource, share

FOLDER = "programmes"
SUFFIXES = (".yaml", ".yml")
LARGEST_BYTES = 65_536


def available() -> list[str]:
    """Names of the programmes that the package brings."""
    return sorted(path.stem for path in (share() / FOLDER).glob("*.yaml"))


def find(text: str) -> Path:
    """The file of a programme: a name of the package, or a path; `UserError` for neither."""
    path = user_path(text)
    if path.suffix in SUFFIXES or "/" in text:
        return path
    names = available()
    if text in names:
        return resource(FOLDER, f"{text}.yaml")
    hint = did_you_mean(text, names) or "programmes: " + ", ".join(names)
    raise UserError(f"no programme '{text}'; {hint} (or the path of a .yaml file)")


def load_programme(text: str) -> Programme:
    """The programme that `text` names; `UserError` says what is wrong with its file, and where."""
    path = find(text)
    programme, mistakes = read_programme(path)
    if programme is None:
        first, more = mistakes[0], len(mistakes) - 1
        rest = f" (and {more} more: descant programme check {path})" if more else ""
        raise UserError(f"{path}:{first.line}: {first.text}{rest}")
    return programme


def read_programme(path: Path) -> tuple[Programme | None, list[Mistake]]:
    """The programme in a file, None where there are mistakes; `UserError` for no readable file."""
    text = _read(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(filter(None, (error.context, error.problem)))
        return None, [Mistake(mark.line + 1 if mark else 1, f"not YAML: {reason}")]
    except RecursionError:
        return None, [Mistake(1, "not YAML: nested too deeply")]
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # ValueError: '\UFFFFFFFF'
        return None, [Mistake(1, f"not YAML: {' '.join(str(error).split())}")]
    reader = ProgrammeReader(loader)
    programme = reader.programme(node, path.stem)
    mistakes = sorted(reader.mistakes, key=lambda mistake: mistake.line)
    return (None if mistakes else programme), mistakes


def _read(path: Path) -> str:
    try:
        return read_small(path, LARGEST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a text file in UTF-8") from None
