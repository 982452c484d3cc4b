# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which tests may run at the same time.

xdist's own groups are not used: with pytest 9.2 version 3.8 passes them over without a word (it
writes them to `_nodeid`, which nobody reads any more).
"""

from __future__ import annotations

from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[2]


class SharedOnOneWorker(LoadScopeScheduling):
    """Each module stays on one worker; those with tests of JACK share one, those of the page too.

    Two JACK clients of one name that connect at the same moment break each other, even on two
    servers: their sockets have one path. The tests of the page share one browser and one page.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if module.startswith("tests/page/"):
            return "page"
        return "jack" if "pytest.mark.jack" in (ROOT / module).read_text("utf-8") else module
