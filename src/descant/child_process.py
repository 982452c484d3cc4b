# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How child processes are started."""

from __future__ import annotations

import sys
from typing import Any

OWN_GROUP: dict[str, Any] = (
    {"process_group": 0} if sys.version_info >= (3, 11) else {"start_new_session": True}
)
"""Arguments of `subprocess.Popen`: a process group of its own, so that ctrl-c in the terminal does
not reach the child. Not a session: Linux schedules sessions as groups (autogroup), and beside two
busy processes in another one a node was left without processor time for up to 8 s."""
