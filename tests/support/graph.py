# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Graph tests on a domain of their own, with real nodes in their own processes."""

from __future__ import annotations

import fcntl
import itertools
import os
import random
import tempfile
from pathlib import Path
from typing import IO

# Fast DDS turns the domain id into UDP ports; up to 101 they stay below Linux's ephemeral range.
DOMAINS = range(10, 102)
KEPT = 12  # domains that one process takes turns with
_mine: dict[int, IO[str]] = {}  # domain -> lock, held until this process ends
_turn = itertools.count()


def domain_id() -> int:
    """A domain id that no other test run on this machine uses; the last few were others."""
    while len(_mine) < KEPT:
        _take_one()
    return list(_mine)[next(_turn) % KEPT]


def _take_one() -> None:
    for domain in random.sample(DOMAINS, len(DOMAINS)):
        if domain in _mine:
            continue
        lock = (Path(tempfile.gettempdir()) / f"descant-test-domain-{domain}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _mine[domain] = lock
        return
    raise RuntimeError(f"all domain ids from {DOMAINS[0]} to {DOMAINS[-1]} are in use")


def graph_environment(domain: int) -> dict[str, str]:
    """The environment of a node in a test: this one's, on `domain`, on this machine only."""
    return {
        **os.environ,
        "ROS_DOMAIN_ID": str(domain),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        "PYTHONUNBUFFERED": "1",
    }
