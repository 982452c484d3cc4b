# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page: text, tables, figures and interactive time axes in one HTML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from descant.report import figure_list, fonts, style
from descant.report.analysis import Analysis
from descant.report.diagnostics import diagnostics_table
from descant.report.formatting import DASH, MINUS, NONE, clock, number
from descant.report.summary import facts
from descant.report.svg import inline
from descant.report.timeline_data import timeline_json

HINT = (
    "Point at the time axis to read values. Drag to move; ctrl and wheel, or two fingers, to zoom; "
    "double-click to show everything. The strip at the top shows the visible section."
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:"
"""Content security policy: the page loads nothing from outside."""


def page(analyses: Sequence[Analysis], title: str, synth: str, release: str) -> Iterator[str]:
    """Yield the file in pieces. `synth` names the synthesiser's settings, `release` the version."""
    yield f"{_head(title)}<h1>{escape(title)}</h1>"
    if len(analyses) == 1:
        yield from _recording(analyses[0], 0)
    else:
        yield from _comparison(analyses)
        for index, analysis in enumerate(analyses):
            yield f'<h2 id="r{index}">{escape(analysis.data.name)}</h2>'
            yield from _recording(analysis, index)
    yield _footer(analyses, synth, release)


def labels(analyses: Sequence[Analysis]) -> list[str]:
    """A unique short name for each recording."""
    names = [analysis.data.name for analysis in analyses]
    same = {name for name in names if names.count(name) > 1}
    return [f"{n} ({i})" if n in same else n for i, n in enumerate(names, start=1)]


def _head(title: str) -> str:
    variables = [{role: pair[mode] for role, pair in style.ROLES.items()} for mode in (0, 1)]
    for mode, heat in enumerate((style.HEAT, style.HEAT_DARK)):
        variables[mode] |= {f"heat-{n}": colour for n, colour in enumerate(heat)}
    light, dark = (";".join(f"--{k}:{v}" for k, v in mode.items()) for mode in variables)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · Descant</title>
<style>
{fonts.faces()}
:root{{color-scheme:light dark;{light}}}
@media(prefers-color-scheme:dark){{:root{{{dark}}}}}
{_file("page.css")}</style>
</head>
<body>
"""


def _recording(analysis: Analysis, index: int) -> Iterator[str]:
    yield f'<p class="lead">{escape(_lead(analysis))}</p>\n'
    cells = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}"
        f"{f'<small>{escape(unit)}</small>' if unit else ''}</dd></div>"
        for name, value, unit in facts(analysis)
    )
    yield f'<dl class="facts">{"".join(cells)}</dl>\n'
    yield _timeline(analysis)
    with style.style():
        figures = figure_list.recording_figures(analysis)
        drawn = [_figure(figure, f"f{index}-{figure.name}") for figure in figures]
    yield f'<div class="figures">\n{_correlations(analysis)}{"".join(drawn)}</div>\n'
    yield _faults(analysis)
    yield diagnostics_table(analysis.data)


def _lead(analysis: Analysis) -> str:
    data, converged = analysis.data, sum(analysis.data.columns["episodes"]["converged"])
    episodes = len(data.columns["episodes"]["converged"])
    when = data.key.partition("@")[2]
    moment = f"{when[:4]}-{when[4:6]}-{when[6:8]}, {when[9:11]}:{when[11:13]}:{when[13:15]} UTC"
    return (
        f"Recorded {moment}: {clock(round(data.duration))} min, {len(analysis.notes.start):,} "
        f"notes, {episodes:,} episodes of learning, {converged:,} of them converged."
    )


def _timeline(analysis: Analysis) -> str:
    data = timeline_json(
        analysis.data, analysis.notes, analysis.attempts, analysis.series,
        faults=analysis.faults, threshold=analysis.threshold,
    )  # fmt: skip
    return f"""<section class="timeline" aria-label="Over time">
<div class="bar"><output data-hint="{HINT}">{HINT}</output>
<div class="zoom"><button data-zoom="in" aria-label="zoom in">+</button>
<button data-zoom="out" aria-label="zoom out">{MINUS}</button>
<button data-zoom="all">all</button></div></div>
<div><canvas tabindex="0" role="img" aria-label="{escape(_lead(analysis), quote=True)} Over time:
keys, loss, gradient, dissonance, density, velocity and faults. Arrow keys move, plus and minus
zoom, home shows everything.">This browser does not support canvas.</canvas></div>
<p class="key"><span>notes<b></b>in tune (loss {number(analysis.threshold)}) to out of tune (2);
fainter: softer</span><span>● converged</span><span>dotted: threshold</span>
<span>grey below the keys: sustain pedal</span></p>
<script type="application/json">{data}</script>
</section>
"""


def _correlations(analysis: Analysis) -> str:
    if any(correlation.test for correlation in analysis.correlations):
        items = "".join(f"<li>{escape(r.sentence())}</li>" for r in analysis.correlations)
        text = f"<ul>{items}</ul>"
    else:
        text = f"<p>Not tested: {escape(analysis.correlations[0].why_not)}.</p>"
    return f'<section class="correlations"><h3>Lagged correlations</h3>{text}</section>\n'


def _figure(figure: figure_list.ReportFigure, name: str, kind: str = "") -> str:
    drawn = inline(figure.figure, name, figure.title)
    if kind:
        drawn = f'<div class="scroll">{drawn}</div>'
    caption = f"<b>{escape(figure.title)}.</b> {escape(figure.caption)}"
    return (
        f'<figure class="{kind}" id="{name}">{drawn}<figcaption>{caption}</figcaption></figure>\n'
    )


def _faults(analysis: Analysis) -> str:
    rows = [
        f"<tr><td>{escape(f.kind)}</td><td>{f.count:,}</td><td>{_first_to_last(f.times)}</td>"
        f'<td class="words">{escape(f.meaning)}</td></tr>'
        for f in analysis.faults
    ]
    rows += [
        f'<tr><td>damage</td><td></td><td></td><td class="words">{escape(text)}</td></tr>'
        for text in analysis.data.damage
    ]
    return (
        '<h3>Faults</h3>\n<div class="scroll"><table><thead><tr><th>kind</th><th>number</th>'
        f'<th>first {DASH} last (min:s)</th><th class="words">meaning</th></tr></thead><tbody>'
        f"{''.join(rows)}</tbody></table></div>\n"
    )


def _first_to_last(times: Sequence[float]) -> str:
    if not times:
        return NONE
    first, last = clock(round(times[0], 1)), clock(round(times[-1], 1))
    return first if first == last else f"{first} {DASH} {last}"


def _comparison(analyses: Sequence[Analysis]) -> Iterator[str]:
    names = labels(analyses)
    head = "".join(f'<th><a href="#r{n}">{escape(name)}</a></th>' for n, name in enumerate(names))
    every = [facts(analysis) for analysis in analyses]
    rows = []
    for row in zip(*every, strict=True):
        name, units = row[0][0], {unit for _, _, unit in row}
        shared = row[0][2] if len(units) == 1 else ""
        title = f"{escape(name)} <small>{escape(shared)}</small>" if shared else escape(name)
        cells = (
            f"<td>{escape(v)}{f' <small>{escape(u)}</small>' if u and not shared else ''}</td>"
            for _, v, u in row
        )
        rows.append(f"<tr><td>{title}</td>{''.join(cells)}</tr>")
    length = sum(analysis.data.duration for analysis in analyses)
    notes = sum(len(analysis.notes.start) for analysis in analyses)
    yield (
        f'<p class="lead">{clock(round(length))} min and {notes:,} notes in total.</p>'
        '<div class="comparison"><div class="scroll"><table><thead><tr>'
        f"<th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
    )
    with style.style():
        drawn = _figure(figure_list.comparison_figure(names, list(analyses)), "comparison", "wide")
    yield f"{drawn}</div>\n"


def _footer(analyses: Sequence[Analysis], synth: str, release: str) -> str:
    seeds = {r.test.seed for a in analyses for r in a.correlations if r.test}
    seed = f" with seed {', '.join(map(str, sorted(seeds)))}" if seeds else ""
    return f"""<footer><p>Dissonance: Sethares (1993), of all partials that sound, by the
synthesiser's settings of {escape(synth)}, in units of two sines at full velocity. Correlations:
of log loss, dissonance, note density and mean velocity every 0.25 s; each tested against the same
series shifted circularly{seed}, p corrected after Holm for {len(analyses[0].correlations)} pairs.
Descant {escape(release)}.</p></footer>
<script>
{_file("tracks.js")}{_file("timeline.js")}</script>
</body>
</html>
"""


def _file(name: str) -> str:
    return (resources.files("descant.report") / "page" / name).read_text(encoding="utf-8")
