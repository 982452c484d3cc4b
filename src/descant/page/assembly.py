# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Join text, style, modules and data into one HTML file that needs nothing else.

The modules in `web/` run in a browser as they are. To stand in one file they are joined into one
script, each after those that it imports. So every name at the top of a module is unique among all
modules, an import renames nothing, and an export is the declaration itself. Comments and blanks are
left out, which saves a third.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

import rcssmin
import rjsmin

_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:async )?(?:function\*?|class|const|let) (?:(\w+)|\{([^}]*)\}|\[([^\]]*)\])", re.MULTILINE
)
_EXPORTED = re.compile(r"^export (.*)$", re.MULTILINE)
_NESTED = re.compile(r"\$\{[^}`]*`")
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


class AssemblyError(Exception):
    """A module that cannot stand in one file with the others: a mistake in the package."""


def page(data: Mapping[str, Any], recording: Mapping[str, Any] | None = None) -> str:
    """The whole page. `data`: see `descant.page.data`; `recording`: of a night, if there is one."""
    fields = {
        "style": _styles(),
        "data": _packed(data),
        "recording": _packed(recording),
        "script": joined("ui/main.js"),
        "version": html.escape(str(data["version"])),
    }
    text = _read("page.html")
    return re.sub(
        r"/\*(style|script)\*/|<!--(data|recording|version)-->",
        lambda m: fields[m[1] or m[2]],
        text,
    )


def joined(first: str) -> str:
    """The module `first` (its path in `web/`) and all that it imports, as one script."""
    texts: dict[str, str] = {}
    _collect(PurePosixPath(first), texts, ())
    owners: dict[str, str] = {}
    for path, text in texts.items():
        for name in declared(text):
            if name in owners:
                raise AssemblyError(f"{path}: '{name}' is declared in {owners[name]} too")
            owners[name] = path
    return "".join(f"// {path}\n{rjsmin.jsmin(text)}\n" for path, text in texts.items())


def declared(text: str) -> list[str]:
    """The names that a module declares at its top."""
    found = []
    for plain, braced, bracketed in _DECLARED.findall(text):
        names = plain or braced or bracketed
        found += [name.split(":")[-1].strip() for name in names.split(",") if name.strip()]
    return found


def _collect(path: PurePosixPath, texts: dict[str, str], importing: tuple[str, ...]) -> None:
    if str(path) in importing:
        raise AssemblyError(f"modules import each other: {' -> '.join((*importing, str(path)))}")
    if str(path) in texts:
        return
    try:
        text = _read(str(path))
    except FileNotFoundError:
        importer = importing[-1] if importing else "the page"
        raise AssemblyError(f"{importer} imports {path}, which does not exist") from None
    for names, name in _IMPORT.findall(text):
        imported = _resolved(path, name)
        _collect(imported, texts, (*importing, str(path)))
        _check_import(str(path), names, imported)
    plain = _EXPORT.sub("", _IMPORT.sub("", text))
    if left := _LEFT.search(plain):
        raise AssemblyError(f"{path}: '{left[0].strip()}': not one of the forms that can be joined")
    if nested := _NESTED.search(plain):
        raise AssemblyError(f"{path}: '{nested[0]}': a template within a template loses its blanks")
    texts[str(path)] = plain


def _check_import(importer: str, names: str, imported: PurePosixPath) -> None:
    exported = {name for line in _EXPORTED.findall(_read(str(imported))) for name in declared(line)}
    for name in filter(None, (name.strip() for name in names.split(","))):
        if name not in exported:
            raise AssemblyError(f"{importer} imports '{name}', which {imported} does not export")


def _resolved(path: PurePosixPath, name: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (path.parent / name).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def _styles() -> str:
    """The style of the page, then those of single sections, which may override it."""
    folder = resources.files("descant.page") / "web"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".css"))
    names.sort(key=lambda name: name != "page.css")
    return str(rcssmin.cssmin("".join(map(_read, names))))


def _packed(value: Any) -> str:
    """JSON, compressed by gzip, in base64: a third of its size, harmless in a script element."""
    text = json.dumps(value, separators=(",", ":")).encode("utf-8")
    return base64.b64encode(gzip.compress(text, mtime=0)).decode("ascii")


def _read(name: str) -> str:
    return (resources.files("descant.page") / "web" / name).read_text(encoding="utf-8")
