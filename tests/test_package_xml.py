# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""package.xml names what the build, the package and its tests need, by keys that rosdep has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from catkin_pkg.package import Package, parse_package

from support.project import requirements

ROOT = Path(__file__).parents[1]
# rosdep's keys -> what they install of pyproject.toml. All of them are in rosdistro's python.yaml.
KEYS = {
    "cython3": {"cython"},
    "mcap-ros2-support": {"mcap", "lz4", "zstandard"},
    "python3-click": {"click"},
    "python3-fonttools": {"fonttools"},
    "python3-matplotlib": {"matplotlib"},
    "python3-numpy": {"numpy"},
    "python3-opencv": {"opencv-python-headless"},
    "python3-opengl": {"pyopengl"},
    "python3-pil": {"pillow"},
    "python3-rich": {"rich"},
    "python3-scipy": {"scipy"},
    "python3-sounddevice-pip": {"sounddevice"},
    "python3-yaml": {"pyyaml"},
}


@pytest.fixture(scope="module")
def package() -> Package:
    warnings: list[str] = []
    found = parse_package(str(ROOT / "package.xml"), warnings=warnings)
    assert warnings == []
    return found


def of_pypi() -> set[str]:
    """Return what docker/requirements.txt installs, and glumpy, which pip builds by itself."""
    lines = (ROOT / "docker" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {line.lower() for line in lines if not line.startswith("#")} | {"glumpy"}


def test_who_to_ask_where_to_read_and_whose_it_is_is_in_it(package: Package) -> None:
    assert package.maintainers
    assert package.authors
    assert package.urls
    assert package.licenses == ["Apache-2.0"]


def test_every_package_that_the_build_looks_for_is_declared(package: Package) -> None:
    build = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    wanted = set(re.findall(r"find_package\((\w+) REQUIRED", build)) - {"Python3"}
    declared = {d.name for d in (*package.buildtool_depends, *package.build_depends)}
    assert wanted == declared


def test_what_pip_installs_is_installed_in_a_workspace_too(package: Package) -> None:
    """By a key of rosdep, or where there is none by docker/requirements.txt."""
    declared = {d.name for d in package.exec_depends}
    by_key = set().union(*(what for key, what in KEYS.items() if key in declared))
    wanted = requirements("live", "stage", "film", "research")
    assert wanted - by_key == of_pypi()


def test_what_has_no_key_is_named_in_package_xml() -> None:
    text = " ".join((ROOT / "package.xml").read_text(encoding="utf-8").split())
    match = re.search(r"rosdep has no key for (.*?): they come from PyPI", text)
    assert match
    assert {name.lower() for name in re.split(", | and ", match[1])} == of_pypi()
