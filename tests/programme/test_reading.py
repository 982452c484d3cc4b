# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A programme from its file: what is read, and every mistake with its line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from descant.errors import UserError
from descant.programme.part_description import KEYS, RESERVED, SECTIONS, PartDescription
from descant.programme.programme import Programme
from descant.programme.reading import (
    LARGEST_BYTES,
    available,
    find,
    load_programme,
    read_programme,
)
from descant.types import MOST_PARTS
from support.properties import examples

SHARE = Path(__file__).parents[2] / "share" / "programmes"
SHIPPED = sorted(path.stem for path in SHARE.glob("*.yaml"))
PART = "  - name: a\n    title: A\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programmes")


def mistakes(folder: Path, text: str) -> list[tuple[int, str]]:
    """Line and text of each mistake in a file of this content."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    programme, found = read_programme(path)
    assert (programme is None) == bool(found)
    return [(mistake.line, mistake.text) for mistake in found]


def of_part(lines: str) -> str:
    """A programme of one part with `lines` from line 4 on."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"parts:\n{PART}{body}"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_programme_of_the_package_has_no_mistakes(name: str) -> None:
    programme, found = read_programme(SHARE / f"{name}.yaml")
    assert found == []
    assert programme is not None
    assert programme.name == name
    assert programme.title != name
    for number, part in enumerate(programme.parts, start=1):
        assert programme.part(number) is part
        assert programme.number(part.name) == programme.number(str(number)) == number


def test_the_programmes_of_the_package_are_found_by_name() -> None:
    assert available() == SHIPPED
    assert {"paper", "original"} <= set(SHIPPED)
    assert find("paper").read_text() == (SHARE / "paper.yaml").read_text()
    assert find("mine.yaml") == Path("mine.yaml")
    assert find("./paper") == Path("paper")


def test_paper_and_original_are_the_same_but_for_their_values() -> None:
    """They are read side by side: same parts, same families, triggers and distortions."""
    paper, original = load_programme("paper"), load_programme("original")
    assert [part.name for part in paper.parts] == [part.name for part in original.parts]
    for one, other in zip(paper.parts, original.parts, strict=True):
        for section, name in KEYS.values():
            if name in ("trigger", "family", "distortion", "bubble_events", "curve"):
                assert one.parameter(section, name) == other.parameter(section, name)


def test_every_key_sets_its_parameter(folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(
        of_part(
            "trigger: held_chord\nfamily: knot\ncurve: thread\npast_episodes: 2\ncamera: 1\n"
            "distortion: shift\ndistortion_signals: loss, 2 * residual\nbubbles: all\n"
            "detune: 0.5 * residual\nlearner: {threshold: 1e-6, held_rate: 30}\n"
            "synth: {a4: 432}\nstage: {target_colour: [0.1, 1, 1e-3], overlay: true}\n"
        ),
        encoding="utf-8",
    )
    programme, found = read_programme(path)
    assert found == []
    assert programme is not None
    assert programme == Programme(
        "mine",
        "mine",
        (
            PartDescription(
                "a",
                "A",
                learner={
                    "trigger": "held_chord", "family": "knot", "threshold": 1e-6, "held_rate": 30.0
                },
                synth={"detune": "0.5 * residual", "a4": 432.0},
                stage={
                    "curve": "thread", "past_episodes": 2, "camera_brightness": 1.0,
                    "distortion": "shift", "distortion_signals": "loss, 2 * residual",
                    "bubble_events": "all", "target_colour": (0.1, 1.0, 1e-3), "overlay": True,
                },
            ),
        ),
    )  # fmt: skip
    assert isinstance(programme.parts[0].learner["held_rate"], float)
    assert {KEYS[key] for key in KEYS} <= {
        (section, name) for section in SECTIONS for name in SECTIONS[section].descriptors()
    }


def test_a_programme_has_1_to_32_parts(folder: Path) -> None:
    parts = "".join(f"  - name: p{n}\n    title: P\n" for n in range(MOST_PARTS))
    assert MOST_PARTS == 32
    assert mistakes(folder, "parts:\n" + parts) == []
    expected = (2, "'parts' must be a list of 1 to 32 parts")
    assert mistakes(folder, "parts:\n" + parts + "  - name: last\n    title: P\n") == [expected]
    assert mistakes(folder, "title: T\nparts: []\n") == [expected]
    assert mistakes(folder, "title: T\nparts: 4\n") == [expected]
    assert mistakes(folder, "title: T\nparts:\n  a: {}\n") == [(3, expected[1])]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "a programme must be 'KEY: VALUE' lines"),
        ("# nothing\n", 1, "a programme must be 'KEY: VALUE' lines"),
        ("- a\n- b\n", 1, "a programme must be 'KEY: VALUE' lines"),
        ("title: T\n", 1, "a programme needs the key 'parts'"),
        (f"titel: T\nparts:\n{PART}", 1, "a programme has no key 'titel'; did you mean 'title'?"),
        (f"zzz: T\nparts:\n{PART}", 1, "a programme has no key 'zzz'; keys: title, parts"),
        (f"title: T\ntitle: U\nparts:\n{PART}", 2, "key 'title' is given twice"),
        (f"title:\nparts:\n{PART}", 1, "'title' must be a text of 1 to 100 characters"),
        (f"title: [a]\nparts:\n{PART}", 1, "'title' must be a text of 1 to 100 characters"),
        (f'title: "a\\eb"\nparts:\n{PART}', 1, "'title' must be a text of 1 to 100 characters"),
        (f"? [a]\n: b\nparts:\n{PART}", 1, "a programme must be 'KEY: VALUE' lines"),
        (f'"a\\nb": c\nparts:\n{PART}', 1, "a programme has no key 'a?b'; keys: title, parts"),
        ("parts:\n  - a\n", 2, "a part must be 'KEY: VALUE' lines"),
        ("parts:\n  -\n", 2, "a part must be 'KEY: VALUE' lines"),
        ("parts:\n  - title: A\n", 2, "a part needs the key 'name'"),
        ("parts:\n  - name: a\n", 2, "a part needs the key 'title'"),
        ("parts:\n  - name:\n    title: A\n", 2, "'name' must be a text of 1 to 100 characters"),
        (
            "parts:\n  - title: A\n    name: My part\n",
            3,
            "name 'My part': expected a small letter, then small letters, digits, - or _",
        ),
        (f"parts:\n{PART}{PART}", 4, "two parts have the name 'a'"),
        (
            "parts:\n\t- a\n",
            2,
            r"not YAML: while scanning for the next token, found character '\t",
        ),
        ("parts: [1\ntitle: T", 2, "not YAML: while parsing a flow sequence, expected ',' or ']',"),
        ("parts: *a\n", 1, "not YAML: found undefined alias 'a'"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML: expected a single document in the stream, but found"),
        ("title: \x00\n", 1, "not YAML: unacceptable character #x0000"),
        ("[" * 5_000, 1, "not YAML: nested too deeply"),
    ],
)
def test_a_mistake_of_the_file_has_its_line(
    folder: Path, text: str, line: int, message: str
) -> None:
    [(found, said)] = mistakes(folder, text)
    assert (found, said[: len(message)]) == (line, message)


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("famly: knot", 4, "a part has no key 'famly'; did you mean 'family'?"),
        ("<<: {title: B}", 4, "a part has no key '<<'; keys: name, title, trigger, family, curve"),
        ("family: cubic\nfamily: knot", 5, "key 'family' is given twice"),
        ("family: knott", 4, "learner: parameter 'family' must be one of cubic, knot, harmonog"),
        (
            "trigger: chord",
            4,
            "learner: parameter 'trigger' must be one of bass_and_upper, held_ch",
        ),
        ("family: 3", 4, "learner: parameter 'family' must be a text, not 3"),
        ("camera: 1.5", 4, "'camera' must be 0 to 1"),
        ("camera: bright", 4, "'camera' must be a number, not 'bright'"),
        ("camera: .nan", 4, "'camera' must be finite, not nan"),
        ("camera: !!int ''", 4, "'camera' must be a number, not ''"),
        ("camera: !!bool x", 4, "'camera' must be a number, not 'x'"),
        ("camera: !!timestamp x", 4, "'camera' must be a number, not 'x'"),
        ("camera: !!python/name:os.system ''", 4, "'camera' must be a number, not ''"),
        ("camera: " + "9" * 5_000, 4, "'camera' must be finite, not inf"),
        ("camera: {a: 1}", 4, "expected one value or a list of numbers"),
        ("bubbles: keys", 4, "'bubbles' must be one of notes, pedals, all, not 'keys'"),
        ("distortion: 2", 4, "stage: parameter 'distortion' must be a text, not 2"),
        (
            "curve: line",
            4,
            "stage: parameter 'curve' must be one of auto, graph, thread, not",
        ),
        (
            "detune: los",
            4,
            "synth: parameter 'detune': no signal 'los' in 'los'; did you m",
        ),
        ("detune: loss, loss", 4, "synth: parameter 'detune' must be at most 1 signal, not 2"),
        (
            "distortion_signals: ''",
            4,
            "stage: parameter 'distortion_signals': '' in '' is no sig",
        ),
        ("learner: fast", 4, "'learner' must be 'KEY: VALUE' lines"),
        ("learner:", 4, "'learner' must be 'KEY: VALUE' lines"),
        ("learner: {rate: 1}", 4, "learner: unknown parameter 'rate'; "),
        (
            "learner: {learning_rat: 1}",
            4,
            "learner: unknown parameter 'learning_rat'; did you mean 'learning_rate'?",
        ),
        (
            "learner:\n  knot_rate: 60.0",
            5,
            "learner: parameter 'knot_rate' is now 'held_rate', which each part of a programme may",
        ),
        ("learner:\n  part: 2", 5, "learner: parameter 'part' cannot differ from part to part"),
        ("synth: {sink: none}", 4, "synth: parameter 'sink' is fixed at the start: no part can"),
        ("learner: {points: 10.0}", 4, "learner: parameter 'points' must be an integer, not 10.0"),
        ("learner: {threshold: [0.1]}", 4, "learner: parameter 'threshold' must be a number, not"),
        (
            "stage:\n  target_colour: [1, [2], 3]",
            5,
            "stage: expected one value or a list of numbers",
        ),
        (
            "stage: {target_colour: red}",
            4,
            "stage: parameter 'target_colour' must be a list of",
        ),
        (
            "family: knot\nlearner:\n  family: cubic",
            6,
            "parameter 'family' of learner is set twice, by 'family' too",
        ),
        (
            "camera: 0.5\nstage: {camera_brightness: 0.7}",
            5,
            "parameter 'camera_brightness' of stage is set twice, by 'camera' too",
        ),
        (
            "learner:\n  x_high: 0.5\n  x_low: 0.6",
            6,
            "learner: parameter 'x_low' must be below x_high (0.5), not 0.6",
        ),
        ("piano: {x: 1}", 4, "a part has no key 'piano'; keys: name, title, trigger"),
    ],
)
def test_a_mistake_of_a_part_has_its_line(
    folder: Path, lines: str, line: int, message: str
) -> None:
    [(found, said)] = mistakes(folder, of_part(lines))
    assert (found, said[: len(message)]) == (line, message)


@pytest.mark.parametrize("name", RESERVED)
def test_where_the_performance_is_no_part_can_say(folder: Path, name: str) -> None:
    [(_, said)] = mistakes(folder, of_part(f"learner: {{{name}: 2}}"))
    assert said == f"learner: parameter '{name}' cannot differ from part to part"


def test_every_mistake_is_found_in_the_order_of_the_lines(folder: Path) -> None:
    text = (
        "titel: T\n"
        "parts:\n"
        "  - name: A\n"
        "    title: A\n"
        "    camera: 7\n"
        "  - title: B\n"
        "    learner:\n"
        "      knot_lowest: 9\n"
        "      damping_low: 2.0\n"
        "      threshold: x\n"
    )
    assert [line for line, _ in mistakes(folder, text)] == [1, 3, 5, 6, 8, 9, 10]
    with pytest.raises(UserError, match=r"mine\.yaml:1: a programme has no key 'titel'.* \(and 6"):
        load_programme(str(folder / "mine.yaml"))


def test_lists_that_contain_themselves_are_mistakes(folder: Path) -> None:
    [(line, text)] = mistakes(folder, of_part("learner: {threshold: &a [*a]}"))
    assert (line, text) == (4, "learner: expected one value or a list of numbers")
    assert mistakes(folder, "? &a [*a]\n: 1\nparts: &p [*p]\n") == [
        (1, "a programme must be 'KEY: VALUE' lines"),
        (3, "a part must be 'KEY: VALUE' lines"),
    ]


def test_lists_of_lists_do_not_grow(folder: Path) -> None:
    """A file of 300 bytes whose lists would have 9^8 numbers."""
    names = "abcdefgh"
    lines = ["a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    for inner, outer in pairwise(names):
        lines.append(f"{outer}: &{outer} [{', '.join([f'*{inner}'] * 9)}]")
    text = "\n".join([*lines, "parts: [{name: a, title: A, camera: *h}]"])
    assert mistakes(folder, text)[-1][1].startswith("expected one value or a list of numbers")


def test_a_file_that_cannot_be_read_is_one_line(folder: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.yaml: No such file or directory"):
        load_programme("nowhere.yaml")
    (folder / "folder.yaml").mkdir(exist_ok=True)
    with pytest.raises(UserError, match=r"folder\.yaml: Is a directory"):
        load_programme(str(folder / "folder.yaml"))
    (folder / "latin.yaml").write_bytes("title: Präludium\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"latin\.yaml: not a text file in UTF-8"):
        load_programme(str(folder / "latin.yaml"))
    (folder / "large.yaml").write_bytes(b"#" * (LARGEST_BYTES + 1))
    with pytest.raises(UserError, match=r"large\.yaml: too large: more than 65536 bytes"):
        load_programme(str(folder / "large.yaml"))
    with pytest.raises(UserError, match="no path has a NUL character in it"):
        load_programme("a\0b.yaml")


def test_a_name_that_is_no_programme_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"no programme 'papr'; did you mean 'paper'\? \(or the"):
        load_programme("papr")
    with pytest.raises(UserError, match="no programme 'zzz'; programmes: original, paper"):
        load_programme("zzz")
    with pytest.raises(UserError, match="no programme ''; programmes: original, paper"):
        load_programme("")


def test_a_part_is_found_by_number_or_name() -> None:
    paper = load_programme("paper")
    assert paper.number("2") == paper.number("knots") == 2
    for wrong in (0, 5, -1):
        expected = f"no part {wrong} in the programme 'paper': it has parts 1 to 4"
        with pytest.raises(UserError, match=expected):
            paper.part(wrong)
    with pytest.raises(UserError, match="no part 5 in the programme 'paper': it has parts 1 to 4"):
        paper.number("5")
    with pytest.raises(UserError, match="no part 999999999 in the programme"):
        paper.number("9" * 5_000)
    with pytest.raises(UserError, match=r"no part 'knot' in the programme .* did you mean 'knots'"):
        paper.number("knot")
    with pytest.raises(UserError, match=r"no part 'zzz' in .* parts: cubics, knots, knots-shifted"):
        paper.number("zzz")


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["cubic", "knot", "held_chord", "loss", "gradient[0]", "shift", 0.5, 1, -1]),
)  # fmt: skip
PARAMETERS = [name for section in SECTIONS.values() for name in section.descriptors()]
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4))
OVERRIDES = st.dictionaries(
    st.one_of(st.sampled_from(PARAMETERS), st.text(max_size=6)), VALUES, max_size=4
)
PARTS = st.dictionaries(
    st.one_of(st.sampled_from(["name", "title", *KEYS, *SECTIONS]), st.text(max_size=6)),
    st.one_of(VALUES, OVERRIDES, OVERRIDES),
    max_size=6,
)
DOCUMENTS = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"parts": st.one_of(VALUES, st.lists(PARTS, max_size=4))}, optional={"title": VALUES}
    ),
)
INDICATORS = ["\n", "  - ", "    ", "&a ", "*a", "[", "]", "{", "}", ":", "? ", '"', "'", "|", ">"]
WORDS = ["parts:", "name: a", "title: T", "learner:", "1e-6", "---", "...", "%YAML 1.1\n", "<<: "]
TAGS = ["!!int ", "!!set ", "!!omap ", "!!binary ", "!!timestamp ", "!x ", "=", "\t", "#", "\0"]
FRAGMENTS = st.lists(st.sampled_from(INDICATORS + WORDS + TAGS), max_size=25).map("".join)


def check_read(folder: Path, data: bytes) -> None:
    """A programme whose parts survive JSON, or mistakes that are one printable line each."""
    path = folder / "any.yaml"
    path.write_bytes(data)
    try:
        programme, found = read_programme(path)
    except UserError as error:
        refused = str(error)
        assert refused.startswith(str(path))
        return
    assert (programme is None) == bool(found)
    lines = data.count(b"\n") + 1
    for mistake in found:
        assert 1 <= mistake.line <= lines + data.count(b"\r") + 2 * data.count(b"\xe2\x80")
        assert mistake.text.isprintable()
    for part in programme.parts if programme is not None else ():
        assert PartDescription.from_json(part.to_json()) == part


@pytest.mark.slow
@given(st.one_of(st.binary(), st.text().map(str.encode), FRAGMENTS.map(str.encode)))
@example(b"\xff\xfe")
@example("﻿title: T\nparts:\n- name: a\n  title: A\n".encode())
@example(b'parts:\n- name: a\n  title: "\\ud800"\n')
@example(b'parts:\n- name: a\n  title: A\n  "\\ud800": 1\n')
@examples(300)
def test_any_bytes_are_a_programme_or_mistakes(folder: Path, data: bytes) -> None:
    check_read(folder, data)


@pytest.mark.slow
@given(DOCUMENTS)
@examples(200)
def test_any_document_is_a_programme_or_mistakes(folder: Path, document: object) -> None:
    check_read(folder, yaml.safe_dump(document, allow_unicode=True).encode())
