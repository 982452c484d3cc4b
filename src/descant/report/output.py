"""Write the page of a report, and its figures for print."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from descant.errors import writing
from descant.report import figure_list, style
from descant.report.analysis import Analysis, Progress
from descant.report.page import labels, page


def write_page(
    analyses: Sequence[Analysis], path: Path, *, title: str = "", profile: str = "paper"
) -> int:
    """Write the page, completely or not at all; return its size in bytes."""
    one = len(analyses) == 1
    title = title or (analyses[0].data.name if one else f"{len(analyses)} recordings")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-", suffix=".html")
    unfinished = Path(name)
    try:
        with writing(path):
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(page(analyses, title, f"the profile {profile}", _release()))
            unfinished.chmod(0o644)
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path.stat().st_size


def write_figures(
    analyses: Sequence[Analysis], folder: Path, form: str, *, progress: Progress = lambda what: None
) -> list[Path]:
    """Write every figure for print; of several recordings each has its own folder in `folder`."""
    written = []
    one = len(analyses) == 1
    with style.style():
        for label, analysis in zip(labels(analyses), analyses, strict=True):
            progress(f"drawing {label}")
            place = folder if one else folder / label
            figures = (
                figure_list.timeline_figure(analysis), *figure_list.recording_figures(analysis)
            )  # fmt: skip
            written += [figure_list.save(figure, place, form) for figure in figures]
        if not one:
            comparison = figure_list.comparison_figure(labels(analyses), list(analyses))
            written.append(figure_list.save(comparison, folder, form))
    return written


def _release() -> str:
    try:
        return version("descant")
    except PackageNotFoundError:
        return ""
