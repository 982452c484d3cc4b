# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page and a browser for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.page.assembly import page
from descant.page.data import page_data
from support.browser import CAMERA, WEBGL, Browser, chromium
from support.page_section import Section


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "descant.html"
    path.write_text(page(page_data()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def started_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile"), *WEBGL, *CAMERA) as found:
        yield found


@pytest.fixture(scope="module")
def browser(started_browser: Browser) -> Iterator[Browser]:
    """The browser; after the last test of a module it shows nothing that would go on moving."""
    yield started_browser
    started_browser.driver.get("about:blank")


@pytest.fixture(params=[1280, pytest.param(390, marks=pytest.mark.proof)])
def section(request: pytest.FixtureRequest, browser: Browser, page_file: Path) -> Iterator[Section]:
    """The section that the module names SECTION, on a laptop and on a phone."""
    browser.show(page_file, width=request.param)
    yield Section(browser, request.module.SECTION)
    assert browser.complaints() == []
