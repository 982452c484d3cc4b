"""The tables of docs/architecture.md are those of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from descant.topics import HISTORY, KEPT, LATCHED, TOPICS, Topic
from support.pages import ROOT, table

CODE = ROOT / "src" / "descant"
PAGE = "docs/architecture.md"
KEPT_TEXT = {HISTORY.depth: f"the last {KEPT:,}", LATCHED.depth: "the latest"}


def row(topic: Topic) -> list[str]:
    qos = topic.publisher_qos
    return [
        topic.name,
        topic.message_type.replace("/msg/", "/").removeprefix("descant/"),
        ", ".join(topic.publishers),
        ", ".join(topic.subscribers),
        KEPT_TEXT[qos.depth] if qos.transient_local else "none",
        topic.meaning,
    ]


def test_the_table_of_topics_is_that_of_the_code() -> None:
    assert table(PAGE, "topics") == [row(topic) for topic in TOPICS]


def layers() -> list[set[str]]:
    """The lines of the table of packages, from the top down."""
    return [set(re.findall(r"`(\w+)`", line[0])) for line in table(PAGE, "layers")]


def imported(path: Path) -> Iterator[str]:
    """Names of the packages and modules of src/descant that a file imports, but for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n)]
    skipped = {id(inner) for block in typing for inner in ast.walk(block)}
    for found in ast.walk(tree):
        if isinstance(found, ast.ImportFrom) and found.module and id(found) not in skipped:
            names = [f"{found.module}.{alias.name}" for alias in found.names]
            for first, name, *_ in (full.split(".") for full in names):
                if first == "descant" and name not in ("msg", "nodes"):
                    yield name


def test_every_package_is_in_the_table_of_layers() -> None:
    known = {path.stem for path in CODE.glob("*.py")} - {"__init__"}
    known |= {path.parent.name for path in CODE.glob("*/__init__.py")}
    listed = [name for layer in layers() for name in layer]
    assert sorted(listed) == sorted(known)


def test_imports_go_down_the_table_of_layers() -> None:
    level = {name: number for number, layer in enumerate(layers()) for name in layer}
    wrong = []
    for path in CODE.rglob("*.py"):
        own = path.relative_to(CODE).with_suffix("").parts[0]
        if own == "__init__":
            continue
        for name in imported(path):
            if name != own and level[name] <= level[own]:
                wrong.append(f"{path.relative_to(ROOT)} ({own}) imports {name}")
    assert wrong == []
