# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write the page of a report, and its figures for print."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from descant.plain_text import plain
from descant.report import figure_list, style
from descant.report.analysis import Analysis, Progress
from descant.report.page import labels, page
from descant.whole_file import whole_folder, write_whole


def write_page(
    analyses: Sequence[Analysis], path: Path, *, title: str = "", profile: str = "paper"
) -> int:
    """Write the page, completely or not at all; return its size in bytes."""
    one = len(analyses) == 1
    title = title or (analyses[0].data.name if one else f"{len(analyses)} recordings")
    text = "".join(page(analyses, plain(title), f"the profile {profile}", _release()))
    content = text.encode("utf-8")
    write_whole(path, content)
    return len(content)


def write_figures(
    analyses: Sequence[Analysis], folder: Path, form: str, *, progress: Progress = lambda what: None
) -> list[Path]:
    """Write every figure for print, all or none; return their paths.

    Of several recordings each has its own folder in `folder`.
    """
    written = []
    one = len(analyses) == 1
    with whole_folder(folder) as unfinished, style.style():
        for label, analysis in zip(labels(analyses), analyses, strict=True):
            progress(f"drawing {label}")
            place = unfinished if one else unfinished / label
            figures = (
                figure_list.timeline_figure(analysis), *figure_list.recording_figures(analysis)
            )  # fmt: skip
            written += [figure_list.save(figure, place, form) for figure in figures]
        if not one:
            comparison = figure_list.comparison_figure(labels(analyses), list(analyses))
            written.append(figure_list.save(comparison, unfinished, form))
    return [folder / path.relative_to(unfinished) for path in written]


def _release() -> str:
    try:
        return version("descant")
    except PackageNotFoundError:
        return ""
