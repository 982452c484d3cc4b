# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Modules become one script; what cannot be joined is an error that says why."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from descant.page import assembly
from descant.page.assembly import AssemblyError, declared, joined, page
from descant.page.data import page_data

LIMIT = 400_000  # bytes of the whole page without a recording


@pytest.fixture
def modules(monkeypatch):
    files: dict[str, str] = {}

    def read(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    monkeypatch.setattr(assembly, "_read", read)
    return files


def test_a_module_stands_after_those_that_it_imports(modules):
    modules["ui/main.js"] = (
        'import { b } from "./b.js";\nimport { c } from "../core/c.js";\nb(c);\n'
    )
    modules["ui/b.js"] = 'import { c } from "../core/c.js";\nexport function b(x) {}\n'
    modules["core/c.js"] = "export const c = 1;\n"
    text = joined("ui/main.js")
    assert re.findall(r"^// (.*)", text, re.MULTILINE) == ["core/c.js", "ui/b.js", "ui/main.js"]
    assert "import" not in text
    assert "export" not in text
    assert "const c=1;" in text


def test_a_name_that_two_modules_declare_is_an_error(modules):
    modules["a.js"] = 'import { b } from "./b.js";\nfunction help() {}\n'
    modules["b.js"] = "export const b = 1;\nfunction help() {}\n"
    with pytest.raises(AssemblyError, match=r"a\.js: 'help' is declared in b\.js too"):
        joined("a.js")


def test_modules_that_import_each_other_are_an_error(modules):
    modules["a.js"] = 'import { b } from "./b.js";\nexport const a = 1;\n'
    modules["b.js"] = 'import { a } from "./a.js";\nexport const b = 1;\n'
    with pytest.raises(AssemblyError, match=r"import each other: a\.js -> b\.js -> a\.js"):
        joined("a.js")


def test_an_import_of_what_does_not_exist_is_an_error(modules):
    modules["a.js"] = 'import { b } from "./b.js";\n'
    with pytest.raises(AssemblyError, match=r"a\.js imports b\.js, which does not exist"):
        joined("a.js")
    modules["b.js"] = "export const other = 1;\nconst b = 2;\n"
    with pytest.raises(AssemblyError, match=r"a\.js imports 'b', which b\.js does not export"):
        joined("a.js")


@pytest.mark.parametrize(
    "line",
    [
        'import { b as c } from "./b.js";',
        'import b from "./b.js";',
        'import * as b from "./b.js";',
        'import "./b.js";',
        "export default function a() {}",
        "export { b };",
    ],
)
def test_other_forms_of_import_and_export_are_errors(modules, line):
    modules["a.js"] = f"{line}\n"
    modules["b.js"] = "export const b = 1;\n"
    with pytest.raises(AssemblyError, match=r"joined|does not export"):
        joined("a.js")


def test_declared_names():
    text = (
        "const a = 1;\nlet { b, c: d } = x;\nexport async function e() {}\nclass F {}\n"
        "function* g() {}\nexport const [h, i] = y;\n  const inner = 1;\n"
    )
    assert declared(text.replace("export ", "")) == ["a", "b", "d", "e", "F", "g", "h", "i"]


def test_comments_go_and_quoted_text_stays(modules):
    modules["a.js"] = (
        "// of the module\nconst a = 1 + +b; // of a line\n\n/* of\n   two lines */ c();\n"
        "const t = `\n  // in a  template ${ f(1) }  end`;\n"
        'const s = "//  \\"  ";\nconst r = /[/ ]  \\/ /g.test(x) / 2;\n'
    )
    text = joined("a.js")
    assert "of the module" not in text
    assert "of a line" not in text
    assert "two lines" not in text
    for kept in ("1+ +b", "`\n  // in a  template ${ f(1) }  end`", '"//  \\"  "', "/[/ ]  \\/ /g"):
        assert kept in text


def test_a_template_within_a_template_is_an_error(modules):
    modules["a.js"] = 'const a = `one ${ b ? `two ${c}  times` : ""}`;\n'
    with pytest.raises(AssemblyError, match=r"a\.js: .*a template within a template"):
        joined("a.js")


def test_data_are_packed():
    text = page({**page_data(), "version": "1 & 2"})
    assert "Descant 1 &amp; 2" in text
    for name, expected in (("data", {**page_data(), "version": "1 & 2"}), ("recording", None)):
        packed = re.search(rf'id="{name}">([\w+/=]*)</script>', text)
        assert json.loads(gzip.decompress(base64.b64decode(packed[1]))) == json.loads(
            json.dumps(expected)
        )


def test_the_page_is_small_and_refers_to_nothing_outside():
    text = page(page_data())
    assert len(text.encode()) < LIMIT
    assert not re.findall(r'(?:src|srcset|data|poster)="(?!data:)[^"]*"', text.split("<script")[0])
    assert not re.findall(r"url\((?!data:)", text)
    assert "default-src 'none'" in text


def test_without_scripts_the_page_is_a_text():
    body = page({"version": "1"}).split("<body>")[1].split("<script")[0]
    assert "This browser runs no scripts" in body
    sections = re.findall(r'<section id="(\w+)".*?</section>', body, re.DOTALL)
    assert sections == ["note", "cubic", "knot", "distortions", "piece", "night"]
    for text in re.findall(r"<section.*?</section>", body, re.DOTALL):
        assert len(re.sub(r"<[^>]*>", "", text)) > 200


def test_programmes_hold_what_their_profiles_change():
    programmes = page_data()["programmes"]
    assert programmes["paper"]["base"]["learner"] == {}
    assert programmes["original"]["base"]["learner"]["loss"] == "half_mse"
    assert [part["name"] for part in programmes["paper"]["parts"]] == [
        "cubics", "knots", "knots-shifted", "cubics-bubbles",
    ]  # fmt: skip
