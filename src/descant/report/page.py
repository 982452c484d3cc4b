"""The page: text, tables, figures, the time axes and all they need, in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from descant.report import figure_list, fonts, style
from descant.report.analysis import Analysis
from descant.report.formatting import DASH, MINUS, NONE, clock, number
from descant.report.summary import facts
from descant.report.svg import inline
from descant.report.timeline_data import packed

HINT = (
    "Point at a moment to read it. Drag to move; ctrl and wheel, or two fingers, to look closer; "
    "double-click to see all. The strip on top shows where you are."
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:"
"""What the page may load: nothing at all but what is in it."""


def page(analyses: Sequence[Analysis], title: str, synth: str, release: str) -> Iterator[str]:
    """The file in pieces. `synth` names the synthesiser's settings, `release` the program."""
    yield _head(title)
    one = len(analyses) == 1
    if one:
        yield f"<h1>{escape(title)}</h1>"
        yield from _recording(analyses[0], 0)
    else:
        yield f"<h1>{escape(title)}</h1>"
        yield from _comparison(analyses)
        for index, analysis in enumerate(analyses):
            yield f'<h2 id="r{index}">{escape(analysis.gathered.name)}</h2>'
            yield from _recording(analysis, index)
    yield _foot(analyses, synth, release)


def labels(analyses: Sequence[Analysis]) -> list[str]:
    """A short name for each recording, unlike all others."""
    names = [analysis.gathered.name for analysis in analyses]
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
<title>{escape(title)} · descant</title>
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
        drawn = [_figure(shown, f"f{index}-{shown.name}") for shown in figure_list.of_one(analysis)]
    yield f'<div class="figures">\n{_findings(analysis)}{"".join(drawn)}</div>\n'
    yield _faults(analysis)


def _lead(analysis: Analysis) -> str:
    gathered, converged = analysis.gathered, sum(analysis.gathered.columns["episodes"]["converged"])
    episodes = len(gathered.columns["episodes"]["converged"])
    when = gathered.key.partition("@")[2]
    moment = f"{when[:4]}-{when[4:6]}-{when[6:8]}, {when[9:11]}:{when[11:13]}:{when[13:15]} UTC"
    return (
        f"Recorded {moment}: {clock(round(gathered.duration))} min, {len(analysis.bars.start):,} "
        f"notes, {episodes:,} episodes of learning, of which {converged:,} came to rest."
    )


def _timeline(analysis: Analysis) -> str:
    data = packed(
        analysis.gathered, analysis.bars, analysis.attempts, analysis.courses,
        faults=analysis.faults, threshold=analysis.threshold,
    )  # fmt: skip
    return f"""<section class="timeline" aria-label="Over time">
<div class="bar"><output data-hint="{HINT}">{HINT}</output>
<div class="zoom"><button data-zoom="in" aria-label="look closer">+</button>
<button data-zoom="out" aria-label="see more">{MINUS}</button>
<button data-zoom="all">all</button></div></div>
<div><canvas tabindex="0" role="img" aria-label="{escape(_lead(analysis), quote=True)} Over time:
keys, loss, gradient, dissonance, density, velocity and faults. Arrow keys move, plus and minus
zoom, home shows all.">This browser draws no canvas.</canvas></div>
<p class="key"><span>notes<b></b>in tune (loss {number(analysis.threshold)}) to out of tune (2);
fainter: softer</span><span>● came to rest</span><span>dotted: threshold</span>
<span>grey below the keys: sustain pedal</span></p>
<script type="application/json">{data}</script>
</section>
"""


def _findings(analysis: Analysis) -> str:
    if any(relation.test for relation in analysis.relations):
        items = "".join(f"<li>{escape(r.sentence())}</li>" for r in analysis.relations)
        said = f"<ul>{items}</ul>"
    else:
        said = f"<p>Not tested: {escape(analysis.relations[0].why)}.</p>"
    return f'<section class="findings"><h3>Who follows whom?</h3>{said}</section>\n'


def _figure(shown: figure_list.Shown, name: str, kind: str = "") -> str:
    drawn = inline(shown.figure, name, shown.title)
    if kind:
        drawn = f'<div class="scroll">{drawn}</div>'
    return (
        f'<figure class="{kind}" id="{name}">{drawn}'
        f"<figcaption><b>{escape(shown.title)}.</b> {escape(shown.caption)}</figcaption></figure>\n"
    )


def _faults(analysis: Analysis) -> str:
    rows = [
        f"<tr><td>{escape(f.kind)}</td><td>{f.count:,}</td><td>{_when(f.times)}</td>"
        f'<td class="words">{escape(f.meaning)}</td></tr>'
        for f in analysis.faults
    ]
    rows += [
        f'<tr><td>damage</td><td></td><td></td><td class="words">{escape(text)}</td></tr>'
        for text in analysis.gathered.damage
    ]
    return (
        '<h3>Faults</h3>\n<div class="scroll"><table><thead><tr><th>kind</th><th>number</th>'
        f'<th>first {DASH} last (min:s)</th><th class="words">meaning</th></tr></thead><tbody>'
        f"{''.join(rows)}</tbody></table></div>\n"
    )


def _when(times: Sequence[float]) -> str:
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
    length = sum(analysis.gathered.duration for analysis in analyses)
    notes = sum(len(analysis.bars.start) for analysis in analyses)
    yield (
        f'<p class="lead">{clock(round(length))} min and {notes:,} notes together.</p>'
        '<div class="beside"><div class="scroll"><table><thead><tr>'
        f"<th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
    )
    with style.style():
        drawn = _figure(figure_list.of_many(names, list(analyses)), "comparison", "wide")
    yield f"{drawn}</div>\n"


def _foot(analyses: Sequence[Analysis], synth: str, release: str) -> str:
    seeds = {r.test.seed for a in analyses for r in a.relations if r.test}
    seed = f" with seed {', '.join(map(str, sorted(seeds)))}" if seeds else ""
    return f"""<footer><p>Dissonance: Sethares (1993), of all partials that sound, by the
synthesiser's settings of {escape(synth)}, in units of two sines at full velocity. Correlations:
of log loss, dissonance, note density and mean velocity every 0.25 s; each tested against the same
series shifted in a circle{seed}, and p corrected after Holm for {len(analyses[0].relations)} pairs.
descant {escape(release)}.</p></footer>
<script>
{_file("tracks.js")}{_file("timeline.js")}</script>
</body>
</html>
"""


def _file(name: str) -> str:
    return (resources.files("descant.report") / "page" / name).read_text(encoding="utf-8")
