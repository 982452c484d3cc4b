"""Graph tests on a domain of their own, with real nodes in their own processes."""

from __future__ import annotations

import fcntl
import os
import random
import tempfile
from pathlib import Path
from typing import IO

# Fast DDS turns the domain id into UDP ports; up to 101 they stay below Linux's ephemeral range.
DOMAINS = range(10, 102)
_locks: list[IO[str]] = []  # held until this process ends


def domain_id() -> int:
    """A domain id that no other test on this machine uses, in this run or another."""
    for domain in random.sample(DOMAINS, len(DOMAINS)):
        lock = (Path(tempfile.gettempdir()) / f"descant-test-domain-{domain}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _locks.append(lock)
        return domain
    raise RuntimeError(f"all domain ids from {DOMAINS[0]} to {DOMAINS[-1]} are in use")


def graph_environment(domain: int) -> dict[str, str]:
    """The environment of a node in a test: this one's, on `domain`, on this machine only."""
    return {
        **os.environ,
        "ROS_DOMAIN_ID": str(domain),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        "PYTHONUNBUFFERED": "1",
    }
