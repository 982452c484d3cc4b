# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One browser for all tests of the page's core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.page_core import PageCore, page_core


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageCore]:
    with page_core(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened
