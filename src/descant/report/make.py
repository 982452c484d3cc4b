"""From bags to a report, and to its figures for print."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from descant.errors import UserError
from descant.report import figure_list, style
from descant.report.analysis import Analysis, analyse
from descant.report.gather import gather
from descant.report.page import labels, page
from descant.synth.settings import SynthSettings

Done = Callable[[str], None]
"""Told what is being done next."""


def analysed(
    bags: Sequence[Path], synth: SynthSettings, *, seed: int = 1, doing: Done = lambda what: None
) -> list[Analysis]:
    """Read and measure every bag, in their order; `UserError` names the first that cannot be."""
    found = []
    for bag in bags:
        doing(f"reading {bag.name}")
        gathered = gather(bag)
        doing(f"measuring {bag.name}")
        found.append(analyse(gathered, synth, seed=seed))
    return found


def write_page(
    analyses: Sequence[Analysis], path: Path, *, title: str = "", profile: str = "paper"
) -> int:
    """Write the page, whole or not at all; its size in bytes."""
    one = len(analyses) == 1
    title = title or (analyses[0].gathered.name if one else f"{len(analyses)} recordings")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-", suffix=".html")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for piece in page(analyses, title, f"the profile {profile}", _release()):
                file.write(piece)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return path.stat().st_size


def write_figures(
    analyses: Sequence[Analysis], folder: Path, form: str, *, doing: Done = lambda what: None
) -> list[Path]:
    """Every figure for print; of several recordings each gets a folder of its own in `folder`."""
    made = []
    one = len(analyses) == 1
    with style.style():
        for label, analysis in zip(labels(analyses), analyses, strict=True):
            doing(f"drawing {label}")
            place = folder if one else folder / label
            made.append(figure_list.save(figure_list.over_time(analysis), place, form))
            made += [figure_list.save(shown, place, form) for shown in figure_list.of_one(analysis)]
        if not one:
            shown = figure_list.of_many(labels(analyses), list(analyses))
            made.append(figure_list.save(shown, folder, form))
    return made


def _release() -> str:
    try:
        return version("descant")
    except PackageNotFoundError:
        return ""
