# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Let what a test starts be interrupted, wherever the tests themselves were started."""

from __future__ import annotations

import signal


def let_children_be_interrupted() -> None:
    """Give children the default action of SIGINT; this process keeps ignoring it if it did.

    In the background of a script SIGINT is ignored, which children inherit: `descant` started so
    never sees ctrl-c. A handler is not inherited, so one that does nothing takes its place.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
